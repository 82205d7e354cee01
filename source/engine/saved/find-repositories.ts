import {StopError} from '../../domain/failure/failure.ts';
import {isGlob} from '../../domain/plan/name-filter.ts';
import {isNamed} from '../../domain/record/name-match.ts';
import type {SavedRepository} from '../../domain/record/record.ts';
import {suggest} from '../../domain/settings/suggest.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import type {Files} from '../../ports/files.ts';
import type {SavedSource} from './saved-sources.ts';
import {readSavedState} from './saved-state.ts';

/** A saved repository with the source it belongs to. */
export type FoundRepository = SavedRepository & {readonly source: SavedSource};

/**
 * The saved repositories that names, `workspace/name` or globs mean. A plain name that once was
 * another repository's means the one that has it now; the other is called by its folder. A name
 * that nobody has any more means the one that had it. Throws a StopError for a name that fits none.
 */
export const findRepositories = async (
	files: Files,
	sources: readonly SavedSource[],
	wanted: readonly string[] | 'all',
): Promise<readonly FoundRepository[]> => {
	const all: FoundRepository[] = [];
	for (const source of sources) {
		const {repositories} = await readSavedState(files, source.folder);
		all.push(...repositories.map((saved) => ({...saved, source})));
	}

	if (wanted === 'all') {
		return all;
	}

	return [...new Set(wanted.flatMap((name) => findNamed(name, all)))];
};

const findNamed = (name: string, all: readonly FoundRepository[]): readonly FoundRepository[] => {
	const fitting = all.filter(({folder, record}) => folder === name || isNamed(record, name));
	if (fitting.length === 0) {
		return findRenamed(name, all);
	}

	const present = fitting.filter(({record}) => record.goneSince === undefined);
	return isGlob(name) || present.length === 0 || fitting.some(({folder}) => folder === name)
		? fitting
		: present;
};

/** Those that were called so before. Throws a StopError with the likely name where there is none. */
const findRenamed = (name: string, all: readonly FoundRepository[]): readonly FoundRepository[] => {
	const renamed = all.filter(({record}) =>
		record.formerNames.some((former) => former === name || former.endsWith(`/${name}`)),
	);
	if (renamed.length > 0) {
		return renamed;
	}

	const likely = suggest(
		name,
		all.map(({record}) => record.slug),
	);
	throw new StopError(`No saved repository is called "${toPrintable(name)}".`, {
		advice:
			likely === undefined
				? '"cistern status" lists what is saved.'
				: `Did you mean "${toPrintable(likely)}"? "cistern status" lists what is saved.`,
	});
};
