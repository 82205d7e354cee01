import {FailureError, StopError} from '../../domain/failure/failure.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import type {Restored} from '../../domain/restore/restored.ts';
import type {Git} from '../../ports/git.ts';
import {asResult} from './as-result.ts';
import {
	factsOf,
	mirrorOf,
	readState,
	type SavedPart,
	type StateThen,
	type StateTools,
} from './read-state.ts';
import {buildAside, clearLeftovers, type PlaceTools, type Target} from './work-place.ts';

export type FolderTools = PlaceTools & StateTools;

export type FolderRequest = SavedPart &
	Target & {
		readonly kind: 'folder';
		readonly bare: boolean;
		/** Milliseconds since 1970; undefined for the newest state. */
		readonly at: number | undefined;
		/** Where a working copy's `origin` points to. */
		readonly origin: string;
	};

/**
 * Looks at a folder that a repository is to be restored to, once what a killed restore left there
 * is taken up. Gives a result where nothing is left to do, undefined where it can be restored.
 * Throws a StopError where anything else lies there.
 */
export const lookAtFolder = async (
	tools: FolderTools,
	request: FolderRequest,
): Promise<Restored | undefined> => {
	await clearLeftovers(tools, request);
	if (await tools.files.isVacant(request.target)) {
		return undefined;
	}

	return asResult(tools.signal, async () => {
		const then = await readState(tools, request, request.at);
		if ('result' in then) {
			return then;
		}

		if (await holds(tools.git, request, then)) {
			return {result: 'already-there', ...factsOf(request, then)};
		}

		throw new StopError(`${request.target} is not empty.`, {
			advice:
				'Name a folder that is empty or does not exist yet: nothing there is ever overwritten.',
		});
	});
};

/** Does a folder hold a repository with this very state? */
const holds = async (
	git: Git,
	{target, bare}: FolderRequest,
	{head, refs}: StateThen,
): Promise<boolean> => {
	const folder = bare ? target : joinPath(target, '.git');
	try {
		const print = await git.readStamp(folder);
		const there = print === undefined ? undefined : await git.readRefs(folder, 'refs/');
		return (
			there?.size === refs.size &&
			[...refs].every(([ref, oid]) => there.get(ref)?.oid === oid) &&
			(head === undefined || print?.head === `ref: ${head}`)
		);
	} catch (error) {
		if (error instanceof FailureError) {
			return false;
		}

		throw error;
	}
};

/**
 * Brings a repository back as it was at a moment, to a folder that `lookAtFolder` found free. All
 * branches become local ones, since there is no upstream to ask which of them somebody had.
 */
export const restoreToFolder = (tools: FolderTools, request: FolderRequest): Promise<Restored> =>
	asResult(tools.signal, async () => {
		const {git, signal} = tools;
		const then = await readState(tools, request, request.at);
		if ('result' in then) {
			return then;
		}

		const {head, refs} = then;
		const as = request.bare ? 'bare' : {origin: request.origin};
		await buildAside(tools, request, (folder) =>
			git.restore(mirrorOf(request), folder, {head, refs, as}, signal),
		);
		return {result: 'restored', ...factsOf(request, then)};
	});
