import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import {parseRefs, type RefCommand, type RefTransaction} from '../../domain/history/history.ts';
import {splitByCaseConflicts} from '../../domain/history/split-by-case-conflicts.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import {readableRef} from '../../domain/record/ref-name.ts';
import type {GitRefs, TypedRefs} from '../../ports/git.ts';
import {orNothing} from '../files/file-failure.ts';
import {inMirror, onDisk, type RunGit} from './run-git.ts';

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

			// One process for all tips: list the commits that only they reach, and keep the tips among them.
			const input = [...tips, ...from.map((oid) => `^${oid}`), ''].join('\n');
			const reached = new Set((await git(mirror, ['rev-list', '--stdin'], {input})).split('\n'));
			return new Set(tips.filter((tip) => reached.has(tip)));
		},
		findRewritten: async (mirror, moves) => {
			const [only, ...others] = moves;
			if (only !== undefined && others.length === 0) {
				// Usually one branch moved, and one short process is enough.
				const {ref, from, to} = only;
				const left = await git(mirror, ['rev-list', '--max-count=1', from, `^${to}`, '--']);
				return new Set(left === '' ? [] : [ref]);
			}

			const rewritten = new Set<string>();
			for (let start = 0; start < moves.length; start += batchSize) {
				const some = moves.slice(start, start + batchSize);
				const isForced = await findForced(run, mirror, some);
				for (const {ref} of some.filter((_, index) => isForced(index))) {
					rewritten.add(ref);
				}
			}

			return rewritten;
		},
		updateRefs: (mirror, transactions) =>
			updateRefs((args, input) => git(mirror, args, {input}), transactions),
	};
};

/** Refspecs for one command: within every system's limit on arguments. */
const batchSize = 200;

type TipMove = {readonly from: string; readonly to: string};

/**
 * Finds with one push that moves nothing which moves are no fast-forward. It runs in a repository of
 * its own, which borrows the mirror's objects and names the old tips by numbers. Upstream's own names
 * are not safe in a push: `refs/heads/main` may also mean a branch called `refs/heads/refs/heads/main`.
 */
const findForced = async (
	run: RunGit,
	mirror: string,
	moves: readonly TipMove[],
): Promise<(index: number) => boolean> => {
	const folder = await onDisk(tmpdir(), () => mkdtemp(join(tmpdir(), 'cistern-refs-')));
	const nameOf = (index: number): string => `refs/heads/${index}`;
	try {
		const olds = moves.map(({from}, index) => `${from} ${nameOf(index)}\n`).sort();
		await onDisk(folder, async () => {
			await makeBorrower(folder, mirror);
			await writeFile(join(folder, 'packed-refs'), olds.join(''));
		});
		const refspecs = moves.map(({to}, index) => `${to}:${nameOf(index)}`);
		const args = ['push', '--dry-run', '--porcelain', '.', ...refspecs];
		const text = await inMirror(run)(folder, args, {answers: [1]});
		const flags = parsePushed(text);
		return (index) => {
			const flag = flags.get(nameOf(index));
			if (flag === undefined) {
				const detail = `git push did not say how ${moves[index]?.from} moves`;
				throw new FailureError({kind: 'git-failed', detail});
			}

			// Any other answer is no proof that the old tip is still reached.
			return flag !== ' ' && flag !== '=';
		};
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
};

/** git-push(1), "OUTPUT": a flag (a blank for a fast-forward), then `<from>:<to>`, separated by tabs. */
const parsePushed = (text: string): ReadonlyMap<string, string> =>
	new Map(
		text.split('\n').flatMap((line): [string, string][] => {
			const [flag = '', names] = line.split('\t');
			return names === undefined ? [] : [[names.slice(names.indexOf(':') + 1), flag]];
		}),
	);

/** Everything of `git init` that git needs for a repository that reads another one's objects. */
export const makeBorrower = async (folder: string, from: string): Promise<void> => {
	await mkdir(join(folder, 'refs'));
	await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/main\n');
	await borrowObjects(folder, from);
};

/** Makes a repository read another one's objects until the file is removed. */
export const borrowObjects = async (gitDir: string, from: string): Promise<string> => {
	const info = join(gitDir, 'objects', 'info');
	await mkdir(info, {recursive: true});
	const path = join(info, 'alternates');
	await writeFile(path, `${join(from, 'objects')}\n`);
	return path;
};

const parseTypedRefs = (text: string): TypedRefs => {
	const refs = new Map<string, {oid: string; type: string}>();
	for (const line of text.split('\n')) {
		// Splits at the first two spaces only: a ref's name may hold characters that look like one.
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
 * in case are never loose at the same time: a transaction that holds such refs is split.
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

/**
 * Branches and tags of a new clone. They are read from its files, because starting git costs more.
 * Throws `ref-unreadable`.
 */
export const readClonedRefs = async (mirror: string): Promise<Refs> => {
	const refs = await onDisk(mirror, () => readRefFiles(mirror, orNothing));
	return new Map([...refs].map(([ref, oid]) => [readableRef(ref), oid]));
};

/** The refs of a damaged mirror that can be read. Skips all other lines and files. */
export const readDamagedTips = (mirror: string): Promise<Refs> =>
	readRefFiles(mirror, () => () => undefined);

/** Passes the error of a file that cannot be read to `forgive`. */
const readRefFiles = async (mirror: string, forgive: typeof orNothing): Promise<Refs> => {
	const read = (path: string): Promise<string | undefined> =>
		readFile(path, 'utf8').catch(forgive(path));
	const refs = new Map(parsePackedRefs((await read(join(mirror, 'packed-refs'))) ?? ''));
	const folder = join(mirror, 'refs');
	const names = await readdir(folder, {recursive: true}).catch(forgive(folder));
	for (const name of names ?? []) {
		const [, oid] = looseRef.exec((await read(join(folder, name))) ?? '') ?? [];
		if (oid !== undefined) {
			refs.set(`refs/${name.replaceAll('\\', '/')}`, oid);
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
