import {tmpdir} from 'node:os';
import {type ExitCode, worstExitCode} from '../domain/failure/exit-code.ts';
import {joinPath} from '../domain/plan/layout.ts';
import {fullName, slugOf} from '../domain/plan/repository.ts';
import type {RestoredName} from '../domain/restore/restored.ts';
import type {VerifyEvent} from '../domain/verify/events.ts';
import {proofExitCode, type Rehearsed} from '../domain/verify/proof.ts';
import {planSource} from '../engine/backup/plan-source.ts';
import {filterRun} from '../engine/backup/run-filter.ts';
import {findParts} from '../engine/restore/find-parts.ts';
import type {SavedPart} from '../engine/restore/read-state.ts';
import {findRepositories} from '../engine/saved/find-repositories.ts';
import {compareUpstream} from '../engine/verify/compare-upstream.ts';
import {drawSample, rehearseRestore} from '../engine/verify/rehearse-restore.ts';
import type {SourceToVerify} from '../engine/verify/verify-source.ts';
import type {VerifyInvocation} from '../invocation.ts';
import {loadSettings} from '../load-settings.ts';
import type {World} from '../ports/world.ts';
import {openRun, wholeRun} from './run-backup.ts';

type Publish = (event: VerifyEvent) => void;

/** `--remote`: is what is saved what Bitbucket has now? */
export const compareAll = async (
	world: World,
	{options, repositories}: VerifyInvocation,
	signal: AbortSignal,
	publish: Publish,
): Promise<ExitCode> => {
	const settings = await loadSettings(options, world, {credentials: true, signal});
	const slugs = repositories.map(slugOf);
	const choice = {...wholeRun(settings, options, signal), filter: filterRun(slugs, [])};
	const run = openRun(world, choice, (event) => {
		if (event.type === 'noticed') {
			publish(event);
		}
	});
	const codes: ExitCode[] = [];
	for (const source of settings.sources) {
		const {plan, report} = await planSource(run, source, run.publish);
		const compared = plan === undefined ? [] : compareUpstream(plan);
		for (const one of compared) {
			publish({type: 'compared', source: source.title, ...one});
		}

		if (report.problem !== undefined) {
			const failed = {state: 'failed', failure: report.problem} as const;
			publish({type: 'compared', source: source.title, repository: '', compared: failed});
		}

		codes.push(report.exitCode, proofExitCode(compared.map((one) => one.compared)));
	}

	signal.throwIfAborted();
	return worstExitCode(codes);
};

/** `--sample N`: is what would be restored of repositories and their wikis what was saved? */
export const rehearseSome = async (
	world: World,
	{run, count}: {readonly run: string; readonly count: number},
	chosen: readonly SourceToVerify[],
	{signal, publish}: {readonly signal: AbortSignal; readonly publish: Publish},
): Promise<ExitCode> => {
	const {files, clock, digest} = world;
	const place = joinPath(tmpdir(), `cistern-verify-${run}`);
	const sources = chosen.map(({source}) => source);
	const saved = await findRepositories(files, sources, 'all');
	const asked = saved.filter(({source, folder}) =>
		chosen.some((one) => one.source === source && (one.folders?.includes(folder) ?? true)),
	);
	const results: Rehearsed[] = [];
	const tools = {git: world.openGit(run), digest, clock, files, signal, place};
	try {
		for (const saved of await findParts(files, drawSample(asked, count, clock))) {
			const rehearsed = await rehearseRestore(tools, saved);
			results.push(rehearsed);
			publish({type: 'rehearsed', ...nameOf(saved), rehearsed});
		}
	} finally {
		await world.endProcesses(run);
		await files.remove(place);
	}

	return proofExitCode(results);
};

const nameOf = ({repository, part}: SavedPart): RestoredName => ({
	source: repository.source.source,
	repository: fullName(repository.record),
	part,
});
