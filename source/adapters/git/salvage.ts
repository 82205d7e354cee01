import {mkdir} from 'node:fs/promises';
import type {HistoryEntry} from '../../domain/history/history.ts';
import {splitByCaseConflicts} from '../../domain/history/split-by-case-conflicts.ts';
import type {GitSalvage} from '../../ports/git.ts';
import {historyAuthor, logFormat, parseLog, refsFile} from './history.ts';
import {hashOf, initArguments} from './mirror.ts';
import {readDamagedTips} from './ref-files.ts';
import {borrowObjects} from './refs.ts';
import {GitExit, inMirror, onDisk, type RunGit} from './run-git.ts';
import {fetchArguments} from './transfer.ts';

export const salvageMethods = (run: RunGit): GitSalvage => {
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

	return {
		borrowObjectsFrom: (damaged, reader) =>
			onDisk(reader, async () => {
				await mkdir(reader, {recursive: true, mode: 0o700});
				const tips = await readDamagedTips(damaged);
				await git(reader, [...initArguments(hashOf(tips.values())), '--bare']);
				await borrowObjects(reader, damaged);
			}),
		readDamagedTips,
		copyRefs: async (reader, mirror, refs, signal) => {
			let copied: readonly string[] = [];
			const steps = splitByCaseConflicts([[...refs]], ([ref]) => ref);
			for (const some of steps.flat()) {
				const names = await copyInHalves(some, async (half) => {
					const input = half.map(([ref, oid]) => `+${oid}:${ref}\n`).join('');
					const args = [...fetchArguments, '--quiet', reader];
					await run({args, folder: mirror, gitDir: true, input, signal});
				});
				copied = [...copied, ...names];

				if (steps.length > 1) {
					await git(mirror, ['pack-refs', '--all']);
				}
			}

			return new Set(copied);
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
				if (author === historyAuthor) {
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

/** Copies all refs at once. When that fails, copies each half, down to the one ref that is broken. */
const copyInHalves = async (
	refs: readonly Ref[],
	copy: (some: readonly Ref[]) => Promise<void>,
): Promise<readonly string[]> => {
	if (refs.length === 0) {
		return [];
	}

	try {
		await copy(refs);
		return refs.map(([name]) => name);
	} catch (error) {
		if (!(error instanceof GitExit)) {
			throw error;
		}
	}

	const middle = Math.floor(refs.length / 2);
	return refs.length === 1
		? []
		: [
				...(await copyInHalves(refs.slice(0, middle), copy)),
				...(await copyInHalves(refs.slice(middle), copy)),
			];
};
