import {exitCodes} from '../../domain/failure/exit-code.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import {repoFolder} from '../../domain/plan/layout.ts';
import {
	countAll,
	countParts,
	type RestoreState,
	titleOf,
} from '../../domain/restore/restore-state.ts';
import type {Destination, Restored, RestoredRepository} from '../../domain/restore/restored.ts';
import {
	capitalise,
	formatCount,
	formatCounts,
	formatDuration,
	formatMoment,
	formatNumber,
	formatRef,
} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {parts} from '../../parts/registry.ts';
import {type DatedStyle, labelWidthFor, layOut, layOutMarked, layOutUnder} from '../text/layout.ts';

type NotRestored = Extract<Restored, {readonly result: 'not-yet-saved' | 'failed'}>;

export const isRestored = (restored: Restored): restored is Exclude<Restored, NotRestored> =>
	restored.result === 'restored' || restored.result === 'already-there';

/** Does not rely on the next backup alone, because the repository may be gone from Bitbucket. */
const adviceForDamage =
	'Nothing in it was removed. Another moment may still be whole: "cistern history" lists them, --at takes one. As long as Bitbucket has the repository, the next backup repairs the copy.';

/** The reason why a repository was not restored: a sentence. */
export const explainNotRestored = (restored: NotRestored): string => {
	if (restored.result === 'not-yet-saved') {
		return 'It was not saved yet at that moment.';
	}

	return `${capitalise(describeFailure(restored.failure).what)}.`;
};

/** Advice, in sentences. `now`: milliseconds since 1970. */
const adviseNotRestored = (restored: NotRestored, now: number): string => {
	if (restored.result === 'failed') {
		const {failure} = restored;
		return failure.kind === 'mirror-unusable' ? adviceForDamage : describeFailure(failure).advice;
	}

	if (restored.first === undefined) {
		return 'Its mirror has no history yet: the next backup begins it.';
	}

	return `Its first backup is of ${formatMoment(restored.first, now)}.`;
};

const formatDestination = (to: Destination): string =>
	toPrintable('url' in to ? to.url : to.folder);

/** The result of one repository, without its name. `now`: milliseconds since 1970. */
export const describeRestored = (
	{to, nameTaken, restored}: RestoredRepository,
	now: number,
): string => {
	if (!isRestored(restored)) {
		const sentences = [explainNotRestored(restored), adviseNotRestored(restored, now)];
		return `not restored. ${sentences.map(toPrintable).join(' ')}`;
	}

	const {refs, asOf, notes, gaps, remoteHead, hasNoHead} = restored;
	const there = restored.result === 'already-there' ? 'already there, ' : '';
	const when = asOf === undefined ? '' : ` as of ${formatMoment(asOf, now)}`;
	return [
		`${there}${formatCount(refs, 'ref')}${when}, in ${formatDestination(to)}`,
		...(nameTaken === undefined ? [] : [`another one has the name ${toPrintable(nameTaken)}`]),
		...notes.map(toPrintable),
		...gaps.map(({what, detail}) =>
			detail === undefined
				? `its ${what} are not in the backup`
				: `its ${what} are not all there: ${toPrintable(detail)}`,
		),
		...(remoteHead === undefined ? [] : [describeRemoteHead(remoteHead, restored.head)]),
		...(hasNoHead === true ? [describeNoHead(restored.head, to)] : []),
	].join('; ');
};

const describeRemoteHead = (there: string, wanted: string | undefined): string => {
	const [is, was] = [there, wanted ?? ''].map((ref) => toPrintable(ref.replace('refs/heads/', '')));
	return `its default branch there is ${is}: set it to ${was}`;
};

const describeNoHead = (wanted: string | undefined, to: Destination): string => {
	const branch = wanted === undefined ? undefined : formatRef(wanted);
	return 'url' in to
		? `its default branch there is none of these: set it to ${branch ?? 'a branch'}, or a clone has no files`
		: `its default branch ${branch ?? 'main'} was not there upstream, so no files are checked out: "git switch" takes another one`;
};

/** The same with its name, on one line. */
export const formatRestored = (one: RestoredRepository, now: number): string =>
	`${toPrintable(titleOf(one))}: ${describeRestored(one, now)}`;

/** The closing text of a restore; empty if a single repository was restored, whose line says it all. */
export const formatRestoreSummary = (state: RestoreState, style: DatedStyle): string => {
	const {started, finished} = state;
	if (started === undefined || finished === undefined) {
		return '';
	}

	const isWhole = finished.exitCode === exitCodes.done;
	if (isWhole && countParts(state).get(repoFolder) === 1) {
		return '';
	}

	const counts = listCounts(state);
	const lines = [
		...layOut(
			2,
			`${describeResult(state, style.now)}    ${formatDuration(finished.duration)}`,
			style,
		),
		...(counts === '' ? [] : ['', ...layOut(4, counts, style)]),
		...describeFailures(state, style),
		'',
		...layOut(2, isWhole ? toPrintable(started.to) : describeAgain(state), style),
	];
	return `\n${lines.join('\n')}\n`;
};

const describeResult = (state: RestoreState, now: number): string => {
	const {started, finished} = state;
	const back = state.restored + state.alreadyThere;
	const [all, moment] = [countAll(state), started?.asOf];
	const counts = [...countParts(state)].filter(([, count]) => count > 0);
	const repositories = countParts(state).get(repoFolder) ?? 0;
	const what = counts.map(([part, count]) => nameCount(part, count)).join(' and ');
	const then = moment === undefined ? '' : ` as of ${formatMoment(moment, now)}`;
	const interrupted = finished?.exitCode === exitCodes.interrupted ? 'Interrupted. ' : '';
	const total = counts.length > 1 ? `${formatNumber(all)} (${what})` : what;
	const which =
		back === all && (all > 1 || repositories === 0)
			? `${repositories > 1 ? 'All ' : ''}${what} ${all === 1 ? 'is' : 'are'}`
			: `${formatNumber(back)} of ${total} ${all === 1 ? 'is' : 'are'}`;
	return `${interrupted}${which} back${then}.`;
};

/** There are two wikis, and there is the metadata of two. */
const nameCount = (part: string, count: number): string => {
	if (part === repoFolder) {
		return formatCount(count, 'repository');
	}

	const isCountable = parts.some(({name, counted}) => name === part && counted !== undefined);
	return isCountable ? formatCount(count, part) : `the ${part} of ${formatNumber(count)}`;
};

const listCounts = ({restored, alreadyThere, notYetSaved, failed}: RestoreState): string =>
	formatCounts([
		[restored, 'restored'],
		[alreadyThere, 'already there'],
		[notYetSaved, 'not saved by then'],
		[failed, 'failed'],
	]).join('   ');

const describeAgain = ({finished, failed}: RestoreState): string => {
	if (finished?.exitCode === exitCodes.interrupted) {
		return 'Run the same command again: it restores what is missing.';
	}

	return failed === 0
		? 'Choose a later moment: "cistern history" shows the first backup.'
		: 'Solve the problem, then run the same command again: it restores what is missing.';
};

const describeFailures = (state: RestoreState, style: DatedStyle): readonly string[] => {
	const {failures, failed} = state;
	const width = labelWidthFor(failures.map((one) => toPrintable(titleOf(one))));
	const rest = failed - failures.length;
	return [
		...failures.flatMap((one) => ['', ...describeFailed(one, width, style)]),
		...(rest > 0 ? ['', ...layOut(4, `and ${formatNumber(rest)} more`, style)] : []),
	];
};

const describeFailed = (
	one: RestoredRepository,
	width: number,
	style: DatedStyle,
): readonly string[] => {
	if (isRestored(one.restored)) {
		return [];
	}

	const name = toPrintable(titleOf(one));
	const reason = toPrintable(explainNotRestored(one.restored));
	return [
		...layOutMarked('failed', reason, style, {name, width}),
		...layOutUnder(width, toPrintable(adviseNotRestored(one.restored, style.now)), style),
	];
};
