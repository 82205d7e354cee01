import {describeFailure} from '../domain/failure/describe-failure.ts';
import type {Restored, RestoredRepository} from '../domain/restore/restored.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {formatCount} from './text/count.ts';
import {formatJson} from './text/json-text.ts';

type NotRestored = Extract<Restored, {readonly result: 'not-yet-saved' | 'failed'}>;

export const isRestored = (restored: Restored): restored is Exclude<Restored, NotRestored> =>
	restored.result === 'restored' || restored.result === 'already-there';

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
export const formatRestored = ({
	repository,
	part,
	folder,
	restored,
}: RestoredRepository): string => {
	const name = `${toPrintable(repository)}${part === 'wiki' ? ' (wiki)' : ''}`;
	if (!isRestored(restored)) {
		const {what, advice} = describeNotRestored(restored);
		return `${name}: not restored. ${toPrintable(what)} ${toPrintable(advice)}\n`;
	}

	const refs = formatCount(restored.refs, 'branch or tag', 'branches and tags');
	const when = restored.asOf === undefined ? '' : ` as of ${restored.asOf}`;
	const there = restored.result === 'already-there' ? 'already there, ' : '';
	const lfs = restored.usesLfs ? '; its LFS files are not in the backup' : '';
	return `${name}: ${there}${refs}${when}, in ${toPrintable(folder)}${lfs}\n`;
};

/** The same for a program. */
export const formatRestoredJson = ({
	source,
	repository,
	part,
	folder,
	restored,
}: RestoredRepository): string => {
	const about = {v: 1, source, repository, part};
	if (!isRestored(restored)) {
		const problem = describeNotRestored(restored).what;
		return `${formatJson({...about, type: 'not-restored', problem})}\n`;
	}

	const {result, ...facts} = restored;
	const wasThere = result === 'already-there';
	return `${formatJson({...about, type: 'restored', folder, wasThere, ...facts})}\n`;
};
