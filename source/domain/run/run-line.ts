import {exitCodes} from '../failure/exit-code.ts';
import {ifAny} from '../given.ts';
import {fits, is, isJsonList, parseJson} from '../json.ts';
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
 * their own. A later line of the same run replaces it (see `latestLines`): the one after its
 * follow-ups, the one after the user's command, and the one after a `cistern send`.
 */
export type RunLine = {
	readonly v: 1;
	readonly run: string;
	/** When it began, RFC 3339. */
	readonly at: string;
	readonly workspace?: string | undefined;
	/** The shard that the run was of, such as `3/16`: the line speaks of its repositories alone. */
	readonly shard?: string | undefined;
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
	readonly scope?: Scope | undefined;
	/** Names and globs of `includeRepos` that fitted no repository. */
	readonly unmatched?: readonly string[] | undefined;
	/** Saved repositories in scope that this run did not look at; full names. */
	readonly unseen?: readonly string[] | undefined;
	/** Entries of the listing that could not be used: what it lacks may be among them. */
	readonly unread?: number | undefined;
	/** Bytes: of all mirrors, received by git in this run, and left on the disk after it. */
	readonly size?: number | undefined;
	readonly received?: number;
	readonly free?: number | undefined;
	/** Branches rewritten, tags moved and refs deleted upstream, as this run found them. */
	readonly rewritten?: number;
	readonly moved?: number;
	readonly deleted?: number;
	/** Refs of which this run kept the old state. */
	readonly kept?: number;
	/** Names of follow-ups that the settings ask for and this run did without, so it is not complete. */
	readonly without?: readonly string[] | undefined;
	/** Names of follow-ups that this run told of, because the settings do not speak of them. */
	readonly offered?: readonly string[] | undefined;
	/** Repositories whose damaged copy could not be rescued completely. */
	readonly lost?: readonly string[] | undefined;
	/** Repositories that were first saved since the last line, or have another name or folder. */
	readonly saved?: readonly NotedRepository[] | undefined;
	/** Uuids of repositories that were saved and are not there any more. */
	readonly removed?: readonly string[] | undefined;
	/** Why the user's command after the backup made no copy, in words that follow its name. */
	readonly afterBackup?: string | undefined;
	/** How the last sending to each store ended: by this run, or by a `cistern send` after it. */
	readonly stores?: readonly StoreNote[];
	readonly problem?: string | undefined;
};

type StoreNote = {
	readonly store: string;
	readonly complete: boolean;
	/** The failure that ended the sending, in words. */
	readonly reason?: string;
	/** When a `cistern send` ended, RFC 3339; left out by the run itself. */
	readonly at?: string;
};

export const formatRunLine = (line: RunLine): string => JSON.stringify(line);

/** The lines that can be read, oldest first. A line that a kill cut short is skipped. */
export const parseRunLines = (text: string): readonly RunLine[] =>
	text
		.split('\n')
		.map((line) => parseJson(line))
		.filter(isRunLine);

/** The last line of each run, in the place of its first one. */
export const latestLines = (lines: readonly RunLine[]): readonly RunLine[] => [
	...new Map(lines.map((line) => [`${line.run} ${line.at}`, line])).values(),
];

/** The line of a run that did not do everything. */
export const incomplete = (line: RunLine): RunLine => ({
	...line,
	exitCode: Math.max(line.exitCode, exitCodes.incomplete),
	complete: false,
});

/** The line of a run whose command after the backup made no copy. */
export const withoutCopy = (line: RunLine, problem: string): RunLine => ({
	...incomplete(line),
	afterBackup: problem,
});

/** The line of a run whose command after the backup made its copy. `exitCode`: of the run until then. */
export const withCopy = ({afterBackup: _, ...line}: RunLine, exitCode: number): RunLine => {
	const copied = {...line, exitCode};
	return {...copied, complete: lacksNothing(copied)};
};

const lacksNothing = ({exitCode, partial, without = [], stores = []}: RunLine): boolean =>
	exitCode === exitCodes.done &&
	!partial &&
	without.length === 0 &&
	stores.every(({complete}) => complete);

/**
 * The line of the last run after a `cistern send`. A sending that failed takes its completeness from
 * it. One that sent everything gives it to a run that lacked nothing else. `followUp`: the name under
 * which a run leaves the sending out.
 */
export const withSending = (
	line: RunLine,
	{stores, followUp}: {readonly stores: readonly StoreNote[]; readonly followUp: string},
): RunLine => {
	const others = (line.stores ?? []).filter(
		({store}) => !stores.some((sent) => sent.store === store),
	);
	const all = [...others, ...stores];
	const isSent = all.every(({complete}) => complete);
	const without = (line.without ?? []).filter((name) => !isSent || name !== followUp);
	const {without: _without, ...rest} = line;
	const sent = {...rest, without: ifAny(without), stores: all};
	return {...sent, complete: lacksNothing(sent)};
};

const form = {
	v: is.oneOf(1),
	at: is.text,
	complete: is.flag,
	failed: isJsonList,
	leftOut: isJsonList,
	stores: is.optional(
		is.listOf(is.objectOf({store: is.text, complete: is.flag, reason: is.optional(is.text)})),
	),
	scope: is.optional(is.objectOf({includeRepos: isJsonList, ignoreRepos: isJsonList})),
};

const isRunLine = (value: unknown): value is RunLine => fits(value, form);

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
