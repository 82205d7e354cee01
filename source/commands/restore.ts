import {gitAddressFor} from '../domain/access/git-address.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {parsePointInTime} from '../domain/history/point-in-time.ts';
import {wikiUrl} from '../domain/plan/repository.ts';
import {defaultApiUrl} from '../domain/settings/settings.ts';
import {findParts} from '../engine/look/find-parts.ts';
import {findRestorable} from '../engine/restore/find-restorable.ts';
import type {SavedPart} from '../engine/restore/read-state.ts';
import {type RestoreRequest, type RestoreRun, restoreAll} from '../engine/restore/restore-all.ts';
import type {SavedSource} from '../engine/saved/saved-sources.ts';
import type {RestoreInvocation} from '../invocation.ts';
import {resolveFolder} from '../locate-folder.ts';
import type {World} from '../ports.ts';
import {chooseRestoreView} from '../ui/restore/choose-restore-view.ts';
import {isPattern, placeAtRemotes, placeInFolders} from './place-restored.ts';
import {savedSources} from './saved-sources.ts';

/** Enough to keep a disk or a line busy. */
const usualConcurrency = 4;

/** `cistern restore REPO`: from the backup folder alone; only a push needs the network. */
export const restore = async (
	world: World,
	invocation: RestoreInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const {options, repositories} = invocation;
	const at = readMoment(invocation.at, world.clock.now());
	const sources = await savedSources(world, options, invocation.from);
	const found = await findRestorable(world.files, sources, repositories);
	const parts = await findParts(world.files, found);
	const to = locate(invocation, world.settings.homeFolder);
	const requests = makeRequests({...invocation, to}, {parts, sources, at});
	// A live view and a question for a password would write over each other.
	const mayAsk = to.kind === 'remote' && world.terminal.canAsk && !options.yes;
	const view = await chooseRestoreView({...options, verbose: options.verbose || mayAsk}, world);
	try {
		return await restoreAll(
			{
				...openTools(world, signal),
				publish: view.handle,
				concurrency: mayAsk ? 1 : usualConcurrency,
				mayAsk,
				to: to.kind === 'folder' ? to.folder : to.url,
				at,
				isPattern: isPattern(repositories),
			},
			requests,
		);
	} finally {
		await view.close();
	}
};

const locate = ({to}: RestoreInvocation, home: string): RestoreInvocation['to'] =>
	to.kind === 'folder' ? {...to, folder: resolveFolder(to.folder, home)} : to;

const makeRequests = (
	{to, options, repositories}: RestoreInvocation,
	saved: {
		readonly parts: readonly SavedPart[];
		readonly sources: readonly SavedSource[];
		readonly at: number | undefined;
	},
): readonly RestoreRequest[] => {
	const {parts, sources, at} = saved;
	return to.kind === 'remote'
		? placeAtRemotes(to.url, parts).map((place) => ({...place, kind: 'remote', at}))
		: placeInFolders(to.folder, parts, {repositories, sources}).map((place) => ({
				...place,
				kind: 'folder',
				bare: to.bare,
				at,
				origin: originOf(place, options.apiUrl),
			}));
};

const openTools = (
	world: World,
	signal: AbortSignal,
): Omit<RestoreRun, 'publish' | 'concurrency' | 'mayAsk' | 'to' | 'at' | 'isPattern'> => {
	const run = world.newRunName();
	const {files, endProcesses, clock, version, digest} = world;
	return {run, git: world.openGit(run), digest, files, endProcesses, clock, version, signal};
};

const readMoment = (text: string | undefined, now: number): number | undefined => {
	const at = text === undefined ? undefined : parsePointInTime(text, now);
	if (text !== undefined && at === undefined) {
		throw new StopError(`"${text}" names no moment.`, {
			advice:
				'Write a day (2026-11-03, 3 Nov), a time (2026-11-03T14:00:00Z, 3 Nov 14:00) or "3 days ago".',
			exitCode: exitCodes.usage,
		});
	}

	return at;
};

/** A working copy can be pushed and pulled again where the repository still is. */
const originOf = ({repository, part}: SavedPart, apiUrl: string | undefined): string => {
	const {record, source} = repository;
	const {origin} = gitAddressFor(apiUrl ?? source.apiUrl ?? defaultApiUrl);
	const path = [record.workspace, record.slug].map(encodeURIComponent).join('/');
	const url = `${origin}/${path}.git`;
	return part === 'wiki' ? wikiUrl(url) : url;
};
