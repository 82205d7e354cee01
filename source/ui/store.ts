import {describeFailure} from '../domain/failure/failure-table.ts';
import type {NamedGap} from '../domain/record/gap.ts';
import type {BackupEvent} from '../domain/run/events.ts';
import type {FetchEnd, StoreVerdict} from '../domain/store/outcome.ts';
import {formatCount, formatNumber} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {listGaps} from './describe-gaps.ts';
import type {JsonLine} from './json/contract.ts';
import {formatJsonLine} from './json/json.ts';

/** One line about an event of sending, or none. */
export const describeSending = (event: BackupEvent): string => {
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

type SendEnd = {readonly notes: readonly string[]; readonly gaps: readonly NamedGap[]};

/** Shows all that the stores have, and all that they lack, with what to do. */
export const formatSent = (source: string, {notes, gaps}: SendEnd): string =>
	[
		...notes.map((note) => `${toPrintable(source)}: ${toPrintable(note)}`),
		...listGaps(gaps).flatMap(({text, advice}) => [`  ${text}`, `  ${advice}`]),
		'',
	].join('\n');

export const formatSentJson = (
	source: string,
	stores: Extract<JsonLine, {type: 'sent'}>['stores'],
): string => formatJsonLine({type: 'sent', source, stores});

/** Shows all that was brought back, all that was not, and what to do now. */
export const formatFetched = (
	{source, fetched, there, failed, lost}: FetchEnd,
	folder: string,
): string => {
	const before = there === 0 ? '' : `, ${formatNumber(there)} were there already`;
	const count = formatCount(fetched, 'repository');
	const failures = [...failed].flatMap(([repository, failure]) => {
		const {what, advice} = describeFailure(failure);
		return [`  ${toPrintable(repository)} did not come back: ${what}`, `  ${advice}`];
	});
	return [
		`${toPrintable(source)}: ${count} fetched to ${toPrintable(folder)}${before}.`,
		...failures,
		...lost.map(({repository, failure}) => {
			const {what} = describeFailure(failure);
			return `  ${toPrintable(repository)}: older states did not come back: ${what}`;
		}),
		...(failed.size === 0
			? [`  "cistern verify --from ${toPrintable(folder)}" checks every object of it.`]
			: []),
		'',
	].join('\n');
};

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
	locks,
}: StoreVerdict): string => {
	const count = formatCount(repositories, 'repository');
	const looked = `${count}, ${formatCount(steps, 'state')}, ${formatCount(objects, 'object')}`;
	const result = findings.length === 0 ? 'all are there' : formatCount(findings.length, 'problem');
	return [
		`${toPrintable(source)}: ${looked}: ${result}.`,
		...findings.slice(0, mostFindings).map(({repository, failure, isOld}) => {
			const {what} = describeFailure(failure);
			return `  ${toPrintable(repository)}${isOld ? ', an older state' : ''}: ${what}`;
		}),
		...(locks === undefined ? [] : [`  ${describeLocks(locks)}`]),
		'',
	].join('\n');
};

const describeLocks = ({asked, locked}: NonNullable<StoreVerdict['locks']>): string =>
	locked === asked
		? `The newest objects are locked (${formatNumber(asked)} were asked).`
		: `! ${formatNumber(asked - locked)} of the ${formatNumber(asked)} newest objects show no lock: "cistern check" tries it.`;

export const formatStoreVerdictJson = (verdict: StoreVerdict): string =>
	formatJsonLine({type: 'store-verified', ...verdict});
