import {appendFile, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import {parseRefs} from '../../domain/history/history.ts';
import {isMirrored} from '../../domain/record/ref-name.ts';
import type {GitRefs, TypedRefs} from '../../ports/git.ts';
import {type Hash, hashOf} from './mirror.ts';
import {readRefFiles, updateRefs} from './ref-files.ts';
import {inMirror, onDisk, type RunGit} from './run-git.ts';

export const refMethods = (run: RunGit): GitRefs => {
	const git = inMirror(run);
	/** Those of the objects that a walk lists. It may list millions of others. */
	const findListed = async (
		mirror: string,
		oids: readonly string[],
		input: string,
	): Promise<ReadonlySet<string>> => {
		const asked = new Set(oids);
		const listed = new Set<string>();
		const onLine = (line: string): void => {
			if (asked.has(line)) {
				listed.add(line);
			}
		};
		await git(mirror, ['rev-list', '--stdin'], {input, onLine});
		return listed;
	};

	return {
		readRefs: async (mirror, prefix) => {
			const format = '--format=%(objectname) %(objecttype) %(refname)';
			const text = await git(mirror, ['for-each-ref', format, prefix ?? 'refs/']);
			return parseTypedRefs(text, prefix === undefined ? isMirrored : () => true);
		},
		readTips: async (mirror) => {
			const text = await git(mirror, ['for-each-ref', '--format=%(objectname) %(refname)']);
			return parseRefs(text).refs;
		},
		readStoredTips: readRefFiles,
		findUnreachable: async (mirror, tips, from) => {
			if (tips.length === 0) {
				return new Set();
			}

			// One process for all tips: list the commits that only they reach, and keep the tips among them.
			const input = [...tips, ...from.map((oid) => `^${oid}`), ''].join('\n');
			return findListed(mirror, tips, input);
		},
		findUnreached: async (mirror, oids, from) => {
			const isAsked = oids.length > 0 && from.length > 0;
			const reached = isAsked
				? await findListed(mirror, oids, `${from.join('\n')}\n`)
				: new Set<string>();
			return new Set(oids.filter((oid) => !reached.has(oid)));
		},
		findRewritten: async (mirror, moves) => {
			const [only, ...others] = moves;
			if (only !== undefined && others.length === 0) {
				// Usually one branch moved, and one short process is enough.
				const {ref, from, to} = only;
				const left = await git(mirror, ['rev-list', '--max-count=1', from, `^${to}`, '--']);
				return new Set(left === '' ? [] : [ref]);
			}

			return moves.length === 0 ? new Set() : compareTips(run, mirror, moves);
		},
		updateRefs: (mirror, moves) =>
			updateRefs(mirror, (args, input) => git(mirror, args, {input}), moves),
	};
};

type Move = {readonly ref: string; readonly from: string; readonly to: string};

/**
 * Finds with one process which moves are no fast-forward, however many there are: git compares each
 * branch with the upstream that is configured for it. The process runs in a repository of its own,
 * which borrows the mirror's objects and names the tips by numbers. Upstream's own names are not safe
 * to ask about: `refs/heads/main` may also mean a branch called `refs/heads/refs/heads/main`.
 */
const compareTips = async (
	run: RunGit,
	mirror: string,
	moves: readonly Move[],
): Promise<ReadonlySet<string>> => {
	const folder = await onDisk(tmpdir(), () => mkdtemp(join(tmpdir(), 'cistern-refs-')));
	try {
		await onDisk(folder, async () => {
			await makeBorrower(folder, mirror, hashOf(moves.map(({to}) => to)));
			const refs = moves.flatMap(({from, to}, index) => [
				`${from} refs/heads/${index}\n`,
				`${to} refs/new/${index}\n`,
			]);
			await writeFile(join(folder, 'packed-refs'), refs.join(''));
			const upstreams = moves.map(
				(_, index) => `[branch "${index}"]\n\tremote = .\n\tmerge = refs/new/${index}\n`,
			);
			await appendFile(join(folder, 'config'), upstreams.join(''));
		});
		const format = '--format=%(refname:lstrip=2) %(upstream:track,nobracket)';
		const text = await inMirror(run)(folder, ['for-each-ref', format, 'refs/heads/']);
		const answers = new Map(
			text.split('\n').map((line) => line.split(/ (.*)/) as [index: string, track: string]),
		);
		return new Set(
			moves.filter((move, index) => isRewritten(move, answers.get(`${index}`))).map(({ref}) => ref),
		);
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
};

/**
 * `track`: git-for-each-ref(1), "upstream". Anything but "behind", or nothing, is no proof that the
 * new tip reaches the old one: git says "gone" of a branch that names no commit.
 */
const isRewritten = ({from, to}: Move, track: string | undefined): boolean => {
	if (track === undefined) {
		const detail = `git did not say how ${from} and ${to} compare`;
		throw new FailureError({kind: 'git-failed', detail});
	}

	return !/^(?:behind \d+)?$/.test(track);
};

/** Everything of `git init` that git needs for a repository that reads another one's objects. */
export const makeBorrower = async (folder: string, from: string, hash: Hash): Promise<void> => {
	await mkdir(join(folder, 'refs'));
	await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/main\n');
	if (hash === 'sha256') {
		const config = '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n';
		await writeFile(join(folder, 'config'), config);
	}

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

const parseTypedRefs = (text: string, isWanted: (ref: string) => boolean): TypedRefs => {
	const refs = new Map<string, {oid: string; type: string}>();
	for (const line of text.split('\n')) {
		// Splits at the first two spaces only: a ref's name may hold characters that look like one.
		const [, oid, type, ref] = /^(\S+) (\S+) (.+)$/s.exec(line) ?? [];
		if (oid !== undefined && type !== undefined && ref !== undefined && isWanted(ref)) {
			refs.set(ref, {oid, type});
		}
	}

	return refs;
};
