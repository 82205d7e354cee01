import {type ExitCode, exitCodes, worstExitCode} from '../../domain/failure/exit-code.ts';
import {FailureError, StopError} from '../../domain/failure/failure.ts';
import {exitCodeOf, isLimit} from '../../domain/failure/failure-table.ts';
import {hasNoHead} from '../../domain/history/history.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {describeParts} from '../../domain/record/describe-parts.ts';
import {type Fields, isOpen} from '../../domain/record/gap.ts';
import type {PartEntry} from '../../domain/record/record.ts';
import type {
	Destination,
	Restored,
	RestoredFacts,
	RestoredName,
	RestoreEvent,
} from '../../domain/restore/restored.ts';
import type {Progress} from '../../domain/run/events.ts';
import {isoTime} from '../../domain/text/format.ts';
import {
	type Companion,
	type Completed,
	type CopyTools,
	isCompanion,
	type Part,
	type PartCopy,
	type PartState,
} from '../../parts/part.ts';
import type {Clock} from '../../ports/clock.ts';
import {runPool} from '../retry/pool.ts';
import {endInTime} from '../session.ts';
import {copyOf, entryOf, type SavedPart} from './choose.ts';
import {buildAside, clearTarget, type FolderTarget, type FolderTools} from './to-folder.ts';

/** `nameTaken`: its usual name, which something else that is restored has. */
export type Renamed = {readonly nameTaken?: string | undefined};

/** A part and its destination. */
export type RestoreRequest = SavedPart &
	Renamed &
	(FolderTarget | {readonly kind: 'remote'; readonly url: string});

export type RestoreTools = FolderTools &
	CopyTools & {
		readonly clock: Clock;
		readonly version: string;
		/** All parts of a repository, in order. */
		readonly parts: readonly Part[];
		readonly publish: (event: RestoreEvent) => void;
		/** Parts that are restored at once. */
		readonly concurrency: number;
		/** Names of companions that are not pushed. */
		readonly leftOut: readonly string[];
		/** May the user's git ask for a password? */
		readonly mayAsk: boolean;
		/** Folder, address or pattern, as the user wrote it. */
		readonly to: string;
		/** The moment to restore, milliseconds since 1970; undefined for the newest state. */
		readonly at: number | undefined;
		/** The user named no single repository, so those that were not saved by then are left out. */
		readonly isPattern: boolean;
	};

/**
 * Restores parts of repositories, each by itself. Inspects all target folders before it writes
 * anything. Throws a StopError where a folder holds something else.
 */
export const restoreAll = async (
	tools: RestoreTools,
	requests: readonly RestoreRequest[],
): Promise<ExitCode> => {
	const {clock, signal, publish} = tools;
	const started = clock.elapsed();
	publish({
		type: 'restore-started',
		at: isoTime(clock.now()),
		version: tools.version,
		plan: requests.map(nameOf),
		json: countRequests(tools, requests),
		to: tools.to,
		asOf: tools.at === undefined ? undefined : isoTime(tools.at),
	});
	const exitCode = await interruptible(signal, () =>
		endInTime(tools, () => restoreEach(tools, requests)),
	);
	const at = isoTime(clock.now());
	publish({type: 'restore-finished', at, duration: clock.elapsed() - started, exitCode});
	return exitCode;
};

const interruptible = async (
	signal: AbortSignal,
	act: () => Promise<ExitCode>,
): Promise<ExitCode> => {
	try {
		return await act();
	} catch (error) {
		if (signal.aborted) {
			return exitCodes.interrupted;
		}

		throw error;
	}
};

const restoreEach = async (
	tools: RestoreTools,
	requests: readonly RestoreRequest[],
): Promise<ExitCode> => {
	const done = new Map<RestoreRequest, Restored | undefined>();
	await runPool(requests, tools.concurrency, async (request) => {
		tools.signal.throwIfAborted();
		done.set(request, await inspect(tools, request));
	});
	const codes: ExitCode[] = [];
	await runPool(requests, tools.concurrency, async (request) => {
		tools.signal.throwIfAborted();
		const name = nameOf(request);
		let restored = done.get(request);
		if (restored === undefined) {
			tools.publish({type: 'restoring', ...name});
			restored = await restorePart(tools, request);
		}

		const {nameTaken} = request;
		const to = destinationOf(request);
		tools.publish({type: 'restore-ended', ...name, to, nameTaken, restored});
		codes.push(exitCodeFor(tools, request, restored));
	});
	return worstExitCode(codes);
};

type OneTools = FolderTools &
	CopyTools &
	Pick<RestoreTools, 'at' | 'mayAsk' | 'publish' | 'parts' | 'leftOut'>;

/** Undefined where the part has yet to be restored. Throws a StopError as `restoreAll` does. */
export const inspect = async (
	tools: OneTools,
	request: RestoreRequest,
): Promise<Restored | undefined> => {
	if (request.kind === 'remote' || (await clearTarget(tools, request))) {
		return undefined;
	}

	return withState(tools, request, async (state, copy) => {
		const {part, target, as} = request;
		if (await part.holdsState(copy, state, target, as)) {
			return {result: 'already-there', ...factsOf(tools, request, state)};
		}

		throw new StopError(`${target} is not empty.`, {
			advice:
				'Name a folder that is empty or does not exist yet: nothing there is ever overwritten.',
		});
	});
};

export const restorePart = (tools: OneTools, request: RestoreRequest): Promise<Restored> =>
	withState(tools, request, async (state, copy) => {
		const facts = factsOf(tools, request, state);
		const done: Completed[] = [];
		const merge = (): OfCompanions => ({
			notes: done.flatMap(({notes}) => notes),
			gaps: done.flatMap(({gaps}) => gaps),
			json: Object.assign({}, facts.json, ...done.map(({json}) => json)),
		});
		if (request.kind === 'folder') {
			const {part, as} = request;
			await buildAside(tools, request, async (folder) => {
				await part.restore(copy, state, folder, as);
				done.push(...[(await part.restoreFiles?.(copy, state, folder)) ?? []].flat());
				for (const [companion, known] of companionsOf(tools, request)) {
					done.push(await companion.complete(copy, known, folder, as));
				}
			});
			return {result: 'restored', ...facts, ...merge()};
		}

		const {part, url} = request;
		const name = nameOf(request);
		const onProgress = (progress: Progress): void =>
			tools.publish({type: 'restore-progressed', ...name, progress});
		const {signal, mayAsk} = tools;
		const options = {signal, mayAsk, onProgress};
		const beforeRefs = async (): Promise<void> => {
			for (const [companion, known] of companionsOf(tools, request)) {
				const isLeftOut = tools.leftOut.includes(companion.name);
				done.push(await companion.pushFirst(copy, known, state, url, {...options, isLeftOut}));
			}
		};
		const pushed = await part.push(copy, state, url, {...options, beforeRefs});
		return {...facts, ...merge(), ...pushed};
	});

type OfCompanions = Pick<RestoredFacts, 'notes' | 'gaps' | 'json'>;

/** The companions of the repository itself, with their entries in its record. */
const companionsOf = (
	{parts}: OneTools,
	{part, repository}: RestoreRequest,
): readonly (readonly [Companion, PartEntry | undefined])[] =>
	part.isRequired
		? parts.filter(isCompanion).map((one) => [one, repository.record.parts[one.name]] as const)
		: [];

/**
 * Reads the state to restore and acts on it. A failure becomes the result of this one part, unless
 * it would hit all parts: an interruption, no usable git, a limit of the computer.
 */
const withState = async (
	tools: OneTools,
	request: RestoreRequest,
	act: (state: PartState, copy: PartCopy) => Promise<Restored>,
): Promise<Restored> => {
	const copy = copyOf(tools, request);
	try {
		const as = request.kind === 'remote' ? 'remote' : request.as;
		const state = await request.part.readState(copy, entryOf(request), tools.at, as);
		return 'result' in state ? state : await act(state, copy);
	} catch (error) {
		const isOfAll =
			tools.signal.aborted ||
			(error instanceof FailureError &&
				(error.failure.kind === 'git-unusable' || isLimit(error.failure)));
		if (error instanceof FailureError && !isOfAll) {
			return {result: 'failed', failure: error.failure};
		}

		throw error;
	}
};

/** The notes of the repository's companions go along with it. */
const factsOf = (
	{parts}: OneTools,
	request: RestoreRequest,
	{at, head, refs}: PartState,
): RestoredFacts => {
	const {part, repository} = request;
	const about = {repository: fullName(repository.record), settings: {}};
	const entries = part.isRequired ? repository.record.parts : {};
	const {gaps, json} = describeParts(parts.filter(isCompanion), entries, about);
	return {
		asOf: at === undefined ? undefined : isoTime(at),
		refs: refs.size,
		head,
		notes: [],
		gaps,
		json: json.restored,
		...(request.kind === 'folder' && hasNoHead(head, refs) ? {hasNoHead: true} : {}),
	};
};

const countRequests = ({parts}: OneTools, requests: readonly RestoreRequest[]): Fields =>
	Object.fromEntries(
		parts.flatMap(({name, counted}) =>
			counted === undefined
				? []
				: [[counted, requests.filter(({part}) => part.name === name).length]],
		),
	);

const nameOf = ({repository, part}: RestoreRequest): RestoredName => ({
	source: repository.source.source,
	repository: fullName(repository.record),
	part: part.name,
});

const destinationOf = (request: RestoreRequest): Destination =>
	request.kind === 'folder' ? {folder: request.target} : {url: request.url};

/** Only a required part is asked for by name; another one that was not saved by then is no failure. */
const exitCodeFor = (
	{isPattern}: RestoreTools,
	{part}: RestoreRequest,
	restored: Restored,
): ExitCode => {
	switch (restored.result) {
		case 'failed':
			return exitCodeOf(restored.failure);
		case 'not-yet-saved':
			return isPattern || !part.isRequired ? exitCodes.done : exitCodes.incomplete;
		default:
			return restored.gaps.some(isOpen) ? exitCodes.incomplete : exitCodes.done;
	}
};
