import {
	type HistoryEntry,
	type HistoryLogEntry,
	historyRef,
	type RecordedHistory,
} from '../../domain/history/history.ts';
import type {Git} from '../../ports.ts';
import {inMirror} from './mirror.ts';
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
export const logFormat = '--format=%H %ct%n%B%x00';

export const parseLog = (text: string): readonly HistoryLogEntry[] =>
	text.split('\0').flatMap(parseLogEntry);

/** fast-import gives a commit to no one but a ref. This one goes before it is ever written. */
const passingRef = 'refs/cistern/passing';

/** git-fast-import(1), "data", with its exact length in bytes. */
const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;

/** A commit of the refs alone, marked 1. */
const formatCommit = (
	ref: string,
	{refsText, message, at}: HistoryEntry,
	parent: RecordedHistory | undefined,
): string => {
	// Dates have whole seconds; each entry is later than the last, so that a date finds one.
	const seconds = Math.max(Math.trunc(at / 1000), parent === undefined ? 0 : parent.at / 1000 + 1);
	const who = `Cistern <${historyAuthor}> ${seconds} +0000`;
	return [
		`commit ${ref}\nmark :1\nauthor ${who}\ncommitter ${who}\n`,
		data(message),
		parent === undefined ? '' : `from ${parent.oid}\n`,
		`M 100644 inline ${refsFile}\n`,
		data(refsText),
	].join('');
};

export const historyMethods = (run: RunGit): HistoryMethods => {
	const git = inMirror(run);
	/** One process writes blob, tree and commit, into a pack of their own. */
	const importCommit = (mirror: string, commands: string): Promise<string> =>
		git(mirror, ['-c', 'fastimport.unpackLimit=1', 'fast-import', '--quiet', '--force', '--done'], {
			input: `${commands}done\n`,
		});

	const readRefsText = (mirror: string, oid: string): Promise<string> =>
		git(mirror, ['cat-file', 'blob', `${oid}:${refsFile}`]);

	return {
		readHistoryLog: async (mirror) => {
			const [tip] = (await git(mirror, ['for-each-ref', '--format=%(objectname)', historyRef]))
				.trim()
				.split('\n');
			return tip === undefined || tip === ''
				? []
				: parseLog(await git(mirror, ['log', logFormat, tip]));
		},
		readHistoryRefs: readRefsText,
		readLastHistory: async (mirror) => {
			const input = `${historyRef}\n${historyRef}:${refsFile}\n`;
			const [commit, refs] = splitObjects(await git(mirror, ['cat-file', '--batch'], {input}));
			const [, seconds] = /^committer .* (\d+) \+0000$/m.exec(commit?.text ?? '') ?? [];
			return commit === undefined || refs === undefined || seconds === undefined
				? undefined
				: {oid: commit.oid, at: Number(seconds) * 1000, refsText: refs.text};
		},
		writeHistory: async (mirror, entry, parent) => {
			const commit = formatCommit(passingRef, entry, parent);
			const forget = `reset ${passingRef}\nfrom ${'0'.repeat(40)}\n`;
			return (await importCommit(mirror, `${commit}get-mark :1\n${forget}`)).trim();
		},
		beginHistory: async (mirror, entry) => {
			await importCommit(mirror, formatCommit(historyRef, entry, undefined));
		},
	};
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
	const [, oid, seconds, message] = /^\s*([0-9a-f]+) (\d+)\n(.*)$/s.exec(text) ?? [];
	return oid === undefined || message === undefined
		? []
		: [{oid, at: Number(seconds) * 1000, message}];
};
