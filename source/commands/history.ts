import type {HistoryInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {FailureError, failureOf} from '../domain/failure/failure.ts';
import type {RepositoryHistory} from '../domain/history/repository-history.ts';
import {fullName} from '../domain/plan/repository.ts';
import {findRestorable} from '../engine/restore/choose.ts';
import {readHistory, readHistoryAlone} from '../engine/saved/read-history.ts';
import {readTimeline} from '../engine/saved/read-timeline.ts';
import {parts} from '../parts/registry.ts';
import type {World} from '../ports/world.ts';
import {formatUnreadable} from '../ui/describe-failed.ts';
import {formatHistory} from '../ui/history.ts';
import {formatJsonLine} from '../ui/json/json.ts';
import {textStyleForOut} from '../ui/text/layout.ts';
import {formatTimeline, formatTimelineJson} from '../ui/timeline.ts';
import {savedSources} from './saved-sources.ts';

/** `cistern history`: reads the mirrors, without network. */
export const history = async (world: World, invocation: HistoryInvocation): Promise<ExitCode> => {
	const {options, from, repository, since} = invocation;
	if (repository === undefined) {
		return timeline(world, invocation);
	}

	const {terminal, clock, files} = world;
	const sources = await savedSources(world, options, from);
	const tools = {git: world.openGit(world.newRunName()), clock};
	const look = {
		...textStyleForOut(terminal),
		now: clock.now(),
		verbose: options.verbose,
		from,
	};
	const first = since === undefined ? '' : new Date(clock.now() - since).toISOString();
	const print = (whole: RepositoryHistory): void => {
		const read = {
			...whole,
			runs: whole.runs.filter(({at}) => at >= first),
			...(whole.settings && {settings: whole.settings.filter(({at}) => at >= first)}),
		};
		terminal.writeOut(
			options.json ? formatJsonLine({type: 'history', ...read}) : formatHistory(read, look),
		);
	};
	let exitCode: ExitCode = exitCodes.done;
	for (const found of await findRestorable(files, sources, [repository], parts)) {
		try {
			print(await readHistory(tools, found));
		} catch (error) {
			// A mirror that cannot be read does not hide the history of the others.
			terminal.writeError(formatUnreadable(fullName(found.record), failureOf(error)));
			exitCode = exitCodes.incomplete;
			await printMoments(() => readHistoryAlone(tools, found), print);
		}
	}

	return exitCode;
};

/** Milliseconds that a timeline goes back. */
const usualSpan = 30 * 86_400_000;

/** Without a name: what upstream took away from all repositories, because on the worst day no name is known. */
const timeline = async (
	world: World,
	{options, from, since = usualSpan}: HistoryInvocation,
): Promise<ExitCode> => {
	const {terminal, clock, files} = world;
	const sources = await savedSources(world, options, from);
	const now = clock.now();
	const first = new Date(now - since).toISOString();
	const tools = {git: world.openGit(world.newRunName()), clock, files, parts};
	const {taken, unreadable} = await readTimeline(tools, sources, 'all', first);
	const style = {...textStyleForOut(terminal), now, verbose: options.verbose, from};
	terminal.writeOut(
		options.json ? formatTimelineJson(taken, from) : formatTimeline(taken, first, style),
	);
	for (const {repository, failure} of unreadable) {
		terminal.writeError(formatUnreadable(repository, failure));
	}

	return unreadable.length === 0 ? exitCodes.done : exitCodes.incomplete;
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
