import {
	historyRef,
	keptPrefix,
	keptRef,
	parseRefs,
	pinPrefix,
	type RecordedHistory,
} from '../../domain/history/history.ts';
import {parseKeptRef} from '../../domain/history/kept-ref.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import {isBranchOrTag} from '../../domain/record/ref-name.ts';
import type {LostTip, Mending} from '../../domain/run/mending.ts';
import type {Git} from '../../ports/git.ts';
import {findMissingTips} from './find-missing-tips.ts';
import type {MirrorJob} from './mirror.ts';

export type SalvageJob = Pick<MirrorJob, 'aside' | 'run' | 'signal'> & {
	/** Old tips that are known to be lost. */
	readonly lost: ReadonlySet<string>;
};

/** What a damaged mirror holds, and what of it is in the new one by now. */
export type Salvage = {
	/** Reads the damaged one's objects. */
	readonly reader: string;
	/** Refs that did not come over whole, by the name that they had. */
	readonly broken: Refs;
	readonly history: Mending['history'];
};

/**
 * Brings everything that can be read of a damaged mirror into a new one: branches and tags as they
 * were, old tips, the history. Branches and tags only from number 0, which was the mirror until now.
 */
export const salvage = async (
	git: Git,
	job: SalvageJob,
	damaged: string,
	number: number,
): Promise<Salvage> => {
	const {aside, signal} = job;
	const reader = `${aside}.reader-${number}`;
	await git.borrowObjectsFrom(damaged, reader);
	const there = await git.readTips(aside);
	const tips = withHistory(
		await git.readDamagedTips(damaged),
		there.has(historyRef) ? undefined : await findHistory(git, reader, damaged),
	);
	const wanted = new Map(
		[...tips]
			.map(([ref, oid]): [string, string] => [ref.replace(pinPrefix, keptPrefix), oid])
			.filter(([ref]) => !there.has(ref) && (number === 0 ? isWanted(ref) : isOurs(ref))),
	);
	const copied = await git.copyRefs(reader, aside, wanted, signal);
	const history = await salvageHistory(git, {reader, aside}, wanted, copied.has(historyRef));
	const named = await findNamed(git, job, wanted, number);
	const found = await git.copyRefs(reader, aside, named, signal);
	const broken = [...wanted, ...named].filter(
		([ref]) => ref !== historyRef && !copied.has(ref) && !found.has(ref),
	);
	return {reader, broken: new Map(broken), history: there.has(historyRef) ? 'whole' : history};
};

/**
 * What only the history names, where the refs themselves are damaged: the branches and tags of the
 * last state, and old tips that nothing holds yet.
 */
const findNamed = async (
	git: Git,
	{aside, run, lost}: SalvageJob,
	known: Refs,
	number: number,
): Promise<Refs> => {
	const last = await git.readLastHistory(aside);
	const oids = new Set([...known.values(), ...lost]);
	const present = last === undefined || number > 0 ? [] : [...parseRefs(last.refsText).refs];
	const old = await findMissingTips(git, aside, await git.readTips(aside));
	return new Map([
		...present.filter(([ref]) => !known.has(ref)),
		...old
			.filter(({oid}) => !oids.has(oid))
			.map(({ref, oid}): [string, string] => [heldAgain(run, ref, oid), oid]),
	]);
};

/** Two old tips of one ref may be held again in one run. */
export const heldAgain = (run: string, ref: string, oid: string): string =>
	`${keptPrefix}${run}/${oid.slice(0, 12)}/${ref.slice('refs/'.length)}`;

const isOurs = (ref: string): boolean => ref.startsWith(keptPrefix) || ref === historyRef;

const isWanted = (ref: string): boolean => isBranchOrTag(ref) || isOurs(ref);

const withHistory = (tips: Refs, found: string | undefined): Refs =>
	found === undefined || tips.has(historyRef) ? tips : new Map([...tips, [historyRef, found]]);

/** Where the refs are damaged, the history is still found by what it is. */
const findHistory = async (
	git: Git,
	reader: string,
	damaged: string,
): Promise<string | undefined> =>
	(await git.readDamagedTips(damaged)).has(historyRef)
		? undefined
		: git.findHistory(reader, await git.findDangling(reader));

/**
 * A history that is not whole is written anew from those of its entries that can be read. Where all
 * of them can, the same commits come of it.
 */
const salvageHistory = async (
	git: Git,
	{reader, aside}: {readonly reader: string; readonly aside: string},
	wanted: Refs,
	isCopied: boolean,
): Promise<Mending['history']> => {
	const tip = wanted.get(historyRef);
	if (isCopied || tip === undefined) {
		return isCopied ? 'whole' : 'lost';
	}

	let last: RecordedHistory | undefined;
	for (const entry of await git.salvageHistory(reader, tip)) {
		last = await git.writeHistory(aside, entry, last);
	}

	if (last === undefined) {
		return 'lost';
	}

	await git.updateRefs(aside, [[{kind: 'create', ref: historyRef, to: last.oid}]]);
	return last.oid === tip ? 'whole' : 'part';
};

/**
 * A second time for what did not come over, now that upstream's objects are there, too. Keeps what
 * is whole and not upstream's any more. Gives what is lost.
 */
export const salvageRest = async (
	git: Git,
	{aside, run, signal}: SalvageJob,
	{reader, broken}: Salvage,
): Promise<readonly LostTip[]> => {
	const held = await git.readTips(aside);
	const upstream = [...held].filter(([ref]) => isBranchOrTag(ref));
	const oids = [...new Set(broken.values())];
	const whole = await findWhole(git, aside, oids, signal);
	const commits = [...whole].filter(([, type]) => type === 'commit').map(([oid]) => oid);
	const unreachable = await git.findUnreachable(
		aside,
		commits,
		upstream.map(([, oid]) => oid),
	);
	const isUpstreams = (oid: string): boolean =>
		upstream.some(([, one]) => one === oid) ||
		(whole.get(oid) === 'commit' && !unreachable.has(oid));
	const open = [...broken]
		.filter(([ref, oid]) => ref.startsWith(keptPrefix) || !isUpstreams(oid))
		.map(([ref, oid]) => ({
			ref,
			oid,
			kept: ref.startsWith(keptPrefix) ? ref : keptRef(run, ref),
		}))
		.filter(({kept}) => !held.has(kept));
	await git.updateRefs(aside, [
		open.flatMap(({kept, oid}) =>
			whole.has(oid) ? [{kind: 'create', ref: kept, to: oid} as const] : [],
		),
	]);
	const rest = open.filter(({oid}) => !whole.has(oid));
	const copied = await git.copyRefs(
		reader,
		aside,
		new Map(rest.map(({kept, oid}) => [kept, oid])),
		signal,
	);
	return rest
		.filter(({kept}) => !copied.has(kept))
		.map(({ref, oid}) =>
			ref.startsWith(keptPrefix) ? {...parseKeptRef(ref), oid} : {ref, oid, keptAt: undefined},
		);
};

/** Those of the objects that are there with all that they reach, and their types. */
export const findWhole = async (
	git: Git,
	mirror: string,
	oids: readonly string[],
	signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> => {
	const types = await git.readTypes(mirror, oids);
	const nothing = {detail: '', oids: new Set<string>()};
	const broken = await git.findBroken(mirror, [...types.keys()], nothing, signal);
	return new Map([...types].filter(([oid]) => !broken.has(oid)));
};
