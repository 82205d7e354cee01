import type {VerifyInvocation} from '../arguments/invocation.ts';
import {type ExitCode, worstExitCode} from '../domain/failure/exit-code.ts';
import {joinPath} from '../domain/plan/layout.ts';
import {fullName, slugOf} from '../domain/plan/repository.ts';
import {type Gap, isOpen} from '../domain/record/gap.ts';
import type {RepositoryRecord} from '../domain/record/record.ts';
import type {VerifyEvent} from '../domain/verify/events.ts';
import {compareUpstream, proofExitCode, type Rehearsed} from '../domain/verify/verdict.ts';
import {filterRun} from '../engine/backup/run-filter.ts';
import {planSource} from '../engine/backup/source.ts';
import {copyOf, entryOf, findParts} from '../engine/restore/choose.ts';
import {findRepositories} from '../engine/saved/find-repositories.ts';
import type {SourceToVerify} from '../engine/verify/verify.ts';
import {type Companion, isCompanion, type Part, type PartCopy} from '../parts/part.ts';
import type {Clock} from '../ports/clock.ts';
import type {World} from '../ports/world.ts';
import {loadSettings} from '../settings/load-settings.ts';
import {openRun} from './run-backup.ts';
import {withTemporaryFolder} from './temporary-folder.ts';

/** Everything that a run of `cistern verify` needs. */
export type Proving = {
	readonly chosen: readonly SourceToVerify[];
	readonly run: string;
	readonly signal: AbortSignal;
	readonly parts: readonly Part[];
	readonly publish: (event: VerifyEvent) => void;
};

/** `--remote`: compares the backup with Bitbucket now. */
export const compareAll = async (
	world: World,
	{signal, parts, publish}: Pick<Proving, 'signal' | 'parts' | 'publish'>,
	{options, repositories}: VerifyInvocation,
): Promise<ExitCode> => {
	const settings = await loadSettings(options, world, {credentials: true, signal});
	const slugs = repositories.map(slugOf);
	const choice = {settings, view: options, signal, filter: filterRun(slugs, []), parts};
	const run = openRun(world, choice, (event) => {
		if (event.type === 'noticed') {
			publish(event);
		}
	});
	const codes: ExitCode[] = [];
	for (const source of settings.sources) {
		const {plan, report} = await planSource(run, source);
		for (const item of plan?.items ?? []) {
			const repository = fullName(item.repository);
			const compared = compareUpstream(item, parts);
			publish({type: 'compared', source: source.title, repository, compared});
			codes.push(proofExitCode([compared]));
		}

		if (report.problem !== undefined) {
			const failed = {state: 'failed', failure: report.problem} as const;
			publish({type: 'compared', source: source.title, repository: '', compared: failed});
		}

		codes.push(report.exitCode);
	}

	signal.throwIfAborted();
	return worstExitCode(codes);
};

/** `--sample N`: restores all parts of some repositories, and compares them with their records. */
export const rehearseSome = (world: World, proving: Proving, count: number): Promise<ExitCode> =>
	withTemporaryFolder(world, async (place) => {
		try {
			return await rehearse(world, proving, place, count);
		} finally {
			await world.endProcesses(proving.run);
		}
	});

const rehearse = async (
	world: World,
	{chosen, run, signal, parts, publish}: Proving,
	place: string,
	count: number,
): Promise<ExitCode> => {
	const {files, clock, digest} = world;
	const sources = chosen.map(({source}) => source);
	const saved = await findRepositories(files, sources, 'all', parts);
	const asked = saved.filter(({source, folder}) =>
		chosen.some((one) => one.source === source && (one.folders?.includes(folder) ?? true)),
	);
	const results: Rehearsed[] = [];
	const tools = {git: world.openGit(run), digest, files, signal};
	for (const one of await findParts(tools, drawSample(asked, count, clock), parts)) {
		const {repository, part} = one;
		const target = joinPath(place, repository.folder, part.name);
		const copy = copyOf(tools, one);
		const companions = part.isRequired ? parts.filter(isCompanion) : [];
		const complete = async (folder: string): Promise<string | undefined> => {
			const gaps = await completeAll(companions, copy, repository.record.parts, folder);
			return gaps.find(isOpen)?.detail;
		};
		const rehearsed = await part.rehearse(copy, entryOf(one), target, complete);
		results.push(rehearsed);
		publish({
			type: 'rehearsed',
			source: repository.source.source,
			repository: fullName(repository.record),
			part: part.name,
			rehearsed,
		});
	}

	return proofExitCode(results);
};

/** The things that the companions of a restored repository cannot bring back. */
const completeAll = async (
	companions: readonly Companion[],
	copy: PartCopy,
	entries: RepositoryRecord['parts'],
	folder: string,
): Promise<readonly Gap[]> => {
	const gaps: Gap[] = [];
	for (const {name, complete} of companions) {
		gaps.push(...(await complete(copy, entries[name], folder, {origin: undefined})).gaps);
	}

	return gaps;
};

/** Draws `count` items, each as likely as any other. */
export const drawSample = <Item>(
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
