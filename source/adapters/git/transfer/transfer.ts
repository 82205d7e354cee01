import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {isDetached} from '../../../domain/history/history.ts';
import type {Advertisement, Refs} from '../../../domain/plan/repository.ts';
import type {Fetched, FetchOptions, GitTransfers} from '../../../ports/git-transfers.ts';
import {hashOf, makeMirror, shallowFile} from '../mirror.ts';
import {
	holdNewPacks,
	listPackFiles,
	releasePacks,
	removeRemains,
	sizeOfNewPacks,
} from '../objects/pack-files.ts';
import {anywhere, asTransferFailure, onDisk, type RunGit} from '../run-git.ts';
import type {FetchDirectly} from './direct-fetch.ts';
import type {FreshPacks} from './fresh-packs.ts';
import {progressArguments} from './progress.ts';
import {gatherRefs} from './ref-list.ts';
import {runTransfer} from './run-transfer.ts';
import {walkNewCommits} from './walk-new.ts';

/**
 * A fetch writes objects and moves only the refs that its refspecs name. It never prunes. Without
 * `--update-shallow` it would bring commits of a shallow upstream and not note that parents are missing.
 */
export const fetchArguments = [
	'fetch',
	'--no-write-fetch-head',
	'--no-tags',
	'--no-auto-maintenance',
	'--no-recurse-submodules',
	'--update-shallow',
	'--stdin',
] as const;

export const transferMethods = (
	runRemote: RunGit,
	runLocal: RunGit,
	fetchDirectly: FetchDirectly,
	freshPacks: FreshPacks,
): GitTransfers => {
	/** Undefined if only git may understand the server; then nothing has changed. */
	const fetchIntoMirror = async (
		mirror: string,
		url: string,
		refs: Refs,
		here: Refs,
		options: FetchOptions,
	): Promise<Fetched | undefined> => {
		// A server would take the objects before the first commits for ones that are here.
		if (existsSync(join(mirror, shallowFile))) {
			options.onFallBack('its history begins in the middle');
			return undefined;
		}

		const wish = {wants: new Set(refs.values()), haves: listHaves(refs, here)};
		const pack = await fetchDirectly(mirror, url, wish, options);
		if (pack === undefined) {
			return undefined;
		}

		const {received, path} = pack;
		const tips = [...refs].map(([ref, to]) => ({ref, from: here.get(ref), to}));
		try {
			const forwarded =
				wish.haves.length === 0
					? new Set<string>()
					: await walkNewCommits(runLocal, mirror, tips, options.signal);
			freshPacks.add(mirror, {...wish, path});
			return {received, forwarded};
		} catch (error) {
			await pack.remove();
			throw error;
		}
	};

	const fetchByGit = async (
		mirror: string,
		url: string,
		refs: Refs,
		options: FetchOptions,
	): Promise<number> => {
		const wants = new Set(refs.values());
		const args = [...fetchArguments, ...progressArguments(options), url];
		const input = `${[...wants].join('\n')}\n`;
		const before = await listPackFiles(mirror);
		try {
			await runTransfer(runRemote, {args, folder: mirror, gitDir: true, input}, options);
		} catch (error) {
			await removeRemains(mirror, before, wants, error);
			throw asTransferFailure(error, mirror);
		}

		await holdNewPacks(mirror, before);
		return sizeOfNewPacks(mirror, before);
	};

	return {
		readRemoteRefs: async (url, signal) => {
			try {
				const args = ['ls-remote', '--symref', '--', url];
				return parseLsRemote(await runRemote({args, folder: anywhere, gitDir: 'none', signal}));
			} catch (error) {
				throw asTransferFailure(error, anywhere);
			}
		},
		cloneEverything: async (mirror, url, {refs, head}, options) => {
			const detached: Refs = new Map(isDetached(head) ? [['HEAD', head]] : []);
			const wanted = new Map([...detached, ...refs]);
			const wants = new Set(wanted.values());
			await onDisk(mirror, () => makeMirror(mirror, hashOf(wants), head));
			const pack = await fetchDirectly(mirror, url, {wants, haves: []}, options);
			const received = pack?.received ?? (await fetchByGit(mirror, url, wanted, options));
			await releasePacks(mirror);
			return received;
		},
		fetchObjects: async (mirror, url, refs, here, options) =>
			(await fetchIntoMirror(mirror, url, refs, here, options)) ?? {
				received: await fetchByGit(mirror, url, refs, options),
				forwarded: new Set(),
			},
	};
};

/** More would be a request of some megabytes, which a server may refuse. */
const mostHaves = 5000;

/** Objects from which a server knows what is here. The old tips of what is asked for tell most. */
const listHaves = (refs: Refs, here: Refs): readonly string[] => {
	const old = [...refs.keys()].flatMap((ref) => here.get(ref) ?? []);
	return [...new Set([...old, ...here.values()])].slice(0, mostHaves);
};

/** The refs of a remote, without the objects that tags peel to. */
export const parseLsRemote = (text: string): Advertisement => {
	const refs = gatherRefs();
	let head: string | undefined;
	let detached: string | undefined;
	for (const line of text.split('\n')) {
		const [left = '', name = ''] = line.split('\t');
		if (name === 'HEAD' && left.startsWith('ref: ')) {
			head = left.slice('ref: '.length);
		} else if (name === 'HEAD') {
			detached = left;
		} else {
			refs.add(name, left);
		}
	}

	return refs.finish(head ?? detached);
};
