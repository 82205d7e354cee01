import type {RestoreInvocation} from '../arguments/invocation.ts';
import {gitAddressFor} from '../domain/access/git-address.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {isYetToCome} from '../domain/history/point-in-time.ts';
import {localPathOf} from '../domain/restore/places.ts';
import {defaultApiUrl} from '../domain/settings/settings.ts';
import {formatMoment} from '../domain/text/format.ts';
import {findNewest, findParts, findRestorable, type SavedPart} from '../engine/restore/choose.ts';
import {type RestoreRequest, type RestoreTools, restoreAll} from '../engine/restore/restore.ts';
import type {Part} from '../parts/part.ts';
import {parts as registry} from '../parts/registry.ts';
import type {World} from '../ports/world.ts';
import {resolveFolder} from '../settings/locate-folder.ts';
import {openReporter} from '../ui/reporter.ts';
import {presentRestore} from '../ui/restore/present-restore.ts';
import {isPattern, placeAtRemotes, placeInFolders, refuseInBackup} from './place-restored.ts';
import {readMoment} from './read-moment.ts';
import {savedSources} from './saved-sources.ts';
import {isLost, withFetched} from './with-fetched.ts';

/** Enough to keep a disk or a network connection busy. */
const usualConcurrency = 4;

/** `cistern restore REPO`: reads the backup folder, or a store; only a push needs the network too. */
export const restore = async (
	world: World,
	invocation: RestoreInvocation,
	signal: AbortSignal,
	registered: readonly Part[] = registry,
): Promise<ExitCode> => {
	const {store, options, repositories, at} = invocation;
	if (store === undefined) {
		return restoreSaved(world, invocation, signal, registered);
	}

	const names = repositories === 'all' ? [] : repositories;
	const wanted = {options, from: store, repositories: names, at};
	return withFetched(world, wanted, signal, async (folder, failed, came) => {
		if (isLost('*', failed, came)) {
			return exitCodes.incomplete;
		}

		const left =
			repositories === 'all' ? 'all' : names.filter((name) => !isLost(name, failed, came));
		return restoreSaved(
			world,
			{...invocation, repositories: left, from: folder},
			signal,
			registered,
		);
	});
};

const restoreSaved = async (
	world: World,
	invocation: RestoreInvocation,
	signal: AbortSignal,
	registered: readonly Part[],
): Promise<ExitCode> => {
	const {options, repositories} = invocation;
	const at = readMoment(invocation.at, world.clock.now());
	const sources = await savedSources(world, options, invocation.from);
	const found = await findRestorable(world.files, sources, repositories, registered, true);
	const tools = openTools(world, signal, registered);
	const parts = await findParts(tools, found, registered);
	await refuseFuture(tools, {at, text: invocation.at}, parts);
	const to = locate(invocation, world.settings.homeFolder);
	const requests = makeRequests({...invocation, to}, parts);
	await refuseInBackup(world.files, requests.flatMap(pathOf), sources);
	// The live view would overwrite git's question for a password.
	const mayAsk = to.kind === 'remote' && world.terminal.canAsk && !options.yes;
	const reporter = await openReporter(
		{...options, verbose: options.verbose || mayAsk},
		world,
		presentRestore(world),
	);
	try {
		return await restoreAll(
			{
				...tools,
				publish: reporter.handle,
				concurrency: mayAsk ? 1 : usualConcurrency,
				mayAsk,
				to: to.kind === 'folder' ? to.folder : to.url,
				at,
				leftOut: invocation.leftOut,
				isPattern: isPattern(repositories),
			},
			requests,
		);
	} finally {
		await reporter.close();
	}
};

/** Git works in another folder, so a relative path has to become an absolute one first. */
const locate = ({to}: RestoreInvocation, home: string): RestoreInvocation['to'] => {
	if (to.kind === 'folder') {
		return {...to, folder: resolveFolder(to.folder, home)};
	}

	return localPathOf(to.url) === to.url ? {...to, url: resolveFolder(to.url, home)} : to;
};

const pathOf = (request: RestoreRequest): readonly string[] => {
	const path = request.kind === 'folder' ? request.target : localPathOf(request.url);
	return path === undefined ? [] : [path];
};

const makeRequests = (
	{to, options, repositories}: RestoreInvocation,
	parts: readonly SavedPart[],
): readonly RestoreRequest[] =>
	to.kind === 'remote'
		? placeAtRemotes(to.url, parts).map((place) => ({...place, kind: 'remote'}))
		: placeInFolders(to.folder, parts, repositories).map((place) => ({
				...place,
				kind: 'folder',
				as: to.bare ? 'bare' : {origin: originOf(place, options.apiUrl)},
			}));

const openTools = (
	world: World,
	signal: AbortSignal,
	parts: readonly Part[],
): Omit<
	RestoreTools,
	'publish' | 'concurrency' | 'mayAsk' | 'to' | 'at' | 'isPattern' | 'leftOut'
> => {
	const run = world.newRunName();
	const {files, endProcesses, clock, version, digest} = world;
	const git = world.openGit(run);
	return {run, git, digest, files, endProcesses, clock, version, signal, parts};
};

/**
 * A future `--at` can only refer to a date written by a clock that ran fast. One that is later than
 * every saved state is a mistake.
 */
const refuseFuture = async (
	tools: ReturnType<typeof openTools>,
	{at, text}: {readonly at: number | undefined; readonly text: string | undefined},
	parts: readonly SavedPart[],
): Promise<void> => {
	const now = tools.clock.now();
	if (at === undefined || !isYetToCome(at, now)) {
		return;
	}

	const newest = await findNewest(tools, parts);
	if (newest === undefined || isYetToCome(at, newest)) {
		const last =
			newest === undefined ? '' : ` (${formatMoment(new Date(newest).toISOString(), now)})`;
		throw new StopError(`"${text}" is yet to come.`, {
			advice: `Name a moment in the past, or leave out --at for what was saved last${last}.`,
			exitCode: exitCodes.usage,
		});
	}
};

/** The repository's address at Bitbucket, so that a working copy can pull and push again. */
const originOf = ({repository, part}: SavedPart, apiUrl: string | undefined): string => {
	const {record, source} = repository;
	const {origin} = gitAddressFor(apiUrl ?? source.apiUrl ?? defaultApiUrl);
	const path = [record.workspace, record.slug].map(encodeURIComponent).join('/');
	const url = `${origin}/${path}.git`;
	return part.addressOf(url);
};
