import {describeFailure} from '../../domain/failure/describe-failure.ts';
import {titleOf} from '../../domain/restore/restore-state.ts';
import type {Destination, Restored, RestoredRepository} from '../../domain/restore/restored.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {formatCount} from '../text/count.ts';

type NotRestored = Extract<Restored, {readonly result: 'not-yet-saved' | 'failed'}>;

export const isRestored = (restored: Restored): restored is Exclude<Restored, NotRestored> =>
	restored.result === 'restored' || restored.result === 'already-there';

/** Bitbucket may be gone, and then no next backup mends anything. */
const adviceForDamage =
	'Nothing in it was removed. Another moment may still be whole: "cistern history" shows which there are, --at takes one. As long as Bitbucket has the repository, the next backup mends the copy.';

/** Why a repository was not brought back, as sentences. */
export const describeNotRestored = (
	restored: NotRestored,
): {readonly what: string; readonly advice: string} => {
	if (restored.result === 'failed') {
		const {failure} = restored;
		const {what, advice} = describeFailure(failure);
		return {
			what: `${what.charAt(0).toUpperCase()}${what.slice(1)}.`,
			advice: failure.kind === 'mirror-unusable' ? adviceForDamage : advice,
		};
	}

	return {
		what: 'Nothing of it was saved by then.',
		advice:
			restored.first === undefined
				? 'Its mirror has no history yet: the next backup begins it.'
				: `Its first backup is of ${restored.first}.`,
	};
};

export const formatDestination = (to: Destination): string =>
	toPrintable('url' in to ? to.url : to.folder);

/** How one repository was brought back, without its name. */
export const describeRestored = ({to, restored}: RestoredRepository): string => {
	if (!isRestored(restored)) {
		const {what, advice} = describeNotRestored(restored);
		return `not restored. ${toPrintable(what)} ${toPrintable(advice)}`;
	}

	const {refs, asOf, maybeAsOf, usesLfs, remoteHead} = restored;
	const there = restored.result === 'already-there' ? 'already there, ' : '';
	const when = asOf === undefined ? '' : ` as of ${asOf}`;
	return [
		`${there}${formatCount(refs, 'branch or tag', 'branches and tags')}${when}, in ${formatDestination(to)}`,
		...(maybeAsOf === undefined ? [] : [describeDoubt(maybeAsOf)]),
		...(usesLfs ? ['its LFS files are not in the backup'] : []),
		...(remoteHead === undefined ? [] : [describeRemoteHead(remoteHead, restored.head)]),
	].join('; ');
};

const describeDoubt = (maybeAsOf: string): string =>
	`what is dated ${maybeAsOf} may have been saved before this moment, since the clock was ahead: "cistern history" shows more, --at ${maybeAsOf} takes it`;

const describeRemoteHead = (there: string, wanted: string | undefined): string => {
	const [is, was] = [there, wanted ?? ''].map((ref) => toPrintable(ref.replace('refs/heads/', '')));
	return `its default branch there is ${is}: set it to ${was}`;
};

/** The same with its name, on one line. */
export const formatRestored = (one: RestoredRepository): string =>
	`${toPrintable(titleOf(one))}: ${describeRestored(one)}`;
