import {type ExitCode, exitCodes} from '../domain/exit-code.ts';
import {StopError} from '../domain/failure.ts';
import {gitAddressFor} from '../domain/git-address.ts';
import {joinPath} from '../domain/layout.ts';
import {parsePointInTime} from '../domain/point-in-time.ts';
import {toPrintable} from '../domain/printable-text.ts';
import {fullName} from '../domain/repository.ts';
import {defaultApiUrl} from '../domain/settings.ts';
import {type FoundRepository, findRepositories} from '../engine/find-repositories.ts';
import {restoreRepository} from '../engine/restore-repository.ts';
import type {RestoreInvocation} from '../invocation.ts';
import {resolveFolder} from '../locate-folder.ts';
import type {World} from '../ports.ts';
import {formatJson} from '../ui/text/json-text.ts';
import {savedSources} from './saved-sources.ts';

/** `cistern restore REPO --to DIR`: from the backup folder alone, without network. */
export const restore = async (
	world: World,
	invocation: RestoreInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const {options, from, repositories} = invocation;
	const {terminal, files} = world;
	const at = readMoment(invocation.at, world.clock.now());
	const sources = await savedSources(world, options, from);
	const found = await findRepositories(files, sources, repositories);
	const git = world.openGit(world.newRunName());
	for (const {repository, target} of placeAll(world, invocation, found)) {
		signal.throwIfAborted();
		const origin = originOf(repository, options.apiUrl);
		const {bare} = invocation;
		const restored = await restoreRepository({git, files}, {repository, target, bare, at, origin});
		const name = fullName(repository.record);
		terminal.writeOut(
			options.json
				? `${formatJson({v: 1, type: 'restored', repository: name, folder: target, ...restored})}\n`
				: `${toPrintable(name)}: ${restored.refs} branches and tags as of ${restored.asOf}, in ${target}\n`,
		);
	}

	return exitCodes.done;
};

const readMoment = (text: string | undefined, now: number): number | undefined => {
	const at = text === undefined ? undefined : parsePointInTime(text, now);
	if (text !== undefined && at === undefined) {
		throw new StopError(`"${text}" names no moment.`, {
			advice: 'Write a day (2026-11-03), a time (2026-11-03T14:00:00Z) or "3 days ago".',
			exitCode: exitCodes.usage,
		});
	}

	return at;
};

/** One repository goes to the folder itself, several each to a folder of its own name in it. */
const placeAll = (
	world: World,
	{folder, repositories}: RestoreInvocation,
	found: readonly FoundRepository[],
): readonly {repository: FoundRepository; target: string}[] => {
	const target = resolveFolder(folder, world.settings.homeFolder);
	const [only] = found;
	const isOne = found.length === 1 && repositories !== 'all' && !/[*?]/.test(repositories[0] ?? '');
	return only !== undefined && isOne
		? [{repository: only, target}]
		: found.map((repository) => ({repository, target: joinPath(target, repository.folder)}));
};

/** A working copy can be pushed and pulled again where the repository still is. */
const originOf = ({record}: FoundRepository, apiUrl: string | undefined): string =>
	`${gitAddressFor(apiUrl ?? defaultApiUrl).origin}/${record.workspace}/${record.slug}.git`;
