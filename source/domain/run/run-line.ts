import {judgeScope, type Scope} from '../plan/name-filter.ts';
import {slugOf} from '../plan/repository.ts';

/** A saved repository, as the list of runs notes it. */
export type NotedRepository = {
	readonly uuid: string;
	/** Full name. */
	readonly repository: string;
	/** Below the source's folder. */
	readonly folder: string;
};

/**
 * One line of `runs.jsonl`: the result of a run for one source. Parts and follow-ups add fields of
 * their own. Where follow-ups are wanted there is a line before them too, which the later one
 * replaces: see `latestLines`.
 */
export type RunLine = {
	readonly v: 1;
	readonly run: string;
	/** When it began, RFC 3339. */
	readonly at: string;
	readonly workspace?: string;
	/** Milliseconds. */
	readonly duration: number;
	readonly exitCode: number;
	/** Everything in scope was saved as it was upstream. */
	readonly complete: boolean;
	/** Only a part of the scope was asked for; the line proves nothing about the rest. */
	readonly partial: boolean;
	/** Was every repository in scope looked at? */
	readonly listed: boolean;
	readonly inScope: number;
	readonly unchanged: number;
	readonly updated: number;
	readonly new: number;
	readonly failed: readonly {
		readonly repository: string;
		/** A sentence, which may name paths and numbers. */
		readonly reason: string;
		/** The same in a word for programs; earlier versions left it out. */
		readonly kind?: string;
	}[];
	/** Not finished when the run ended; full names. */
	readonly leftOut: readonly string[];
	/** Missing from the listing but not marked as gone; full names. */
	readonly missing: readonly string[];
	readonly gone: readonly string[];
	/** `includeRepos` and `ignoreRepos` of this run, if there were any. */
	readonly scope?: Scope;
	/** Names and globs of `includeRepos` that fitted no repository. */
	readonly unmatched?: readonly string[];
	/** Saved repositories in scope that this run did not look at; full names. */
	readonly unseen?: readonly string[];
	/** Entries of the listing that could not be used: what it lacks may be among them. */
	readonly unread?: number;
	/** Bytes: of all mirrors, received by git in this run, and left on the disk after it. */
	readonly size?: number;
	readonly received?: number;
	readonly free?: number;
	/** Branches rewritten, tags moved and refs deleted upstream, as this run found them. */
	readonly rewritten?: number;
	readonly moved?: number;
	readonly deleted?: number;
	/** Refs of which this run kept the old state. */
	readonly kept?: number;
	/** Names of follow-ups that the settings ask for and this run did without, so it is not complete. */
	readonly without?: readonly string[];
	/** Names of follow-ups that this run told of, because the settings do not speak of them. */
	readonly offered?: readonly string[];
	/** Repositories whose damaged copy could not be rescued completely. */
	readonly lost?: readonly string[];
	/** Repositories that were first saved since the last line, or have another name or folder. */
	readonly saved?: readonly NotedRepository[];
	/** Uuids of repositories that were saved and are not there any more. */
	readonly removed?: readonly string[];
	readonly problem?: string;
};

export const formatRunLine = (line: RunLine): string => JSON.stringify(line);

/** The lines that can be read, oldest first. A line that a kill cut short is skipped. */
export const parseRunLines = (text: string): readonly RunLine[] =>
	text.split('\n').flatMap((line) => {
		try {
			const value: unknown = JSON.parse(line);
			return isRunLine(value) ? [value] : [];
		} catch {
			return [];
		}
	});

/** The last line of each run. The one before its follow-ups counts only if a kill left no other. */
export const latestLines = (lines: readonly RunLine[]): readonly RunLine[] =>
	lines.filter(({run, at}, index) => {
		const next = lines[index + 1];
		return next === undefined || next.run !== run || next.at !== at;
	});

const isRunLine = (value: unknown): value is RunLine =>
	typeof value === 'object' &&
	value !== null &&
	'v' in value &&
	value.v === 1 &&
	'at' in value &&
	typeof value.at === 'string' &&
	'complete' in value &&
	typeof value.complete === 'boolean' &&
	'failed' in value &&
	Array.isArray(value.failed) &&
	'leftOut' in value &&
	Array.isArray(value.leftOut) &&
	(!('scope' in value) || isScope(value.scope));

const isScope = (value: unknown): value is Scope =>
	typeof value === 'object' &&
	value !== null &&
	'includeRepos' in value &&
	Array.isArray(value.includeRepos) &&
	'ignoreRepos' in value &&
	Array.isArray(value.ignoreRepos);

export const lastComplete = (lines: readonly RunLine[]): string | undefined =>
	lines.findLast(({complete}) => complete)?.at;

/** Which repositories did this run find as they were upstream, or leave so? By full name. */
export const judgeRun = (line: RunLine): ((repository: string) => boolean) => {
	if (!line.listed || line.partial) {
		return () => false;
	}

	const isInScope = line.scope === undefined ? () => true : judgeScope(line.scope);
	const others = new Set([
		...line.failed.map(({repository}) => repository),
		...line.leftOut,
		...(line.missing ?? []),
		...(line.unseen ?? []),
	]);
	return (repository) => !others.has(repository) && isInScope(slugOf(repository));
};

/**
 * When a saved repository was last known to be as it was upstream: the last run that found it so, or
 * the last change of its content here, because a partial run may have made it. `changedAt` is
 * undefined if that change did not save all.
 */
export const lastGood = (
	lines: readonly RunLine[],
	repository: string,
	changedAt: string | undefined,
): string | undefined => {
	const found = lines.findLast((line) => judgeRun(line)(repository));
	return found !== undefined && found.at > (changedAt ?? '') ? found.at : changedAt;
};

/** The scope of the last run that was asked for all of it; undefined if it had no limits. */
export const lastScope = (lines: readonly RunLine[]): Scope | undefined =>
	lines.findLast(({partial}) => !partial)?.scope;

/** All repositories that runs saved, by uuid. Lets it be seen that a folder is not there any more. */
export const inventoryOf = (lines: readonly RunLine[]): ReadonlyMap<string, NotedRepository> => {
	const inventory = new Map<string, NotedRepository>();
	for (const {saved = [], removed = []} of lines) {
		for (const one of saved) {
			inventory.set(one.uuid, one);
		}

		for (const uuid of removed) {
			inventory.delete(uuid);
		}
	}

	return inventory;
};

/** Those of the repositories that the inventory lacks, or has elsewhere. */
export const notYetNoted = (
	inventory: ReadonlyMap<string, NotedRepository>,
	present: readonly NotedRepository[],
): readonly NotedRepository[] =>
	present.filter(({uuid, repository, folder}) => {
		const noted = inventory.get(uuid);
		return noted?.repository !== repository || noted.folder !== folder;
	});
