import {describeFailure} from '../domain/failure/describe-failure.ts';
import type {Restored, RestoredRepository} from '../domain/restore/restored.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {formatCount} from './text/count.ts';
import {formatJson} from './text/json-text.ts';

type NotRestored = Exclude<Restored, {readonly result: 'restored'}>;

/** Why a repository was not brought back, as sentences. */
export const describeNotRestored = (
	restored: NotRestored,
): {readonly what: string; readonly advice: string} => {
	if (restored.result === 'failed') {
		const {what, advice} = describeFailure(restored.failure);
		return {what: `${what.charAt(0).toUpperCase()}${what.slice(1)}.`, advice};
	}

	return {
		what: 'Nothing of it was saved by then.',
		advice:
			restored.first === undefined
				? 'Its mirror has no history yet: the next backup begins it.'
				: `Its first backup is of ${restored.first}.`,
	};
};

/** How one repository was brought back, on one line. */
export const formatRestored = ({repository, folder, restored}: RestoredRepository): string => {
	const name = toPrintable(repository);
	if (restored.result !== 'restored') {
		const {what, advice} = describeNotRestored(restored);
		return `${name}: not restored. ${toPrintable(what)} ${toPrintable(advice)}\n`;
	}

	const refs = formatCount(restored.refs, 'branch or tag', 'branches and tags');
	const lfs = restored.usesLfs ? '; its LFS files are not in the backup' : '';
	return `${name}: ${refs} as of ${restored.asOf}, in ${toPrintable(folder)}${lfs}\n`;
};

/** The same for a program. */
export const formatRestoredJson = ({
	source,
	repository,
	folder,
	restored,
}: RestoredRepository): string => {
	if (restored.result !== 'restored') {
		const problem = describeNotRestored(restored).what;
		return `${formatJson({v: 1, type: 'not-restored', source, repository, problem})}\n`;
	}

	const {asOf, refs, head, usesLfs} = restored;
	const about = {source, repository, folder, asOf, refs, head, usesLfs};
	return `${formatJson({v: 1, type: 'restored', ...about})}\n`;
};
