import type {VerifyInvocation} from '../arguments/invocation.ts';
import {type ExitCode, worstExitCode} from '../domain/failure/exit-code.ts';
import {failureOf} from '../domain/failure/failure.ts';
import {describeFailure} from '../domain/failure/failure-table.ts';
import {type CheckTallies, checkLinesOf, tallyCheck} from '../domain/verify/check-line.ts';
import type {VerifyEvent} from '../domain/verify/events.ts';
import {verdictExitCode} from '../domain/verify/verdict.ts';
import {appendChecks} from '../engine/saved/checks.ts';
import {endInTime} from '../engine/session.ts';
import {chooseSources, type SourceToVerify, verifySource} from '../engine/verify/verify.ts';
import type {Part} from '../parts/part.ts';
import {parts as registry} from '../parts/registry.ts';
import type {World} from '../ports/world.ts';
import {keepHeapSmall} from '../small-heap.ts';
import {openReporter} from '../ui/reporter.ts';
import {presentVerify} from '../ui/verify/present-verify.ts';
import {compareAll, type Proving, rehearseSome} from './prove-more.ts';
import {savedSources} from './saved-sources.ts';

type VerifyAround = {
	readonly parts?: readonly Part[];
	/** Hears every event too. */
	readonly observe?: (event: VerifyEvent) => void;
};

/** `cistern verify`: checks that the backup is intact and matches its records. */
export const verify = async (
	world: World,
	invocation: VerifyInvocation,
	signal: AbortSignal,
	{parts = registry, observe}: VerifyAround = {},
): Promise<ExitCode> => {
	keepHeapSmall();
	const {options, from, repositories} = invocation;
	const sources = await savedSources(world, options, from);
	const chosen = await chooseSources({files: world.files, parts}, sources, repositories);
	const reporter = await openReporter(options, world, presentVerify(options, world));
	const {clock, endProcesses} = world;
	const started = clock.elapsed();
	const at = new Date(clock.now()).toISOString();
	const run = world.newRunName();
	const tallies: CheckTallies = new Map();
	const publish = (event: VerifyEvent): void => {
		tallyCheck(tallies, event);
		observe?.(event);
		reporter.handle(event);
	};
	try {
		const exitCode = await endInTime({clock, signal, run, endProcesses}, () =>
			prove(world, invocation, {chosen, run, signal, parts, publish}),
		);
		const duration = clock.elapsed() - started;
		await noteChecks(world, {tallies, chosen, at, duration}, reporter.handle);
		reporter.handle({type: 'verify-finished', duration, exitCode});
		return exitCode;
	} finally {
		await reporter.close();
	}
};

type Checked = {
	readonly tallies: CheckTallies;
	readonly chosen: readonly SourceToVerify[];
	/** RFC 3339. */
	readonly at: string;
	/** Milliseconds. */
	readonly duration: number;
};

/** Adds a line for each check to `checks.jsonl`. No verdict depends on it: a disk may be read-only. */
const noteChecks = async (
	{files, version}: World,
	{tallies, chosen, at, duration}: Checked,
	publish: (event: VerifyEvent) => void,
): Promise<void> => {
	for (const {source, folders} of chosen) {
		const tally = tallies.get(source.source);
		const around = {at, partial: folders !== undefined, duration: Math.round(duration), version};
		const lines = tally === undefined ? [] : checkLinesOf(tally, around);
		try {
			await appendChecks(files, source.folder, lines);
		} catch (error) {
			const {what} = describeFailure(failureOf(error));
			const text = `That this verify took place could not be noted: ${what}.`;
			publish({type: 'noticed', source: source.source, text});
		}
	}
};

const prove = async (
	world: World,
	invocation: VerifyInvocation,
	proving: Proving,
): Promise<ExitCode> => {
	const {sample, remote, wait} = invocation;
	const codes: ExitCode[] = [];
	for (const source of proving.chosen) {
		codes.push(await verifyOne(world, proving, source, wait));
	}

	if (sample > 0) {
		codes.push(await rehearseSome(world, proving, sample));
	}

	if (remote) {
		codes.push(await compareAll(world, proving, invocation));
	}

	return worstExitCode(codes);
};

const verifyOne = async (
	world: World,
	{run, signal, parts, publish}: Proving,
	source: SourceToVerify,
	waitsForLock: boolean,
): Promise<ExitCode> => {
	const {files, clock, digest} = world;
	const about = {source: source.source.source, folder: source.source.folder};
	const verdict = await verifySource(
		{
			files,
			clock,
			digest,
			signal,
			run,
			parts,
			git: world.openGit(run),
			waitsForLock,
			onWait: (text) => publish({type: 'noticed', source: about.source, text}),
			onStart: (repositories) => publish({type: 'verify-started', ...about, repositories}),
			onVerdict: (each) => publish({type: 'verified', ...each}),
		},
		source,
	);
	publish({type: 'source-verified', ...verdict});
	return verdictExitCode(verdict);
};
