import {tmpdir} from 'node:os';
import {type ExitCode, worstExitCode} from '../domain/failure/exit-code.ts';
import {joinPath} from '../domain/plan/layout.ts';
import {fullName, slugOf} from '../domain/plan/repository.ts';
import type {RestoredName} from '../domain/restore/restored.ts';
import type {VerifyEvent} from '../domain/verify/events.ts';
import {compareUpstream, proofExitCode, type Rehearsed} from '../domain/verify/verdict.ts';
import {filterRun} from '../engine/backup/run-filter.ts';
import {planSource} from '../engine/backup/source.ts';
import {findParts, mirrorOf, type SavedPart} from '../engine/restore/choose.ts';
import {findRepositories} from '../engine/saved/find-repositories.ts';
import type {SourceToVerify} from '../engine/verify/verify.ts';
import type {VerifyInvocation} from '../invocation.ts';
import {loadSettings} from '../load-settings.ts';
import {rehearse} from '../parts/code/rehearse.ts';
import type {Clock} from '../ports/clock.ts';
import type {World} from '../ports/world.ts';
import {openRun, wholeRun} from './run-backup.ts';

type Publish = (event: VerifyEvent) => void;

/** `--remote`: compares the backup with Bitbucket now. */
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
		const {plan, report} = await planSource(run, source);
		const compared = (plan?.items ?? []).map((item) => ({
			repository: fullName(item.repository),
			compared: compareUpstream(item, run.parts),
		}));
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

/** `--sample N`: restores some repositories with their wikis, and compares them with their records. */
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
	const tools = {git: world.openGit(run), digest, files, signal};
	try {
		for (const saved of await findParts(files, drawSample(asked, count, clock))) {
			const target = joinPath(place, saved.repository.folder, saved.part);
			const rehearsed = await rehearse(tools, mirrorOf(saved), target);
			results.push(rehearsed);
			publish({type: 'rehearsed', ...nameOf(saved), rehearsed});
		}
	} finally {
		await world.endProcesses(run);
		await files.remove(place);
	}

	return proofExitCode(results);
};

/** Draws `count` items, each as likely as any other. */
const drawSample = <Item>(
	items: readonly Item[],
	count: number,
	{random}: Pick<Clock, 'random'>,
): readonly Item[] => {
	const left = [...items];
	const drawn: Item[] = [];
	while (drawn.length < count && left.length > 0) {
		drawn.push(...left.splice(Math.floor(random() * left.length), 1));
	}

	return drawn;
};

const nameOf = ({repository, part}: SavedPart): RestoredName => ({
	source: repository.source.source,
	repository: fullName(repository.record),
	part,
});
