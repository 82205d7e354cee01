import type {Failure} from '../domain/failure/failure.ts';
import {describeFailure} from '../domain/failure/failure-table.ts';
import type {NamedGap} from '../domain/record/gap.ts';
import type {BackupEvent, Listener} from '../domain/run/events.ts';
import type {FetchEnd, StoreVerdict} from '../domain/store/outcome.ts';
import {formatCount, formatNumber} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import type {Terminal} from '../ports/terminal.ts';
import {listGaps} from './describe-gaps.ts';
import {formatJsonLine} from './json/json.ts';
import type {ReportChoice} from './reporter.ts';

/** Tells a person about what list and send do, a line for an event. */
export const tellSending =
	({json, quiet}: ReportChoice, terminal: Terminal): Listener =>
	(event) => {
		if (!json && !quiet) {
			terminal.writeError(describeSending(event));
		}
	};

const describeSending = (event: BackupEvent): string => {
	switch (event.type) {
		case 'follow-up-saved':
			return `${toPrintable(`${event.repository}: ${event.text}`)}\n`;
		case 'noticed':
			return `${toPrintable(event.text)}\n`;
		case 'wait-started':
			return `${toPrintable(describeFailure(event.failure).what)}: waiting until ${event.until}\n`;
		default:
			return '';
	}
};

/** Index objects that could not be read, and what to do about it. */
export const describeUnread = (unread: readonly Failure[]): readonly string[] => [
	...unread.map(
		(failure) =>
			`! ${describeFailure(failure).what}. Earlier index objects were read instead: states that were sent later may be missing.`,
	),
	...(unread.length === 0
		? []
		: [
				'"cistern send" on the machine that backs up writes a new index, and everything that its folder has counts again. If another program wrote the object, delete it. "Back without Cistern" in docs/off-site.md brings back what no index tells.',
			]),
];

type SendEnd = {readonly notes: readonly string[]; readonly gaps: readonly NamedGap[]};

/** Shows all that the stores have, and all that they lack, with what to do. */
export const formatSent = (source: string, {notes, gaps}: SendEnd): string =>
	[
		...notes.map((note) => `${toPrintable(source)}: ${toPrintable(note)}`),
		...listGaps(gaps).flatMap(({text, advice}) => [`  ${text}`, `  ${advice}`]),
		'',
	].join('\n');

/** Shows all that was brought back, all that was not, and what to do now. */
export const formatFetched = (end: FetchEnd, folder: string): string => {
	const {source, fetched, there, failed} = end;
	const before = there === 0 ? '' : `, ${formatNumber(there)} were there already`;
	const count = formatCount(fetched, 'repository');
	return [
		`${toPrintable(source)}: ${count} fetched to ${toPrintable(folder)}${before}.`,
		...listLacking(end),
		...(failed.size === 0
			? [`  "cistern verify --from ${toPrintable(folder)}" checks every object of it.`]
			: []),
		'',
	].join('\n');
};

/** Shows all that did not come back, if it was fetched to a folder that does not stay. */
export const formatLacking = (end: FetchEnd): string =>
	[
		`${toPrintable(end.source)}: not everything came back from the store.`,
		...listLacking(end),
		'',
	].join('\n');

const listLacking = ({failed, lost, unread}: FetchEnd): readonly string[] => [
	...describeUnread(unread).map((line) => `  ${line}`),
	...[...failed].flatMap(([repository, failure]) => {
		const {what, advice} = describeFailure(failure);
		return [`  ${toPrintable(repository)} did not come back: ${what}`, `  ${advice}`];
	}),
	...lost.map(({repository, failure}) => {
		const {what} = describeFailure(failure);
		return `  ${toPrintable(repository)}: older states did not come back: ${what}`;
	}),
];

export const formatFetchedJson = ({failed, ...end}: FetchEnd): string =>
	formatJsonLine({
		type: 'fetched',
		...end,
		failed: [...failed].map(([repository, failure]) => ({repository, failure})),
	});

/** Findings that are named; a store that lost a disk would fill the screen. */
const mostFindings = 20;

export const formatStoreVerdict = ({
	source,
	repositories,
	steps,
	objects,
	findings,
	unread,
	locks,
}: StoreVerdict): string => {
	const count = formatCount(repositories, 'repository');
	const looked = `${count}, ${formatCount(steps, 'state')}, ${formatCount(objects, 'object')}`;
	const result = findings.length === 0 ? 'all are there' : formatCount(findings.length, 'problem');
	return [
		`${toPrintable(source)}: ${looked}: ${result}.`,
		...describeUnread(unread).map((line) => `  ${line}`),
		...findings.slice(0, mostFindings).map(({repository, failure, isOld}) => {
			const {what} = describeFailure(failure);
			return `  ${toPrintable(repository)}${isOld ? ', an older state' : ''}: ${what}`;
		}),
		...(findings.length > mostFindings
			? [`  and ${formatNumber(findings.length - mostFindings)} more; --json names all`]
			: []),
		...adviseOn(findings),
		...(locks === undefined ? [] : [`  ${describeLocks(locks)}`]),
		'',
	].join('\n');
};

const adviseOn = (findings: StoreVerdict['findings']): readonly string[] => {
	if (findings.some(({isOld}) => !isOld)) {
		return [
			'  Check the disk or the bucket. Then "cistern send REPO" on the machine that backs up sends a repository whole again.',
		];
	}

	return findings.length === 0
		? []
		: ['  Every newest state is whole. A rule of the store may have removed what is older.'];
};

const describeLocks = ({asked, locked}: NonNullable<StoreVerdict['locks']>): string =>
	locked === asked
		? `The newest objects are locked (${formatNumber(asked)} were asked).`
		: `! ${formatNumber(asked - locked)} of the ${formatNumber(asked)} newest objects show no lock: "cistern check" tries it.`;
