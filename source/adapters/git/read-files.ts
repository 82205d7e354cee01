import {pipeline} from 'node:stream/promises';
import {readSeconds} from '../../domain/text/format.ts';
import type {FileVersion, GitMetadata} from '../../ports/git-metadata.ts';
import {readBatch} from './batch-output.ts';
import {metadataRef} from './import-files.ts';
import {commitFiles} from './objects/commit-files.ts';
import {mostBytes} from './objects/loose-objects.ts';
import {inMirror, onDisk, type RunGit} from './run-git.ts';
import {linesIn, requireEnd, type StartGit} from './start-git.ts';

/** Reading files of a commit, and their earlier versions, as streams. */
export const readFileMethods = (
	run: RunGit,
	start: StartGit,
): Omit<GitMetadata, 'importFiles' | 'readMetadataTip'> => {
	const git = inMirror(run);
	return {
		readMetadataLog: async (mirror) => {
			// A pattern that only this branch matches: git does not fail where it is missing.
			const glob = `--glob=${metadataRef.slice(0, -1)}[${metadataRef.slice(-1)}]`;
			const text = await git(mirror, ['log', '--format=%H %ct', glob]);
			return text
				.split('\n')
				.filter((line) => line !== '')
				.map(readCommit);
		},
		listFiles: async function* (mirror, commit, folder) {
			const few = await commitFiles(mirror)
				.list(commit, folder)
				.catch(() => undefined);
			const args = ['ls-tree', '-r', '--name-only', '-z', commit, '--', `${folder}/`];
			yield* few ?? reading(start, mirror, args, (output) => splitLines(output, '\0'));
		},
		readTexts: (mirror, names) => readTexts(start, mirror, names),
		listVersions: (mirror, commit, path) => {
			const raw = ['--raw', '--no-abbrev', '--no-renames', '--diff-filter=M'];
			const args = ['log', '--format=@%H %ct', ...raw, commit, '--', path];
			return reading(start, mirror, args, parseVersions);
		},
	};
};

/** `oid seconds`. */
const readCommit = (line: string): {readonly oid: string; readonly at: number} => {
	const [oid = '', seconds = ''] = line.split(' ');
	return {oid, at: readSeconds(seconds)};
};

/**
 * Runs git and reads its output as it comes. git ends when the reader stops early. Throws
 * `mirror-unusable` where git fails.
 */
async function* reading<Item>(
	start: StartGit,
	mirror: string,
	args: readonly string[],
	parse: (output: Chunks) => AsyncIterable<Item>,
	input: Iterable<string> = [],
): AsyncGenerator<Item> {
	const git = await onDisk(mirror, () => start(mirror, args));
	try {
		const fed = pipeline(input, git.stdin);
		fed.catch(() => undefined);
		yield* parse(git.stdout);
		await onDisk(mirror, () => requireEnd(git));
		await fed;
	} finally {
		git.kill();
	}
}

type Chunks = AsyncIterable<Buffer>;

async function* splitLines(output: Chunks, end: string): AsyncGenerator<string> {
	for await (const lines of linesIn(output, end)) {
		yield* lines;
	}
}

/** A line `@oid seconds` for each commit, then one for each of its files (git-log(1), "--raw"). */
async function* parseVersions(output: Chunks): AsyncGenerator<FileVersion> {
	let commit = readCommit('');
	for await (const line of splitLines(output, '\n')) {
		const [, before, after, path] = /^:\d+ \d+ ([\da-f]+) ([\da-f]+) M\t(.+)$/.exec(line) ?? [];
		if (line.startsWith('@')) {
			commit = readCommit(line.slice(1));
		} else if (before !== undefined && after !== undefined && path !== undefined) {
			yield {...commit, path, before, after};
		}
	}
}

/** A few objects need no process. From the first that git should read, it reads all. */
async function* readTexts(
	start: StartGit,
	mirror: string,
	names: Iterable<string>,
): AsyncGenerator<string | undefined> {
	const {read} = commitFiles(mirror);
	const left = each(names);
	for (const name of left) {
		const found = await read(name).then(
			(content) => ({text: content?.toString()}),
			() => undefined,
		);
		if (found === undefined) {
			const args = ['cat-file', '--buffer', '--batch'];
			yield* reading(start, mirror, args, readContents, linesOf(prepend(name, left)));
			return;
		}

		yield found.text;
	}
}

function* each<Item>(items: Iterable<Item>): Generator<Item> {
	yield* items;
}

function* prepend<Item>(first: Item, rest: Iterable<Item>): Generator<Item> {
	yield first;
	yield* rest;
}

/** Few at a time, so that a long list is not held as one text. */
function* linesOf(names: Iterable<string>): Generator<string> {
	let lines = '';
	for (const name of names) {
		lines += `${name}\n`;
		if (lines.length > 10_000) {
			yield lines;
			lines = '';
		}
	}

	if (lines !== '') {
		yield lines;
	}
}

/** Undefined for an object that is missing, no file, or too long. */
async function* readContents(output: Chunks): AsyncGenerator<string | undefined> {
	const isText = (type: string, size: number) => type === 'blob' && size <= mostBytes;
	for await (const object of readBatch(output, isText)) {
		yield object?.content?.toString();
	}
}
