import {type ExitCode, exitCodes} from '../domain/exit-code.ts';
import {findRepositories} from '../engine/find-repositories.ts';
import {readHistory} from '../engine/read-history.ts';
import type {HistoryInvocation} from '../invocation.ts';
import type {World} from '../ports.ts';
import {formatHistory, formatHistoryJson} from '../ui/history.ts';
import {marksFor} from '../ui/text/marks.ts';
import {styleFor} from '../ui/text/style.ts';
import {savedSources} from './saved-sources.ts';

/** `cistern history REPO`: from the mirrors alone, without network. */
export const history = async (
	world: World,
	{options, from, repository}: HistoryInvocation,
): Promise<ExitCode> => {
	const {terminal, clock, files} = world;
	const sources = await savedSources(world, options, from);
	const git = world.openGit(world.newRunName());
	const histories = [];
	for (const found of await findRepositories(files, sources, [repository])) {
		histories.push(await readHistory(git, found));
	}

	terminal.writeOut(
		options.json
			? formatHistoryJson(histories)
			: formatHistory(histories, {
					marks: marksFor(terminal),
					style: styleFor(terminal),
					now: clock.now(),
					verbose: options.verbose,
				}),
	);
	return exitCodes.done;
};
