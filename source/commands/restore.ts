import {gitAddressFor} from '../domain/access/git-address.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {FailureError, StopError} from '../domain/failure/failure.ts';
import {parsePointInTime} from '../domain/history/point-in-time.ts';
import {fullName} from '../domain/plan/repository.ts';
import type {Restored} from '../domain/restore/restored.ts';
import {defaultApiUrl} from '../domain/settings/settings.ts';
import {type FoundRepository, findRepositories} from '../engine/look/find-repositories.ts';
import {restoreRepository} from '../engine/restore/restore-repository.ts';
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
	const places = await placeRestored(world, invocation, found, sources);
	const tools = openTools(world, signal);
	const exitCodesSoFar: ExitCode[] = [];
	for (const {repository, target} of places) {
		signal.throwIfAborted();
		const origin = originOf(repository, options.apiUrl);
		const restored = await restoreRepository(tools, {repository, target, bare, at, origin});
		if (places.length === 1) {
			stopUnlessRestored(restored, fullName(repository.record));
		}

		tell(world, options.json, {repository, target, restored});
		exitCodesSoFar.push(exitCodeOf(restored, isPattern(invocation.repositories)));
	}

	return exitCodesSoFar.find((code) => code !== exitCodes.done) ?? exitCodes.done;
};

const openTools = (world: World, signal: AbortSignal): Parameters<typeof restoreRepository>[0] => {
	const run = world.newRunName();
	return {
		git: world.openGit(run),
		files: world.files,
		endProcesses: () => world.endProcesses(run),
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
const originOf = ({record, source}: FoundRepository, apiUrl: string | undefined): string => {
	const {origin} = gitAddressFor(apiUrl ?? source.apiUrl ?? defaultApiUrl);
	const path = [record.workspace, record.slug].map(encodeURIComponent).join('/');
	return `${origin}/${path}.git`;
};

/** Where only one was asked for, the whole command failed. */
const stopUnlessRestored = (restored: Restored, name: string): void => {
	switch (restored.result) {
		case 'restored':
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
const exitCodeOf = ({result}: Restored, isPatterned: boolean): ExitCode =>
	result === 'restored' || (result === 'not-yet-saved' && isPatterned)
		? exitCodes.done
		: exitCodes.incomplete;

const tell = (
	{terminal}: World,
	asJson: boolean,
	{repository, target, restored}: {repository: FoundRepository; target: string; restored: Restored},
): void => {
	const about = {
		source: repository.source.source,
		repository: fullName(repository.record),
		folder: target,
		restored,
	};
	if (asJson) {
		terminal.writeOut(formatRestoredJson(about));
	} else if (restored.result === 'restored') {
		terminal.writeOut(formatRestored(about));
	} else {
		terminal.writeError(formatRestored(about));
	}
};
