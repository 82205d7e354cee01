import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {FailureError, failureOf} from '../domain/failure/failure.ts';
import {describeFailure} from '../domain/failure/failure-table.ts';
import type {RepositoryHistory} from '../domain/history/repository-history.ts';
import {fullName} from '../domain/plan/repository.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {findRestorable} from '../engine/restore/choose.ts';
import {readHistory, readHistoryAlone} from '../engine/saved/read-history.ts';
import type {HistoryInvocation} from '../invocation.ts';
import {parts} from '../parts/registry.ts';
import type {World} from '../ports/world.ts';
import {formatHistory, formatHistoryJson} from '../ui/history.ts';
import {textStyleForOut} from '../ui/text/layout.ts';
import {savedSources} from './saved-sources.ts';

/** `cistern history REPO`: reads the mirrors, without network. */
export const history = async (
	world: World,
	{options, from, repository}: HistoryInvocation,
): Promise<ExitCode> => {
	const {terminal, clock, files} = world;
	const sources = await savedSources(world, options, from);
	const tools = {git: world.openGit(world.newRunName()), clock};
	const look = {
		...textStyleForOut(terminal),
		now: clock.now(),
		verbose: options.verbose,
		from,
	};
	const print = (read: RepositoryHistory): void =>
		terminal.writeOut(options.json ? formatHistoryJson([read]) : formatHistory([read], look));
	let exitCode: ExitCode = exitCodes.done;
	for (const found of await findRestorable(files, sources, [repository], parts)) {
		try {
			print(await readHistory(tools, found));
		} catch (error) {
			terminal.writeError(explain(error, fullName(found.record)));
			exitCode = exitCodes.incomplete;
			await printMoments(() => readHistoryAlone(tools, found), print);
		}
	}

	return exitCode;
};

/** The history names the moments to restore. It may still be readable in a damaged mirror. */
const printMoments = async (
	read: () => Promise<RepositoryHistory>,
	print: (history: RepositoryHistory) => void,
): Promise<void> => {
	try {
		print(await read());
	} catch (error) {
		if (!(error instanceof FailureError)) {
			throw error;
		}
	}
};

/** A mirror that cannot be read does not hide the history of the others. */
const explain = (error: unknown, name: string): string => {
	const {what, advice} = describeFailure(failureOf(error));
	return `${toPrintable(name)}: ${toPrintable(what)}.\n${toPrintable(advice)}\n`;
};
