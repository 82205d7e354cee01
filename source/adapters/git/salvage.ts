import {appendFile} from 'node:fs/promises';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import {createAll, type HistoryEntry} from '../../domain/history/history.ts';
import type {GitChecks, GitSalvage} from '../../ports/git.ts';
import {logFormat, parseLog, refsFile} from './history.ts';
import {hashOf, makeMirror} from './mirror.ts';
import {ownAuthor} from './objects/own-commit.ts';
import {listPackFiles, removeRemains} from './objects/pack-files.ts';
import {readDamagedTips, updateRefs} from './ref-files.ts';
import {borrowObjects} from './refs.ts';
import {GitExit, inMirror, onDisk, type RunGit} from './run-git.ts';
import {fetchArguments} from './transfer/transfer.ts';

export const salvageMethods = (run: RunGit, checks: GitChecks): GitSalvage => {
	const git = inMirror(run);
	/** git's output, even when it stopped early at something that it could not read. */
	const readAsFarAsPossible = async (mirror: string, args: readonly string[]): Promise<string> => {
		try {
			return await run({args, folder: mirror, gitDir: true});
		} catch (error) {
			if (error instanceof GitExit) {
				return error.stdout;
			}

			throw error;
		}
	};

	/** Copies all of these refs, or says that it cannot. Nothing of a failed attempt stays. */
	const copy = async (
		reader: string,
		mirror: string,
		refs: readonly Ref[],
		signal: AbortSignal,
	): Promise<boolean> => {
		const before = await listPackFiles(mirror);
		const wants = new Set(refs.map(([, oid]) => oid));
		const input = [...wants, ''].join('\n');
		const args = [...fetchArguments, '--quiet', reader];
		try {
			await run({args, folder: mirror, gitDir: true, input, signal});
		} catch (error) {
			if (!(error instanceof GitExit)) {
				throw error;
			}

			await removeRemains(mirror, before, wants, error);
			return false;
		}

		// Not by the fetch: git writes no branch that names a tag object or a tree.
		await updateRefs(mirror, (some) => git(mirror, some), createAll(refs));
		return true;
	};

	/** The damaged objects that the reader sees, but for those that the mirror has whole. */
	const findDamaged = async (
		reader: string,
		mirror: string,
		signal: AbortSignal,
	): Promise<ReadonlySet<string>> => {
		const oids = await checks.checkObjects(reader, signal).then(
			({damage}) => [...(damage?.oids ?? [])],
			(error: unknown) => {
				if (error instanceof FailureError && error.failure.kind === 'mirror-unusable') {
					return [];
				}

				throw error;
			},
		);
		const sound = await checks.readTypes(mirror, oids);
		return new Set(oids.filter((oid) => !sound.has(oid)));
	};

	return {
		borrowObjectsFrom: (damaged, mirror, reader) =>
			onDisk(reader, async () => {
				const tips = await readDamagedTips(damaged);
				await makeMirror(reader, hashOf(tips.values()));
				const path = await borrowObjects(reader, mirror);
				await appendFile(path, `${join(damaged, 'objects')}\n`);
			}),
		readDamagedTips,
		copyRefs: async (reader, mirror, refs, whole, signal) => {
			const all = [...refs];
			if (all.length === 0 || (await copy(reader, mirror, all, signal))) {
				return new Set(refs.keys());
			}

			const damaged = await findDamaged(reader, mirror, signal);
			const broken = await checks.findBroken(
				reader,
				[...new Set(refs.values())],
				{whole, damaged},
				signal,
			);
			const rest = all.filter(([, oid]) => !broken.has(oid));
			return copyInHalves(rest, (some) => copy(reader, mirror, some, signal));
		},
		findDangling: async (mirror) => {
			const args = ['fsck', '--connectivity-only', '--dangling', '--no-progress'];
			const text = await readAsFarAsPossible(mirror, args);
			return [...text.matchAll(/^dangling (?:commit|tag) ([0-9a-f]+)$/gm)].map(
				([, oid = '']) => oid,
			);
		},
		findHistory: async (mirror, oids) => {
			const found: {oid: string; at: number}[] = [];
			for (const oid of oids) {
				const args = ['log', '--no-walk', '--format=%ct %ae', oid, '--'];
				const [at, author] = (await readAsFarAsPossible(mirror, args)).trim().split(' ');
				if (author === ownAuthor) {
					found.push({oid, at: Number(at)});
				}
			}

			return found.sort((left, right) => right.at - left.at)[0]?.oid;
		},
		salvageHistory: async (reader, tip) => {
			const log = parseLog(await readAsFarAsPossible(reader, ['log', logFormat, tip]));
			const entries: HistoryEntry[] = [];
			for (const {oid, clockAt, message} of log.toReversed()) {
				const refs = ['cat-file', 'blob', `${oid}:${refsFile}`];
				const refsText = await readAsFarAsPossible(reader, refs);
				if (refsText !== '') {
					entries.push({refsText, message, at: clockAt});
				}
			}

			return entries;
		},
	};
};

type Ref = readonly [name: string, oid: string];

/** Copies all refs at once. If that fails, copies each half, down to the one ref that is broken. */
const copyInHalves = async (
	refs: readonly Ref[],
	copy: (some: readonly Ref[]) => Promise<boolean>,
): Promise<ReadonlySet<string>> => {
	if (refs.length === 0 || (await copy(refs))) {
		return new Set(refs.map(([name]) => name));
	}

	const middle = Math.floor(refs.length / 2);
	return refs.length === 1
		? new Set()
		: new Set([
				...(await copyInHalves(refs.slice(0, middle), copy)),
				...(await copyInHalves(refs.slice(middle), copy)),
			]);
};
