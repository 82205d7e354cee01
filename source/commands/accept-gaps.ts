import type {AcceptMissingInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {fullName} from '../domain/plan/repository.ts';
import {acceptGaps as accept, findAcceptable} from '../engine/backup/accept-gaps.ts';
import {findRepositories} from '../engine/saved/find-repositories.ts';
import {parts} from '../parts/registry.ts';
import type {World} from '../ports/world.ts';
import {askToAcceptGaps, formatAcceptedGaps, formatMissing} from '../ui/missing.ts';
import {confirmCount} from './confirm-count.ts';
import {savedSources} from './saved-sources.ts';

/**
 * `cistern accept-missing REPO --lfs` or `--metadata`: the user confirms that something of a part is
 * not to be had from upstream any more.
 */
export const acceptGaps = async (
	world: World,
	{
		options,
		count,
		of,
	}: AcceptMissingInvocation & {readonly of: {part: string; repositories: readonly string[]}},
	signal: AbortSignal,
): Promise<ExitCode> => {
	const {terminal, files, digest, clock} = world;
	const sources = await savedSources(world, options, undefined);
	const repositories = await findRepositories(files, sources, of.repositories, parts, true);
	const run = world.newRunName();
	const tools = {files, digest, clock, signal, run, git: world.openGit(run), parts};
	const found = await findAcceptable(tools, of.part, repositories);
	const missing = found.flatMap(({repository, line, missing: names}) =>
		names.map((text) => ({
			type: line,
			repository: fullName(repository.record),
			text,
		})),
	);
	terminal.writeOut(formatMissing(missing, options.json));
	const command = `cistern accept-missing ${of.repositories.join(' ')} --${of.part}`;
	const isConfirmed = await confirmCount(
		terminal,
		{
			found: missing.length,
			count,
			text: askToAcceptGaps(missing.length),
			advice:
				missing.length === 0
					? 'What only failed is tried again by the next backup.'
					: `If that is right: ${command} --yes --count ${missing.length}`,
		},
		signal,
	);
	if (isConfirmed) {
		for (const one of found) {
			await accept(tools, one);
		}

		terminal.writeOut(formatAcceptedGaps(missing.length, options.json));
	}

	return exitCodes.done;
};
