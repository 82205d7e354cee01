import {randomUUID} from 'node:crypto';
import type {BackupInvocation, CommonOptions, VerifyInvocation} from './arguments/invocation.ts';
import type {ExitCode} from './domain/failure/exit-code.ts';
import type {Listener} from './domain/run/events.ts';
import {emptyRun, fold} from './domain/run/run-state.ts';
import {type Delivery, decide, isDue, parseTold, remember} from './domain/tell/decide.ts';
import {type Checked, isWorthTelling, type Night} from './domain/tell/night.ts';
import type {Target, TargetDraft} from './domain/tell/target.ts';
import {toPrintable} from './domain/text/printable-text.ts';
import type {VerifyEvent} from './domain/verify/events.ts';
import {isWhole} from './domain/verify/verdict.ts';
import {readTimeline, type Timeline} from './engine/saved/read-timeline.ts';
import {deliver} from './engine/tell/deliver.ts';
import {explain} from './explain.ts';
import {parts} from './parts/registry.ts';
import type {Sent} from './ports/telling.ts';
import type {World} from './ports/world.ts';
import {gatherTargets, openTarget, type Party} from './settings/gather-targets.ts';
import {toJsonLines} from './ui/json/json.ts';
import {compose} from './ui/tell/compose.ts';

type Running = {
	readonly world: World;
	readonly signal: AbortSignal;
	/** Rejects with an error outside of every promise. */
	readonly crash: Promise<never>;
};

/** Milliseconds for all messages of a run together. */
const longestTelling = 45_000;

/**
 * Runs a backup, and tells those whom the settings name how it ended, whatever ended it. Telling
 * changes neither the exit code nor the error.
 */
export const telling = async (
	{world, signal, crash}: Running,
	invocation: BackupInvocation,
	backUp: (observe?: Listener) => Promise<ExitCode>,
): Promise<ExitCode> => {
	const act = (observe?: Listener): Promise<ExitCode> => Promise.race([crash, backUp(observe)]);
	const party = isTold(world, invocation)
		? await gatherTargets(world, invocation.options, signal)
		: undefined;
	if (party === undefined || party.drafts.length === 0) {
		return act();
	}

	const watch = watchRun(world, party);
	return tellAfter({world, signal, crash}, party, watch, () => act(watch.observe));
};

/**
 * The same for a verify of everything. A check that is pinged after each backup hears nothing of it:
 * it would take the verify for a backup.
 */
export const tellingVerify = async (
	running: Running,
	{options, from, repositories}: VerifyInvocation,
	verify: (observe?: (event: VerifyEvent) => void) => Promise<ExitCode>,
): Promise<ExitCode> => {
	const {world, signal, crash} = running;
	const isWhole = from === undefined && repositories.length === 0;
	if (!isWhole || isSeen(world, options)) {
		return Promise.race([crash, verify()]);
	}

	const all = await gatherTargets(world, options, signal);
	const party: Party = {
		...all,
		key: `${all.key} verify`,
		drafts: all.drafts.filter(({way}) => way.kind !== 'ping'),
		expiring: [],
	};
	if (party.drafts.length === 0) {
		return Promise.race([crash, verify()]);
	}

	const watch = watchCheck(world);
	return tellAfter(running, party, watch, () => Promise.race([crash, verify(watch.observe)]));
};

type End = (exitCode: ExitCode, stopped: readonly string[] | undefined) => Promise<Watched>;

/** Tells how an act ended, and ends as it did. */
const tellAfter = async (
	{world, signal}: Running,
	party: Party,
	{end}: {readonly end: End},
	act: () => Promise<ExitCode>,
): Promise<ExitCode> => {
	try {
		const exitCode = await act();
		await tellNight(world, party, await end(exitCode, undefined));
		return exitCode;
	} catch (error) {
		const {exitCode, texts} = explain(error, signal);
		await tellNight(world, party, await end(exitCode, texts));
		throw error;
	}
};

const isSeen = ({terminal}: World, {yes}: CommonOptions): boolean => !yes && terminal.isInteractive;

/** A run that a user watches, or that was asked for a part alone, sends no message. */
const isTold = (world: World, {options, only, exclude, dryRun}: BackupInvocation): boolean =>
	!dryRun && only.length === 0 && exclude.length === 0 && !isSeen(world, options);

/** A run that is being told. */
type Watched = Omit<Night, 'taken' | 'expiring'> & {
	readonly run: string;
	readonly result: object | undefined;
};

const watchRun = (world: World, party: Party) => {
	const {clock} = world;
	const run = randomUUID();
	const [at, started] = [clock.now(), clock.elapsed()];
	const state = emptyRun();
	let result: object | undefined;
	let starting: Promise<unknown> | undefined;
	return {
		observe: (event: Parameters<Listener>[0]): void => {
			fold(state, event, clock.now());
			if (event.type === 'listing-progressed') {
				// Now it holds the folder: a run that finds another one at work is not told.
				starting ??= tellStart(world, party, run);
			} else if (event.type === 'run-finished') {
				result = toJsonLines(event, state).at(-1);
			}
		},
		end: async (exitCode: ExitCode, stopped: readonly string[] | undefined): Promise<Watched> => {
			await starting;
			const duration = clock.elapsed() - started;
			return {run, at, duration, exitCode, checked: undefined, state, stopped, result};
		},
	};
};

const watchCheck = ({clock}: World) => {
	const run = randomUUID();
	const [at, started] = [clock.now(), clock.elapsed()];
	const checked: Checked = {repositories: 0, damaged: []};
	const end: End = async (exitCode, stopped) => ({
		run,
		at,
		duration: clock.elapsed() - started,
		exitCode,
		checked,
		state: emptyRun(),
		stopped,
		result: undefined,
	});
	return {
		observe: (event: VerifyEvent): void => {
			if (event.type === 'verified') {
				checked.repositories += 1;
				if (!isWhole(event)) {
					checked.damaged.push(event.repository);
				}
			}
		},
		end,
	};
};

/**
 * Tells the checks that a run began. A failure is not reported here: the message at the end tries the
 * same check again, and reports it. This also loads the libraries for the messages at the end, because
 * the run waits for Bitbucket meanwhile.
 */
const tellStart = async (world: World, party: Party, run: string): Promise<void> => {
	const sure = party.drafts.filter(({when}) => when === 'always');
	world.telling.prepare(sure.map(({way}) => way.kind));
	const pings = party.drafts.filter(({way}) => way.kind === 'ping');
	await Promise.all(
		pings.map((draft) =>
			reach(world, party, draft, (target, signal) => world.telling.sendStart(target, run, signal)),
		),
	);
};

/** Opens a target and sends to it. Gives the reason if it could not be told. */
const reach = async (
	{clock}: World,
	party: Party,
	draft: TargetDraft,
	send: (target: Target, signal: AbortSignal) => Promise<Sent>,
): Promise<string | undefined> => {
	const signal = AbortSignal.any([party.signal, AbortSignal.timeout(longestTelling)]);
	try {
		const target = await openTarget(party, draft);
		return await deliver(() => send(target, signal), clock, signal);
	} catch (error) {
		return explain(error, party.signal).texts[0] ?? 'it was interrupted';
	}
};

const tellNight = async (world: World, party: Party, watched: Watched): Promise<void> => {
	const {state, stopped, checked} = watched;
	const hasRun = state.run !== '' || stopped !== undefined || checked !== undefined;
	if (!hasRun || !isWorthTelling(watched)) {
		return;
	}

	const {telling: port, clock, terminal, version} = world;
	const told = parseTold(await port.recall(party.key));
	const isNewsWanted = party.drafts.some(({when, names}) => when !== 'problems' && names);
	const {taken} = isNewsWanted ? await readNews(world, watched) : {taken: []};
	const night: Night = {...watched, taken, expiring: party.expiring};
	const decision = decide(told, night);
	const now = clock.now();
	const due = party.drafts.filter((draft) => isDue(draft, decision, told, now));
	const thread = told.trouble?.thread ?? watched.run;
	const deliveries = await Promise.all(
		due.map(async (draft): Promise<Delivery> => {
			const {sources, ...words} = compose(night, decision, draft, {host: port.host, version, now});
			const message = {
				...words,
				sources,
				run: watched.run,
				exitCode: watched.exitCode,
				duration: watched.duration,
				result: draft.names ? watched.result : undefined,
				thread: decision.since === undefined ? undefined : thread,
			};
			const reason = await reach(world, party, draft, (target, signal) =>
				port.send(target, message, signal),
			);
			return {target: draft.name, reason};
		}),
	);
	await port.remember(
		party.key,
		`${JSON.stringify(remember(told, night, decision, deliveries, thread, now))}\n`,
	);
	for (const {target, reason} of deliveries) {
		if (reason !== undefined) {
			terminal.writeError(`Could not tell ${target}: ${toPrintable(reason)}.\n`);
		}
	}
};

/** Everything that upstream took away, as this run found. If it cannot be read, only the counts are told. */
const readNews = async (
	{files, clock, openGit, newRunName}: World,
	{state, at}: Watched,
): Promise<Pick<Timeline, 'taken'>> => {
	const sources = [...state.sources.values()].map(({source, folder, ...one}) => ({
		source: {source, folder},
		names: [one.rewritten, one.moved, one.deleted, one.gone].flatMap(({names}) => names),
	}));
	const since = new Date(at).toISOString();
	const tools = {files, clock, parts, git: openGit(newRunName())};
	const read = await Promise.all(
		sources
			.filter(({names}) => names.length > 0)
			.map(({source, names}) =>
				readTimeline(tools, [source], names, since).catch(() => ({taken: []})),
			),
	);
	return {taken: read.flatMap(({taken}) => taken)};
};
