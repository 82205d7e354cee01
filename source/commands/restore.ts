import {gitAddressFor} from '../domain/access/git-address.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {FailureError, StopError} from '../domain/failure/failure.ts';
import {parsePointInTime} from '../domain/history/point-in-time.ts';
import {fullName, wikiUrl} from '../domain/plan/repository.ts';
import type {Restored} from '../domain/restore/restored.ts';
import {defaultApiUrl} from '../domain/settings/settings.ts';
import {findParts} from '../engine/look/find-parts.ts';
import {findRepositories} from '../engine/look/find-repositories.ts';
import type {SavedPart} from '../engine/restore/read-state.ts';
import {
	type FolderRequest,
	type FolderTools,
	lookAtFolder,
	restoreToFolder,
} from '../engine/restore/restore-to-folder.ts';
import type {RestoreInvocation} from '../invocation.ts';
import type {World} from '../ports.ts';
import {describeNotRestored, formatRestored, formatRestoredJson} from '../ui/restored.ts';
import {isPattern, placeRestored} from './place-restored.ts';
import {savedSources} from './saved-sources.ts';

/** `cistern restore REPO --to DIR`: from the backup folder alone, without network. */
export const restore = async (
	world: World,
	invocation: RestoreInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const {options, bare} = invocation;
	const at = readMoment(invocation.at, world.clock.now());
	const sources = await savedSources(world, options, invocation.from);
	const found = await findRepositories(world.files, sources, invocation.repositories);
	const parts = await findParts(world.files, found);
	const home = world.settings.homeFolder;
	const requests = placeRestored(invocation, parts, {sources, home}).map(
		(placed): FolderRequest => ({
			...placed,
			bare,
			at,
			origin: originOf(placed, options.apiUrl),
		}),
	);
	const tools = openTools(world, signal);
	const known = new Map<FolderRequest, Restored | undefined>();
	for (const request of requests) {
		known.set(request, await lookAtFolder(tools, request));
	}

	const exitCodesSoFar: ExitCode[] = [];
	for (const request of requests) {
		signal.throwIfAborted();
		const restored = known.get(request) ?? (await restoreToFolder(tools, request));
		if (requests.length === 1) {
			stopUnlessRestored(restored, fullName(request.repository.record));
		}

		tell(world, options.json, request, restored);
		exitCodesSoFar.push(exitCodeOf(request, restored, isPattern(invocation.repositories)));
	}

	return exitCodesSoFar.find((code) => code !== exitCodes.done) ?? exitCodes.done;
};

const openTools = (world: World, signal: AbortSignal): FolderTools => {
	const run = world.newRunName();
	return {
		run,
		git: world.openGit(run),
		files: world.files,
		endProcesses: world.endProcesses,
		signal,
	};
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

/** Where only one was asked for, the whole command failed. */
const stopUnlessRestored = (restored: Restored, name: string): void => {
	switch (restored.result) {
		case 'restored':
		case 'already-there':
			return;
		case 'failed':
			throw new FailureError(restored.failure);
		case 'not-yet-saved':
			throw new StopError(`Nothing of ${name} was saved by then.`, {
				advice: describeNotRestored(restored).advice,
			});
	}
};

/** What a pattern or `--all` meant too, but was not there at the time, nobody asked for. */
const exitCodeOf = ({part}: SavedPart, {result}: Restored, isPatterned: boolean): ExitCode =>
	result === 'failed' || (result === 'not-yet-saved' && !isPatterned && part === 'repo')
		? exitCodes.incomplete
		: exitCodes.done;

const tell = (
	{terminal}: World,
	asJson: boolean,
	{repository, part, target}: FolderRequest,
	restored: Restored,
): void => {
	const about = {
		source: repository.source.source,
		repository: fullName(repository.record),
		part,
		folder: target,
		restored,
	};
	if (asJson) {
		terminal.writeOut(formatRestoredJson(about));
	} else if (restored.result === 'restored' || restored.result === 'already-there') {
		terminal.writeOut(formatRestored(about));
	} else {
		terminal.writeError(formatRestored(about));
	}
};
