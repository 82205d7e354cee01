import {
	type HistoryEntry,
	type HistoryLogEntry,
	historyRef,
	type RecordedHistory,
} from '../../domain/history/history.ts';
import type {KeptCommit} from '../../domain/history/repository-history.ts';
import {readSeconds} from '../../domain/text/format.ts';
import type {GitHistory} from '../../ports/git.ts';
import {bytesOf, textOf} from '../byte-text.ts';
import {readBatch} from './batch-output.ts';
import {readKept} from './kept.ts';
import {hashOf} from './mirror.ts';
import {commitFiles, fileMode, formatFolder} from './objects/commit-files.ts';
import {
	type GitObject,
	makeObject,
	readLoose,
	writeNewObject,
	writeObjects,
} from './objects/loose-objects.ts';
import {datesOf, makeCommit} from './objects/own-commit.ts';
import {readRefFiles, writeNewRefs} from './ref-files.ts';
import {inMirror, onDisk, type RunGit} from './run-git.ts';

/** The file in a history commit's tree that holds the refs. */
export const refsFile = 'refs';

/** The format that `parseLog` reads. */
export const logFormat = '--format=%H %ct %at%n%B%x00';

/** The format that `parseCommits` reads. No field can hold a NUL (git-log(1), "PRETTY FORMATS"). */
const commitFormat = '--format=%H%x00%an%x00%ae%x00%at%x00%s%x00';

export const historyMethods = (run: RunGit): GitHistory => {
	const git = inMirror(run);
	/** The commit and the refs of an entry. */
	const readEntry = async (mirror: string, oid: string): Promise<readonly string[]> => {
		const input = `${oid}\n${oid}:${refsFile}\n`;
		const texts: string[] = [];
		for await (const object of readBatch([
			bytesOf(await git(mirror, ['cat-file', '--batch'], {input})),
		])) {
			texts.push(...(object?.content === undefined ? [] : [textOf(object.content)]));
		}

		return texts;
	};

	return {
		readHistoryLog: async (mirror) =>
			(await readLooseLog(mirror)) ??
			parseLog(await git(mirror, ['log', logFormat, ifExists(historyRef)])),
		readHistoryRefs: async (mirror, oid) =>
			(await readLooseEntry(mirror, oid))?.[1] ??
			git(mirror, ['cat-file', 'blob', `${oid}:${refsFile}`]),
		readLastHistory: async (mirror) => {
			// By id: without the ref, git would take a branch of upstream's that has the same name.
			const oid = (await readRefFiles(mirror)).get(historyRef);
			if (oid === undefined) {
				return undefined;
			}

			const [commit, refs] = (await readLooseEntry(mirror, oid)) ?? (await readEntry(mirror, oid));
			const [, seconds] = /^committer .* (\d+) \+0000$/m.exec(commit ?? '') ?? [];
			return commit === undefined || refs === undefined || seconds === undefined
				? undefined
				: {oid, at: readSeconds(seconds), refsText: refs};
		},
		writeHistory: (mirror, entry, parent) =>
			onDisk(mirror, async () => {
				const {objects, ...recorded} = makeEntry(entry, parent);
				await writeObjects(mirror, objects);
				return recorded;
			}),
		beginHistory: (mirror, refs, entry) =>
			onDisk(mirror, async () => {
				const {oid, objects} = makeEntry(entry, undefined);
				await Promise.all([
					...objects.map((object) => writeNewObject(mirror, object)),
					writeNewRefs(mirror, new Map([...refs, [historyRef, oid]])),
				]);
			}),
		readKept: (mirror, most) => readKept(run, mirror, most),
		readCommits: async (mirror, oids) => {
			if (oids.length === 0) {
				return [];
			}

			const input = `${oids.join('\n')}\n`;
			const args = ['log', '--no-walk=unsorted', '--stdin', commitFormat];
			return parseCommits(await git(mirror, args, {input}));
		},
	};
};

/** A pattern that only this ref matches: git finds nothing and does not fail when it is missing. */
const ifExists = (ref: string): string => `--glob=${ref.slice(0, -1)}[${ref.slice(-1)}]`;

type Entry = RecordedHistory & {readonly objects: readonly GitObject[]};

/** A commit that holds only the refs, and its three objects. */
const makeEntry = (
	{refsText, message, at}: HistoryEntry,
	parent: RecordedHistory | undefined,
): Entry => {
	const hash = hashOf([parent?.oid ?? /^[0-9a-f]{40,64}(?= )/m.exec(refsText)?.[0] ?? '']);
	const blob = makeObject('blob', bytesOf(refsText), hash);
	const files = new Map([[refsFile, {oid: blob.oid, mode: fileMode}]]);
	const tree = makeObject('tree', formatFolder(files), hash);
	const dates = datesOf(at, parent?.at);
	const words = bytesOf(message);
	const commit = makeCommit({tree: tree.oid, parent: parent?.oid, dates, message: words}, hash);
	return {oid: commit.oid, at: dates.committed * 1000, refsText, objects: [blob, tree, commit]};
};

/**
 * The commit and the refs of an entry whose objects lie in files of their own, as `writeHistory` left
 * them. Undefined if git has packed them or cannot read them either.
 */
const readLooseEntry = async (
	mirror: string,
	oid: string,
): Promise<readonly string[] | undefined> => {
	try {
		const commit = await readLoose(mirror, oid);
		const refs = await commitFiles(mirror).read(`${oid}:${refsFile}`);
		return refs && [textOf(commit.content), textOf(refs)];
	} catch {
		return undefined;
	}
};

/** All entries, the newest first. Undefined if git has packed one of them, or if there is no history. */
const readLooseLog = async (mirror: string): Promise<readonly HistoryLogEntry[] | undefined> => {
	const log: HistoryLogEntry[] = [];
	try {
		let oid = (await readRefFiles(mirror)).get(historyRef);
		while (oid !== undefined) {
			const {content} = await readLoose(mirror, oid);
			const [, parent, clock, date, message] = looseEntry.exec(textOf(content)) ?? [];
			if (clock === undefined || date === undefined || message === undefined) {
				return undefined;
			}

			log.push({oid, at: readSeconds(date), clockAt: readSeconds(clock), message});
			oid = parent;
		}
	} catch {
		return undefined;
	}

	return log.length === 0 ? undefined : log;
};

/** A commit as `makeEntry` makes it. */
const looseEntry =
	/^tree \w+\n(?:parent (\w+)\n)?author .* (\d+) \+0000\ncommitter .* (\d+) \+0000\n\n([\s\S]*)$/;

export const parseLog = (text: string): readonly HistoryLogEntry[] =>
	text.split('\0').flatMap((entry) => {
		const [, oid, date = '', clock = '', message] =
			/^\s*([0-9a-f]+) (\d+) (\d+)\n(.*)$/s.exec(entry) ?? [];
		return oid === undefined || message === undefined
			? []
			: [{oid, at: readSeconds(date), clockAt: readSeconds(clock), message}];
	});

const parseCommits = (text: string): readonly KeptCommit[] =>
	[...text.matchAll(/([0-9a-f]+)\0([^\0]*)\0([^\0]*)\0([^\0]*)\0([^\0]*)\0/g)].map(
		([, oid = '', author = '', email = '', seconds = '', subject = '']) => {
			const at = new Date(readSeconds(seconds)).toISOString();
			return {oid, author, email, at, subject};
		},
	);
