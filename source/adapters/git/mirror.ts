import {mkdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import {parseRefs} from '../../domain/history/history.ts';
import {readableRef} from '../../domain/record/ref-name.ts';
import type {GitMirrors, GitRefs, TypedRefs} from '../../ports/git.ts';
import {orNothing} from '../files/file-failure.ts';
import {extendNewConfig, isOwnConfig, replaceForeignConfig} from './mirror-config.ts';
import {readMirrorPrint} from './mirror-stamp.ts';
import {onDisk} from './on-disk.ts';
import type {RunGit} from './open-git.ts';
import {asMirrorFailure} from './run-git.ts';
import {updateRefs} from './update-refs.ts';

type MirrorMethods = GitRefs &
	Pick<GitMirrors, 'createMirror' | 'configureMirror' | 'readStamp' | 'setHead'>;

/** Runs a command inside a mirror; its failures concern the mirror or the disk. */
export const inMirror =
	(run: RunGit) =>
	async (
		mirror: string,
		args: readonly string[],
		options: {input?: string; answers?: readonly number[]; signal?: AbortSignal} = {},
	): Promise<string> => {
		try {
			return await run({args, folder: mirror, gitDir: true, ...options});
		} catch (error) {
			throw asMirrorFailure(error, mirror);
		}
	};

export const mirrorMethods = (run: RunGit): MirrorMethods => {
	const git = inMirror(run);
	return {
		createMirror: (mirror) =>
			onDisk(mirror, async () => {
				await mkdir(mirror, {recursive: true, mode: 0o700});
				await git(mirror, ['init', '--bare', '--template=', '--initial-branch=main']);
				await extendNewConfig(mirror);
			}),
		configureMirror: (mirror) =>
			onDisk(mirror, async () => {
				await refuseLoan(mirror);
				const text = await readIfThere(join(mirror, 'config'));
				if (text === undefined && (await readIfThere(join(mirror, 'HEAD'))) !== undefined) {
					await replaceForeignConfig(mirror, '');
				} else if (text !== undefined && !isOwnConfig(text)) {
					const listing = await git(mirror, ['config', '--file', 'config', '--list', '-z']);
					await replaceForeignConfig(mirror, listing);
				}
			}),
		readRefs: async (mirror, prefix) => {
			const prefixes = prefix === undefined ? ['refs/heads/', 'refs/tags/'] : [prefix];
			const format = '--format=%(objectname) %(objecttype) %(refname)';
			return parseTypedRefs(await git(mirror, ['for-each-ref', format, ...prefixes]));
		},
		readTips: async (mirror) => {
			const text = await git(mirror, ['for-each-ref', '--format=%(objectname) %(refname)']);
			return parseRefs(text).refs;
		},
		setHead: async (mirror, ref) => {
			await git(mirror, ['symbolic-ref', 'HEAD', ref]);
		},
		readStamp: readMirrorPrint,
		findUnreachable: async (mirror, tips, from) => {
			if (tips.length === 0) {
				return new Set();
			}

			// Of the commits that only the tips reach, those that are tips themselves. One process,
			// however many refs there are.
			const input = [...tips, ...from.map((oid) => `^${oid}`), ''].join('\n');
			const reached = new Set((await git(mirror, ['rev-list', '--stdin'], {input})).split('\n'));
			return new Set(tips.filter((tip) => reached.has(tip)));
		},
		findRewritten: async (mirror, moves) => {
			const [only, ...others] = moves;
			if (only !== undefined && others.length === 0) {
				// Most often it is one branch, and then a single process tells.
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
			updateRefs(
				(args, input) => git(mirror, args, input === undefined ? {} : {input}),
				transactions,
			),
	};
};

/** What a mirror borrows from another folder is not saved, and may be read from anywhere. */
const refuseLoan = async (mirror: string): Promise<void> => {
	if ((await readIfThere(join(mirror, 'objects', 'info', 'alternates'))) !== undefined) {
		const detail = 'it borrows objects from another folder (objects/info/alternates)';
		throw new FailureError({kind: 'mirror-unusable', path: mirror, detail});
	}
};

/** Undefined where there is none; whatever else is wrong with it, git will say in its words. */
const readIfThere = (path: string): Promise<string | undefined> =>
	readFile(path, 'utf8').catch(orNothing(path));

/** As many refspecs as fit every system's limit on arguments. */
const batchSize = 200;

const inBatches = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
	Array.from({length: Math.ceil(items.length / batchSize)}, (_, index) =>
		items.slice(index * batchSize, (index + 1) * batchSize),
	);

/** git-push(1), "OUTPUT": `!` for a ref that was rejected, `<from>:<to>` in the second column. */
const parseRejected = (text: string): readonly string[] =>
	text
		.split('\n')
		.filter((line) => line.startsWith('!'))
		.map((line) => line.split('\t')[1]?.split(':')[1] ?? '');

const parseTypedRefs = (text: string): TypedRefs => {
	const refs = new Map<string, {oid: string; type: string}>();
	for (const line of text.split('\n')) {
		const [oid, type, ref] = splitTwice(line);
		if (oid !== undefined && type !== undefined && ref !== undefined) {
			refs.set(readableRef(ref), {oid, type});
		}
	}

	return refs;
};

/** At the first two spaces only: a ref's name may hold what looks like one. */
const splitTwice = (line: string): readonly string[] => {
	const first = line.indexOf(' ');
	const second = line.indexOf(' ', first + 1);
	return second === -1
		? []
		: [line.slice(0, first), line.slice(first + 1, second), line.slice(second + 1)];
};
