import {
	createAll,
	historyRef,
	keptPrefix,
	keptRef,
	parseKeptRef,
	parseRefs,
	pinPrefix,
	pullRequestPrefix,
	type RecordedHistory,
} from '../../domain/history/history.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import {isMirrored} from '../../domain/record/ref-name.ts';
import type {LostTip, Mending} from '../../domain/run/mending.ts';
import type {Git} from '../../ports/git.ts';
import {findMissingTips} from './keep-old-tips.ts';
import type {MirrorJob} from './mirror.ts';

/** A damaged mirror, as far as it has been copied into the new one. */
export type Salvage = {
	/** Absolute path of a repository that reads the damaged one's objects. */
	readonly reader: string;
	/** Refs that could not be copied whole, by their old names. */
	readonly broken: Refs;
	/** Those of them that only the history names, and that no ref of the damaged mirror held. */
	readonly named: ReadonlySet<string>;
	readonly history: Mending['history'];
};

/**
 * Copies everything readable from a damaged mirror into the new one: refs as they were, old tips,
 * the history. Upstream's refs only from number 0, which was the mirror until now.
 */
export const salvage = async (
	job: MirrorJob,
	damaged: string,
	number: number,
): Promise<Salvage> => {
	const {git, draft, signal} = job;
	const reader = `${draft}.reader-${number}`;
	await git.borrowObjectsFrom(damaged, draft, reader);
	const there = await git.readTips(draft);
	const tips = withHistory(
		await git.readDamagedTips(damaged),
		there.has(historyRef) ? undefined : await findHistory(git, reader, damaged),
	);
	const wanted = new Map(
		[...tips]
			.map(([ref, oid]): [string, string] => [ref.replace(pinPrefix, keptPrefix), oid])
			.filter(([ref]) => !there.has(ref) && (number === 0 ? isWanted(ref) : isOurs(ref))),
	);
	const copied = await git.copyRefs(reader, draft, wanted, [], signal);
	const history = await salvageHistory(git, {reader, draft}, wanted, copied.has(historyRef));
	const named = await findNamed(job, wanted, number);
	const found = await git.copyRefs(reader, draft, named, [], signal);
	const broken = [...wanted, ...named].filter(
		([ref]) => ref !== historyRef && !copied.has(ref) && !found.has(ref),
	);
	return {
		reader,
		broken: new Map(broken),
		named: new Set(named.keys()),
		history: there.has(historyRef) ? 'whole' : history,
	};
};

/**
 * Refs that only the history names, because the refs themselves are damaged: the refs of
 * the last state, and old tips that no ref holds yet.
 */
const findNamed = async (
	{git, draft, run, lost}: MirrorJob,
	known: Refs,
	number: number,
): Promise<Refs> => {
	const last = await git.readLastHistory(draft);
	const oids = new Set([...known.values(), ...lost]);
	const present = last === undefined || number > 0 ? [] : [...parseRefs(last.refsText).refs];
	const old = await findMissingTips(git, draft, await git.readTips(draft));
	return new Map([
		...present.filter(([ref]) => !known.has(ref)),
		...old
			.filter(({oid}) => !oids.has(oid))
			.map(({ref, oid}): [string, string] => [nameAgain(run.name, ref, oid), oid]),
	]);
};

/** The name of an old tip that gets a ref again. One run may do that for two old tips of one ref. */
export const nameAgain = (run: string, ref: string, oid: string): string =>
	`${keptPrefix}${run}/${oid.slice(0, 12)}/${ref.slice('refs/'.length)}`;

const isOurs = (ref: string): boolean =>
	ref.startsWith(keptPrefix) || ref.startsWith(pullRequestPrefix) || ref === historyRef;

const isWanted = (ref: string): boolean => isMirrored(ref) || isOurs(ref);

const withHistory = (tips: Refs, found: string | undefined): Refs =>
	found === undefined || tips.has(historyRef) ? tips : new Map([...tips, [historyRef, found]]);

/** If its ref is damaged, the history's last commit is found among the dangling ones. */
const findHistory = async (
	git: Git,
	reader: string,
	damaged: string,
): Promise<string | undefined> =>
	(await git.readDamagedTips(damaged)).has(historyRef)
		? undefined
		: git.findHistory(reader, await git.findDangling(reader));

/**
 * Writes a damaged history anew from its readable entries. If all of them are readable, the result
 * is the same commits.
 */
const salvageHistory = async (
	git: Git,
	{reader, draft}: {readonly reader: string; readonly draft: string},
	wanted: Refs,
	isCopied: boolean,
): Promise<Mending['history']> => {
	const tip = wanted.get(historyRef);
	if (isCopied || tip === undefined) {
		return isCopied ? 'whole' : 'lost';
	}

	let last: RecordedHistory | undefined;
	for (const entry of await git.salvageHistory(reader, tip)) {
		last = await git.writeHistory(draft, entry, last);
	}

	if (last === undefined) {
		return 'lost';
	}

	await git.updateRefs(draft, createAll([[historyRef, last.oid]]));
	return last.oid === tip ? 'whole' : 'part';
};

/**
 * Tries the uncopied refs a second time, now that upstream's objects are there too. Keeps those that
 * are whole and no longer upstream's. Returns the lost ones.
 */
export const salvageRest = async (
	{git, draft, run, signal}: MirrorJob,
	{reader, broken, named}: Salvage,
): Promise<readonly LostTip[]> => {
	const held = await git.readTips(draft);
	const upstream = [...held].filter(([ref]) => isMirrored(ref));
	const oids = [...new Set(broken.values())];
	const tips = upstream.map(([, oid]) => oid);
	const whole = await findWhole({git, signal}, draft, oids, tips);
	const commits = [...whole].filter(([, type]) => type === 'commit').map(([oid]) => oid);
	const unreachable = await git.findUnreachable(draft, commits, tips);
	const isUpstreams = (oid: string): boolean =>
		upstream.some(([, one]) => one === oid) ||
		(whole.get(oid) === 'commit' && !unreachable.has(oid));
	const open = [...broken]
		// A branch that went on, and on, has many old tips in the history that upstream still has.
		.filter(([ref, oid]) => (ref.startsWith(keptPrefix) && !named.has(ref)) || !isUpstreams(oid))
		.map(([ref, oid]) => ({
			ref,
			oid,
			kept: isOurs(ref) ? ref : keptRef(run.name, ref),
		}))
		.filter(({kept}) => !held.has(kept));
	const there = open.filter(({oid}) => whole.has(oid));
	await git.updateRefs(draft, createAll(there.map(({kept, oid}) => [kept, oid])));
	const rest = open.filter(({oid}) => !whole.has(oid));
	const copied = await git.copyRefs(
		reader,
		draft,
		new Map(rest.map(({kept, oid}) => [kept, oid])),
		tips,
		signal,
	);
	return rest
		.filter(({kept}) => !copied.has(kept))
		.map(({ref, oid}) =>
			ref.startsWith(keptPrefix) ? {...parseKeptRef(ref), oid} : {ref, oid, keptAt: undefined},
		);
};

/**
 * The types of those objects that are there with everything they reach. `tips`: tips of the mirror
 * that are known to be whole.
 */
export const findWhole = async (
	{git, signal}: Pick<MirrorJob, 'git' | 'signal'>,
	mirror: string,
	oids: readonly string[],
	tips: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
	const types = await git.readTypes(mirror, oids);
	const known = {whole: tips, damaged: new Set<string>()};
	const broken = await git.findBroken(mirror, [...types.keys()], known, signal);
	return new Map([...types].filter(([oid]) => !broken.has(oid)));
};
