import {type ExitCode, exitCodes} from '../../domain/failure/exit-code.ts';
import {isGlob, isInScope, unmatchedIncludes} from '../../domain/plan/name-filter.ts';
import type {Listener, SourceReport} from '../../domain/run/events.ts';
import {suggest} from '../../domain/settings/settings-problem.ts';

/** `--only` and `--exclude`: narrow one run without changing the scope. */
export type RunFilter = {
	readonly isAsked: (slug: string) => boolean;
	readonly isNarrowed: boolean;
	/** A sentence for each name or glob that matched nothing so far. */
	readonly complaints: () => readonly string[];
};

export const noFilter: RunFilter = {
	isAsked: () => true,
	isNarrowed: false,
	complaints: () => [],
};

/** Remembers every name it was asked about, so that it can suggest one for a misspelt name. */
export const filterRun = (only: readonly string[], exclude: readonly string[]): RunFilter => {
	const seen = new Set<string>();
	return {
		isNarrowed: only.length > 0 || exclude.length > 0,
		isAsked: (slug) => {
			seen.add(slug);
			return isInScope(slug, {includeRepos: only, ignoreRepos: exclude});
		},
		complaints: () =>
			unmatchedIncludes([...seen], {includeRepos: only}).map((name) => complain(name, seen)),
	};
};

const complain = (name: string, seen: Iterable<string>): string => {
	const likely = isGlob(name) ? undefined : suggest(name, seen);
	const question = likely === undefined ? '' : ` Did you mean "${likely}"?`;
	return `--only "${name}" fits no repository in scope.${question}`;
};

/**
 * Reports names that match no repository, and returns the exit code: something asked for is not
 * saved. Reports nothing if a source could not be listed, because it may have them.
 */
export const reportUnmatched = (
	{filter, publish}: {readonly filter: RunFilter; readonly publish: Listener},
	reports: readonly SourceReport[],
): ExitCode => {
	const complaints = reports.every(({problem}) => problem === undefined) ? filter.complaints() : [];
	for (const text of complaints) {
		publish({type: 'noticed', text});
	}

	return complaints.length === 0 ? exitCodes.done : exitCodes.incomplete;
};
