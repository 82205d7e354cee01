import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {parseRefs, type RefCommand, type RefTransaction} from '../../domain/history/history.ts';
import {splitByCaseConflicts} from '../../domain/history/split-by-case-conflicts.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import {readableRef} from '../../domain/record/ref-name.ts';
import type {GitRefs, TypedRefs} from '../../ports/git.ts';
import {codeOf} from '../files/file-failure.ts';
import {inMirror, onDisk, type RunGit} from './run-git.ts';

type RunInMirror = ReturnType<typeof inMirror>;

const branchesAndTags = ['refs/heads/', 'refs/tags/'] as const;

export const refMethods = (run: RunGit): GitRefs => {
	const git = inMirror(run);
	return {
		readRefs: async (mirror, prefix) => {
			const prefixes = prefix === undefined ? branchesAndTags : [prefix];
			const format = '--format=%(objectname) %(objecttype) %(refname)';
			return parseTypedRefs(await git(mirror, ['for-each-ref', format, ...prefixes]));
		},
		readTips: async (mirror) => {
			const text = await git(mirror, ['for-each-ref', '--format=%(objectname) %(refname)']);
			return parseRefs(text).refs;
		},
		findUnreachable: async (mirror, tips, from) => {
			if (tips.length === 0) {
				return new Set();
			}

			// One process, however many refs: list the commits that only the tips reach, and keep those
			// that are tips themselves.
			const input = [...tips, ...from.map((oid) => `^${oid}`), ''].join('\n');
			const reached = new Set((await git(mirror, ['rev-list', '--stdin'], {input})).split('\n'));
			return new Set(tips.filter((tip) => reached.has(tip)));
		},
		findRewritten: async (mirror, moves) => {
			const [only, ...others] = moves;
			if (only !== undefined && others.length === 0) {
				// Usually one branch moved, and one short process is enough.
				const [ref, oid] = only;
				const left = await git(mirror, ['rev-list', '--max-count=1', ref, `^${oid}`, '--']);
				return new Set(left === '' ? [] : [ref]);
			}

			const rewritten: string[] = [];
			for (const some of inBatches([...moves])) {
				const refspecs = some.map(([ref, oid]) => `${oid}:${ref}`);
				const args = ['push', '--dry-run', '--porcelain', '.', ...refspecs];
				rewritten.push(...parseRejected(await git(mirror, args, {answers: [1]})));
			}

			return new Set(rewritten);
		},
		updateRefs: (mirror, transactions) =>
			updateRefs((args, input) => git(mirror, args, {input}), transactions),
	};
};

/** Refspecs a command: within every system's limit on arguments. */
const batchSize = 200;

const inBatches = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
	Array.from({length: Math.ceil(items.length / batchSize)}, (_, index) =>
		items.slice(index * batchSize, (index + 1) * batchSize),
	);

/** git-push(1), "OUTPUT": `!` for a rejected ref, `<from>:<to>` in the second column. */
const parseRejected = (text: string): readonly string[] =>
	text
		.split('\n')
		.filter((line) => line.startsWith('!'))
		.map((line) => line.split('\t')[1]?.split(':')[1] ?? '');

const parseTypedRefs = (text: string): TypedRefs => {
	const refs = new Map<string, {oid: string; type: string}>();
	for (const line of text.split('\n')) {
		// Split at the first two spaces only: a ref's name may hold characters that look like one.
		const [, oid, type, ref] = /^(\S+) (\S+) (.+)$/s.exec(line) ?? [];
		if (oid !== undefined && type !== undefined && ref !== undefined) {
			refs.set(readableRef(ref), {oid, type});
		}
	}

	return refs;
};

type RunWithInput = (args: readonly string[], input?: string) => Promise<unknown>;

/**
 * Applies transactions in order, each one completely before the next begins. Refs that differ only
 * in case are never loose at the same time: a transaction that holds such refs is cut in pieces.
 */
export const updateRefs = async (
	git: RunWithInput,
	transactions: readonly RefTransaction[],
): Promise<void> => {
	const steps = splitByCaseConflicts(transactions, ({ref}) => ref);
	for (const step of steps) {
		const input = step.filter(({length}) => length > 0).map(formatTransaction);
		if (input.length > 0) {
			await git(['update-ref', '--no-deref', '-z', '--stdin'], input.join(''));
		}

		if (steps.length > 1) {
			await git(['pack-refs', '--all']);
		}
	}
};

/** The transaction that makes new refs. */
export const createAll = (refs: Iterable<readonly [string, string]>): RefTransaction =>
	[...refs].map(([ref, to]) => ({kind: 'create', ref, to}));

/** git-update-ref(1), "-z": a NUL ends each value, so any name that git allows is safe. */
const formatTransaction = (transaction: RefTransaction): string =>
	`start\0${transaction.map(formatCommand).join('')}prepare\0commit\0`;

const formatCommand = (command: RefCommand): string => {
	switch (command.kind) {
		case 'create':
			return `create ${command.ref}\0${command.to}\0`;
		case 'update':
			return `update ${command.ref}\0${command.to}\0${command.from}\0`;
		case 'delete':
			return `delete ${command.ref}\0${command.from}\0`;
	}
};

/** Branches and tags of a new clone: out of its files where possible, otherwise from git. */
export const listClonedRefs = async (git: RunInMirror, mirror: string): Promise<Refs> => {
	const read = await onDisk(mirror, () => readClonedRefs(mirror));
	if (read !== undefined) {
		return read;
	}

	const format = '--format=%(objectname) %(refname)';
	const {refs} = parseRefs(await git(mirror, ['for-each-ref', format, ...branchesAndTags]));
	return new Map([...refs].map(([ref, oid]) => [readableRef(ref), oid]));
};

/**
 * git writes all refs of a new clone into one file. Undefined when this git wrote them in another
 * way. Throws `ref-unreadable`.
 */
export const readClonedRefs = async (mirror: string): Promise<Refs | undefined> => {
	const loose = ['heads', 'tags'].map((folder) => readdir(join(mirror, 'refs', folder)));
	const found = await Promise.all(loose).catch(() => [['something']]);
	if (found.flat().length > 0) {
		return undefined;
	}

	const text = await readFile(join(mirror, 'packed-refs'), 'utf8').catch((error: unknown) => {
		if (codeOf(error) === 'ENOENT') {
			return '';
		}

		throw error;
	});
	return new Map(parsePackedRefs(text).map(([ref, oid]) => [readableRef(ref), oid]));
};

/** The refs of a damaged mirror that can be read. Skips all other lines and files. */
export const readDamagedTips = async (mirror: string): Promise<Refs> => {
	const text = await readFile(join(mirror, 'packed-refs'), 'utf8').catch(() => '');
	const refs = new Map(parsePackedRefs(text));
	const names = await readdir(join(mirror, 'refs'), {recursive: true}).catch(() => []);
	for (const name of names) {
		const ref = `refs/${name.replaceAll('\\', '/')}`;
		const loose = await readFile(join(mirror, ref), 'utf8').catch(() => '');
		const [, oid] = looseRef.exec(loose) ?? [];
		if (oid !== undefined) {
			refs.set(ref, oid);
		}
	}

	return refs;
};

const packedRef = /^([0-9a-f]{40}(?:[0-9a-f]{24})?) (refs\/[^ ]+)$/s;
const looseRef = /^([0-9a-f]{40}(?:[0-9a-f]{24})?)\s*$/;

const parsePackedRefs = (text: string): readonly [ref: string, oid: string][] =>
	text.split('\n').flatMap((line): [string, string][] => {
		const [, oid, ref] = packedRef.exec(line) ?? [];
		return oid === undefined || ref === undefined ? [] : [[ref, oid]];
	});
