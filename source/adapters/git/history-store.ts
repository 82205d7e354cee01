import {basename, dirname, join} from 'node:path';
import {
	type HistoryEntry,
	type HistoryLogEntry,
	historyRef,
	type RecordedHistory,
} from '../../domain/history/history.ts';
import type {Git} from '../../ports/git.ts';
import {replaceFile} from '../files/small-file.ts';
import {addFolders, hashOf, type LooseObject, makeObject, writeObjects} from './loose-object.ts';
import {inMirror} from './mirror.ts';
import {onDisk} from './on-disk.ts';
import type {RunGit} from './open-git.ts';

type HistoryMethods = Pick<
	Git,
	'readLastHistory' | 'readHistoryLog' | 'readHistoryRefs' | 'writeHistory' | 'beginHistory'
>;

/** The name of the file that holds the refs in a history commit's tree. */
export const refsFile = 'refs';

/** Who a history commit is from. */
export const historyAuthor = 'cistern@localhost';

/** What `parseLog` reads. */
export const logFormat = '--format=%H %ct %at%n%B%x00';

export const parseLog = (text: string): readonly HistoryLogEntry[] =>
	text.split('\0').flatMap(parseLogEntry);

export const historyMethods = (run: RunGit): HistoryMethods => {
	const git = inMirror(run);
	const readRefsText = (mirror: string, oid: string): Promise<string> =>
		git(mirror, ['cat-file', 'blob', `${oid}:${refsFile}`]);

	return {
		readHistoryLog: async (mirror) =>
			parseLog(await git(mirror, ['log', logFormat, ifThere(historyRef)])),
		readHistoryRefs: readRefsText,
		readLastHistory: async (mirror) => {
			const input = `${historyRef}\n${historyRef}:${refsFile}\n`;
			const [commit, refs] = splitObjects(await git(mirror, ['cat-file', '--batch'], {input}));
			const [, seconds] = /^committer .* (\d+) \+0000$/m.exec(commit?.text ?? '') ?? [];
			return commit === undefined || refs === undefined || seconds === undefined
				? undefined
				: {oid: commit.oid, at: Number(seconds) * 1000, refsText: refs.text};
		},
		writeHistory: (mirror, entry, parent) =>
			onDisk(mirror, async () => {
				const {objects, ...recorded} = makeEntry(entry, parent);
				await writeObjects(mirror, objects);
				return recorded;
			}),
		beginHistory: (mirror, entry) =>
			onDisk(mirror, async () => {
				const {oid, objects} = makeEntry(entry, undefined);
				// A disk writes at once what it is given at once, and waits each time for what comes in turn.
				await Promise.all([writeObjects(mirror, objects), writeFirstRef(mirror, oid)]);
			}),
	};
};

const writeFirstRef = async (mirror: string, oid: string): Promise<void> => {
	const path = join(mirror, historyRef);
	const folder = dirname(path);
	await addFolders(dirname(folder), [basename(folder)]);
	await replaceFile(path, `${oid}\n`);
};

/** A ref by a pattern that only it fits: git finds nothing where it is missing, and does not fail. */
const ifThere = (ref: string): string => `--glob=${ref.slice(0, -1)}[${ref.slice(-1)}]`;

type Entry = RecordedHistory & {readonly objects: readonly LooseObject[]};

/** A commit of the refs alone, and the three objects of it. */
const makeEntry = (
	{refsText, message, at}: HistoryEntry,
	parent: RecordedHistory | undefined,
): Entry => {
	const hash = hashOf(parent?.oid ?? /^[0-9a-f]+/m.exec(refsText)?.[0]);
	const blob = makeObject('blob', refsText, hash);
	const name = Buffer.from(`100644 ${refsFile}\0`);
	const tree = makeObject('tree', Buffer.concat([name, Buffer.from(blob.oid, 'hex')]), hash);
	// Dates have whole seconds; each entry is later than the last, so that a date finds one. What
	// the clock said is the author's date: the clock of the run before may have been ahead.
	const clock = Math.trunc(at / 1000);
	const date = Math.max(clock, parent === undefined ? 0 : parent.at / 1000 + 1);
	const who = `Cistern <${historyAuthor}>`;
	const lines = [
		`tree ${tree.oid}`,
		...(parent === undefined ? [] : [`parent ${parent.oid}`]),
		`author ${who} ${clock} +0000`,
		`committer ${who} ${date} +0000`,
	];
	const commit = makeObject('commit', `${lines.join('\n')}\n\n${message}`, hash);
	return {oid: commit.oid, at: date * 1000, refsText, objects: [blob, tree, commit]};
};

/** git-cat-file(1), "BATCH OUTPUT": a line with the size in bytes before each object's own text. */
const splitObjects = (output: string): readonly {oid: string; text: string}[] => {
	const bytes = Buffer.from(output);
	const objects: {oid: string; text: string}[] = [];
	for (let start = 0; start < bytes.length; ) {
		const end = bytes.indexOf('\n', start);
		const [oid = '', , size] = bytes.toString('utf8', start, end).split(' ');
		const next = end + 1 + (size === undefined ? 0 : Number(size) + 1);
		if (size !== undefined) {
			objects.push({oid, text: bytes.toString('utf8', end + 1, next - 1)});
		}

		start = next;
	}

	return objects;
};

const parseLogEntry = (text: string): readonly HistoryLogEntry[] => {
	const [, oid, date, clock, message] = /^\s*([0-9a-f]+) (\d+) (\d+)\n(.*)$/s.exec(text) ?? [];
	return oid === undefined || message === undefined
		? []
		: [{oid, at: Number(date) * 1000, clockAt: Number(clock) * 1000, message}];
};
