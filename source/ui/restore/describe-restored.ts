import {describeFailure} from '../../domain/failure/failure-table.ts';
import {titleOf} from '../../domain/restore/restore-state.ts';
import type {Destination, Restored, RestoredRepository} from '../../domain/restore/restored.ts';
import {formatCount, formatMoment} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';

type NotRestored = Extract<Restored, {readonly result: 'not-yet-saved' | 'failed'}>;

export const isRestored = (restored: Restored): restored is Exclude<Restored, NotRestored> =>
	restored.result === 'restored' || restored.result === 'already-there';

/** Bitbucket may be gone, and then no next backup mends anything. */
const adviceForDamage =
	'Nothing in it was removed. Another moment may still be whole: "cistern history" shows which there are, --at takes one. As long as Bitbucket has the repository, the next backup mends the copy.';

/** Why a repository was not brought back: a sentence. */
export const explainNotRestored = (restored: NotRestored): string => {
	if (restored.result === 'not-yet-saved') {
		return 'Nothing of it was saved by then.';
	}

	const {what} = describeFailure(restored.failure);
	return `${what.charAt(0).toUpperCase()}${what.slice(1)}.`;
};

/** What to do about it: sentences. `now` in milliseconds since 1970. */
export const adviseNotRestored = (restored: NotRestored, now: number): string => {
	if (restored.result === 'failed') {
		const {failure} = restored;
		return failure.kind === 'mirror-unusable' ? adviceForDamage : describeFailure(failure).advice;
	}

	if (restored.first === undefined) {
		return 'Its mirror has no history yet: the next backup begins it.';
	}

	return `Its first backup is of ${formatMoment(restored.first, now)}.`;
};

export const formatDestination = (to: Destination): string =>
	toPrintable('url' in to ? to.url : to.folder);

/** How one repository was brought back, without its name. `now` in milliseconds since 1970. */
export const describeRestored = ({to, restored}: RestoredRepository, now: number): string => {
	if (!isRestored(restored)) {
		const sentences = [explainNotRestored(restored), adviseNotRestored(restored, now)];
		return `not restored. ${sentences.map(toPrintable).join(' ')}`;
	}

	const {refs, asOf, usesLfs, remoteHead} = restored;
	const there = restored.result === 'already-there' ? 'already there, ' : '';
	const when = asOf === undefined ? '' : ` as of ${formatMoment(asOf, now)}`;
	return [
		`${there}${formatCount(refs, 'branch or tag', 'branches and tags')}${when}, in ${formatDestination(to)}`,
		...(usesLfs ? ['its LFS files are not in the backup'] : []),
		...(remoteHead === undefined ? [] : [describeRemoteHead(remoteHead, restored.head)]),
	].join('; ');
};

const describeRemoteHead = (there: string, wanted: string | undefined): string => {
	const [is, was] = [there, wanted ?? ''].map((ref) => toPrintable(ref.replace('refs/heads/', '')));
	return `its default branch there is ${is}: set it to ${was}`;
};

/** The same with its name, on one line. */
export const formatRestored = (one: RestoredRepository, now: number): string =>
	`${toPrintable(titleOf(one))}: ${describeRestored(one, now)}`;
