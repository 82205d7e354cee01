import {createReadStream} from 'node:fs';
import {readFile, rm, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {goesOn, isBranch} from '../../../domain/history/history.ts';
import type {Refs} from '../../../domain/plan/repository.ts';
import type {FetchOptions, GitHollowMirrors} from '../../../ports/git-transfers.ts';
import {orNothing} from '../../files/file-failure.ts';
import {hashOf, makeMirror} from '../mirror.ts';
import {listPackFiles, packFolder} from '../objects/pack-files.ts';
import {writeNewRefs} from '../ref-files.ts';
import {inMirror, onDisk, type RunGit} from '../run-git.ts';
import type {BroughtPack, FetchDirectly} from './direct-fetch.ts';
import {findForwarded, type NewTip} from './walk-new.ts';

/**
 * Makes a mirror a hollow one. Once news came, its first line is the file of their pack, if any had to
 * come, and each further line a commit that they build on.
 */
const markFile = 'cistern.hollow';

/** Its text where only a clone is to take the mirror's place. */
const dueWhole = 'whole\n';

/** A bundle names all of them, and a server may refuse a longer request. */
const mostHaves = 1000;

/** Branches that are asked about by themselves, each with a pack. */
const mostAsked = 20;

export const hollowMethods = (run: RunGit, fetchDirectly: FetchDirectly): GitHollowMirrors => {
	/**
	 * The refs that surely contain their old tip. Where a branch moved to the tip of another one, nothing
	 * came that tells: then what lies between the two is brought, read, and removed again.
	 */
	const findForwardedRefs = async (
		mirror: string,
		url: string,
		tips: readonly NewTip[],
		pack: BroughtPack | undefined,
		options: FetchOptions,
	): Promise<ReadonlySet<string>> => {
		const forwarded = new Set(findForwarded(tips, await readParents(run, mirror, options.signal)));
		const isGone = (oid: string | undefined): boolean =>
			pack !== undefined && oid !== undefined && !pack.acknowledged.includes(oid);
		const open = tips.filter(({ref, from}) => !forwarded.has(ref) && !isGone(from));
		for (const tip of open.slice(0, mostAsked)) {
			const wish = {wants: new Set([tip.to]), haves: [tip.from ?? ''], areElsewhere: true} as const;
			const between = await fetchDirectly(mirror, url, wish, options);
			const parents = await readParents(run, mirror, options.signal);
			await between?.remove();
			for (const ref of between === undefined ? [] : findForwarded([tip], parents)) {
				forwarded.add(ref);
			}
		}

		return forwarded;
	};

	return {
		createHollowMirror: (mirror, {head, refs}, isDueWhole) =>
			onDisk(mirror, async () => {
				await makeMirror(mirror, hashOf(refs.values()), head);
				await writeNewRefs(mirror, refs);
				await writeFile(join(mirror, markFile), isDueWhole ? dueWhole : '', {mode: 0o600});
			}),
		isHollow: async (mirror) => (await readMark(mirror)) !== undefined,
		fetchNews: async (mirror, url, refs, here, options) => {
			if ((await readMark(mirror)) === dueWhole) {
				options.onFallBack('it is saved whole again, as from time to time');
				return undefined;
			}

			await removePacks(mirror);
			const held = new Set(here.values());
			const wants = new Set([...refs.values()].filter((oid) => !held.has(oid)));
			const wish = {wants, haves: listHaves(refs, here), areElsewhere: true} as const;
			const pack = wants.size === 0 ? undefined : await fetchDirectly(mirror, url, wish, options);
			if (wants.size > 0 && pack === undefined) {
				return undefined;
			}

			const lines =
				pack === undefined ? [''] : [`${basename(pack.path)}.pack`, ...pack.acknowledged];
			await onDisk(mirror, () => writeFile(join(mirror, markFile), `${lines.join('\n')}\n`));
			const tips = [...refs].flatMap(([ref, to]): NewTip[] => {
				const from = here.get(ref);
				return from === undefined || from === to || !goesOn(ref) ? [] : [{ref, from, to}];
			});
			return {
				received: pack?.received ?? 0,
				forwarded: await findForwardedRefs(mirror, url, tips, pack, options),
			};
		},
	};
};

/**
 * Only branches, of which those that moved tell most: a bundle can only build on commits, and a tag
 * may lead to anything.
 */
const listHaves = (refs: Refs, here: Refs): readonly string[] => {
	const branches = [...here].filter(([ref]) => isBranch(ref));
	const moved = branches.filter(([ref, oid]) => refs.get(ref) !== oid);
	return [...new Set([...moved, ...branches].map(([, oid]) => oid))].slice(0, mostHaves);
};

/** A pack that came whole before its answer was cut off belongs to a state that may be gone. */
const removePacks = (mirror: string): Promise<void> =>
	onDisk(mirror, async () => {
		for (const name of await listPackFiles(mirror)) {
			await rm(join(mirror, packFolder, name), {force: true});
		}
	});

/** Undefined for a mirror that is not hollow. */
const readMark = (mirror: string): Promise<string | undefined> => {
	const path = join(mirror, markFile);
	return onDisk(mirror, () => readFile(path, 'utf8').catch(orNothing(path)));
};

/** The parents of the commits that came, which need not be here themselves. */
const readParents = async (
	run: RunGit,
	mirror: string,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> => {
	const git = inMirror(run);
	const commits: string[] = [];
	const onLine = (line: string): void => {
		const [oid = '', type] = line.split(' ');
		if (type === 'commit') {
			commits.push(oid);
		}
	};
	const all = ['cat-file', '--batch-all-objects', '--batch-check=%(objectname) %(objecttype)'];
	await git(mirror, all, {signal, onLine});
	const parents = new Map<string, readonly string[]>();
	if (commits.length > 0) {
		const take = (line: string): void => {
			const [oid = '', ...others] = line.split(' ');
			parents.set(oid, others);
		};
		const list = ['rev-list', '--no-walk=unsorted', '--parents', '--stdin'];
		await git(mirror, list, {input: `${commits.join('\n')}\n`, signal, onLine: take});
	}

	return parents;
};

/** Everything that came into a hollow mirror, and the commits that it builds on. */
export type News = {
	readonly acknowledged: readonly string[];
	/** Undefined if nothing came. */
	readonly pack: AsyncGenerator<Buffer> | undefined;
};

/** Undefined for a mirror that is not hollow. */
export const readNews = async (mirror: string): Promise<News | undefined> => {
	const mark = await readMark(mirror);
	if (mark === undefined) {
		return undefined;
	}

	const [name = '', ...lines] = mark.split('\n');
	return {
		acknowledged: lines.filter((oid) => oid !== ''),
		pack: name === '' ? undefined : readFileOf(join(mirror, packFolder, name)),
	};
};

async function* readFileOf(path: string): AsyncGenerator<Buffer> {
	yield* createReadStream(path) as AsyncIterable<Buffer>;
}
