import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough, Readable} from 'node:stream';
import {setImmediate as nextTurn} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {isolatedEnvironment} from '../../../source/adapters/git/environment.ts';
import {pointerMethods} from '../../../source/adapters/git/lfs-pointers.ts';
import {type RunGit, runGit} from '../../../source/adapters/git/run-git.ts';
import {type StartGit, startGit} from '../../../source/adapters/git/start-git.ts';
import {rememberFreshPacks} from '../../../source/adapters/git/transfer/fresh-packs.ts';
import {FailureError} from '../../../source/domain/failure/failure.ts';
import type {FoundPointer, PointerSearch} from '../../../source/ports/lfs.ts';
import {makeBareRepository} from '../../../source/sandbox/bare-repository.ts';
import {noise} from '../../../source/sandbox/demo-workspace.ts';
import {importHistory, type Step} from '../../../source/sandbox/import-history.ts';
import {git, readOid} from '../../helpers/upstream.ts';

const environment = isolatedEnvironment(process.env, 'run', []);
const start: StartGit = async (path, args) => startGit(path, args, environment);
const run: RunGit = (command) => runGit(command, environment);
const freshPacks = rememberFreshPacks();
const lfs = pointerMethods(run, start, freshPacks);
const {signal} = new AbortController();

const oidOf = (index: number): string => index.toString(16).padStart(64, '0');
const pointerOf = (index: number, size = index): string =>
	`version https://git-lfs.github.com/spec/v1\noid sha256:${oidOf(index)}\nsize ${size}\n`;

const commit = (files: Readonly<Record<string, string | Buffer>>, branch = 'main'): Step => ({
	kind: 'commit',
	branch,
	message: 'Change files',
	files,
});

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'cistern-test-'));
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

const makeMirror = async (
	name: string,
	steps: readonly Step[],
	hash: 'sha1' | 'sha256' = 'sha1',
): Promise<{path: string; oids: readonly string[]}> => {
	const path = join(folder, name);
	if (hash === 'sha1') {
		makeBareRepository(path, 'main');
	} else {
		const form = ['--bare', '--initial-branch=main', `--object-format=${hash}`];
		await git(folder, 'init', '-q', ...form, path);
	}
	return {path, oids: await importHistory(path, steps)};
};

const collect = async (search: AsyncIterable<FoundPointer>): Promise<FoundPointer[]> => {
	const found: FoundPointer[] = [];
	for await (const pointer of search) {
		found.push(pointer);
	}
	return found;
};

const find = async (path: string, search: PointerSearch): Promise<readonly FoundPointer[]> => {
	const found = await collect(lfs.findPointers(path, search, signal));
	return found.toSorted((one, other) => (one.oid < other.oid ? -1 : 1));
};

const oidsOf = (found: readonly FoundPointer[]): readonly number[] =>
	found.map(({oid}) => Number.parseInt(oid, 16));

describe('pointers', () => {
	const rest = 'x'.repeat(400);
	const steps = [
		commit({'art/old.psd': pointerOf(1), 'a.txt': `${rest}\n`, 'big.txt': rest.repeat(500)}),
		commit({'art/old.psd': pointerOf(2), 'no-attributes': pointerOf(3)}),
		commit({
			'sp ace/ü.bin': pointerOf(4).replaceAll('\n', '\r\n'),
			'false.bin': `${pointerOf(5)}?`,
		}),
		commit({'only/there.bin': pointerOf(6)}, 'side'),
		{kind: 'tag', name: 'v1', message: 'Release'.repeat(50), target: 'refs/heads/main'},
	] as const;

	it.each(['sha1', 'sha256'] as const)(
		'are found in all objects of a %s repository',
		async (hash) => {
			const {path} = await makeMirror(`objects-${hash}`, steps, hash);
			expect(oidsOf(await find(path, {of: 'objects'}))).toEqual([1, 2, 3, 4, 6]);

			// In a large mirror one git lists the objects for another.
			await importHistory(path, [commit({'large.bin': noise('large', 300_000)}, 'large')]);
			expect(oidsOf(await find(path, {of: 'objects'}))).toEqual([1, 2, 3, 4, 6]);
		},
	);

	it.each(['sha1', 'sha256'] as const)(
		'are found with their paths in a %s repository',
		async (hash) => {
			const {path} = await makeMirror(`refs-${hash}`, steps, hash);
			const found = await find(path, {of: 'refs'});
			expect(oidsOf(found)).toEqual([1, 2, 3, 4, 6]);
			expect(found.map((pointer) => pointer.path)).toEqual([
				'art/old.psd',
				'art/old.psd',
				'no-attributes',
				'sp ace/ü.bin',
				'only/there.bin',
			]);
			expect(found.at(-1)?.blob).toBe(await readOid(path, 'refs/heads/side:only/there.bin'));
		},
	);

	it('are found behind kept refs and in tags of a file', async () => {
		const {path, oids} = await makeMirror('kept', [commit({'a.bin': pointerOf(1)})]);
		await git(path, 'update-ref', 'refs/cistern/kept/heads/old', oids[0] ?? '');
		await git(path, 'update-ref', '-d', 'refs/heads/main');
		await importHistory(path, [commit({'b.bin': pointerOf(2)}, 'other')]);
		await git(path, 'tag', 'file', await readOid(path, 'refs/heads/other:b.bin'));
		await git(path, 'update-ref', '-d', 'refs/heads/other');
		expect(oidsOf(await find(path, {of: 'refs'}))).toEqual([1, 2]);
	});

	it('that are new are found alone', async () => {
		const {path, oids} = await makeMirror('new', steps);
		const [first = '', second = '', third = ''] = oids;
		const between = await find(path, {of: 'tips', tips: [third], commits: [], known: [first]});
		expect(oidsOf(between)).toEqual([2, 3, 4]);
		expect(await find(path, {of: 'tips', tips: [second], commits: [], known: [third]})).toEqual([]);
	});

	it('that came in one pack are read from it without a git, if it holds all that is looked for', async () => {
		const {path, oids} = await makeMirror('fresh', steps.slice(0, 1));
		const packs = join(path, 'objects', 'pack');
		const before = readdirSync(packs);
		const files = {'art/old.psd': pointerOf(7), 'new.txt': 'new\n'};
		const [tip = ''] = await importHistory(path, [commit(files, 'side')]);
		const index = readdirSync(packs).find(
			(name) => name.endsWith('.idx') && !before.includes(name),
		);
		const fresh = rememberFreshPacks();
		const noGit = () => Promise.reject(new Error('no git is needed'));
		const withoutGit = pointerMethods(noGit, noGit, fresh);
		const ask = (tips: readonly string[], known: readonly string[]) =>
			collect(withoutGit.findPointers(path, {of: 'tips', tips, commits: [], known}, signal));

		const [have = ''] = oids;
		fresh.add(path, {
			path: join(packs, index?.slice(0, -'.idx'.length) ?? ''),
			wants: new Set([tip]),
			haves: [have],
		});
		expect(oidsOf(await ask([tip], [have]))).toEqual([7]);
		await expect(ask([tip], [])).rejects.toThrow('no git is needed');
		await expect(ask([tip, 'f'.repeat(40)], [have])).rejects.toThrow('no git is needed');
	});

	it('are found although a tip of an earlier run is not there any more', async () => {
		const {path, oids} = await makeMirror('gone', steps);
		const gone = 'f'.repeat(40);
		const search = {of: 'tips', tips: [oids[3] ?? '', gone], commits: [], known: [gone]} as const;
		expect(oidsOf(await find(path, search))).toEqual([6]);
		expect(await find(path, {of: 'tips', tips: [], commits: [], known: []})).toEqual([]);
	});

	it('are not found in an empty repository', async () => {
		const {path} = await makeMirror('empty', []);
		expect(await find(path, {of: 'objects'})).toEqual([]);
		expect(await find(path, {of: 'refs'})).toEqual([]);
	});
});

describe('a search', () => {
	it('makes git wait while its reader is busy', async () => {
		// With blank lines, as long as a pointer may be.
		const count = 1200;
		const blank = '\n'.repeat(800);
		const files = Array.from({length: count}, (_, index) => [
			`${index}.bin`,
			`${pointerOf(index + 1)}${blank}`,
		]);
		const {path} = await makeMirror('many', [commit(Object.fromEntries(files))]);
		let read = 0;
		const startCounted: StartGit = async (...given) => {
			const started = await start(...given);
			const {stdout} = started;
			const push = stdout.push.bind(stdout);
			stdout.push = (chunk: Buffer | null, ...more) => {
				read += chunk?.length ?? 0;
				return push(chunk, ...more);
			};
			return started;
		};
		const counted = pointerMethods(run, startCounted, freshPacks);
		let found = 0;
		for await (const _ of counted.findPointers(path, {of: 'refs'}, signal)) {
			found += 1;
			if (found === 1) {
				for (let turn = 0; turn < 1000; turn += 1) {
					await nextTurn();
				}
				expect(read).toBeLessThan(400 * 1024);
			}
		}
		expect(found).toBe(count);
		expect(read).toBeGreaterThan(1024 * 1024);
	});

	it('holds nothing of a large object that was named', async () => {
		const blob = '1'.repeat(40);
		const piece = Buffer.alloc(1024 * 1024);
		const pieces = 200;
		const held = (): number => process.memoryUsage().arrayBuffers;
		const before = held();
		let most = 0;
		const contents = async function* (): AsyncGenerator<Buffer> {
			yield Buffer.from(`${blob} blob ${pieces * piece.length} \n`);
			for (let number = 0; number < pieces; number += 1) {
				yield piece;
				most = Math.max(most, held() - before);
			}

			yield Buffer.from(`\n${blob} blob ${pointerOf(1).length} \n${pointerOf(1)}\n`);
		};
		const answering: StartGit = async (_, [command]) => ({
			stdin: new PassThrough().resume(),
			stdout: Readable.from(command === 'cat-file' ? contents() : [Buffer.from(`${blob}\n`)]),
			stderr: Readable.from([]),
			kill: () => true,
			ended: Promise.resolve({exitCode: 0, words: ''}),
		});
		const search = {of: 'tips', tips: [blob], commits: [], known: []} as const;
		const pointers = pointerMethods(async () => '', answering, rememberFreshPacks());
		const found = await collect(pointers.findPointers(folder, search, signal));

		expect(oidsOf(found)).toEqual([1]);
		expect(most).toBeLessThan(50 * piece.length);
	});

	it('names the mirror as damaged where an object is missing', async () => {
		const {path} = await makeMirror('damaged', [commit({'a.bin': pointerOf(1)})]);
		const pack = join(path, 'objects', 'pack');
		for (const name of readdirSync(pack)) {
			rmSync(join(pack, name));
		}
		const failure = await find(path, {of: 'refs'}).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(FailureError);
		expect((failure as FailureError).failure).toMatchObject({kind: 'mirror-unusable', path});
	});

	it('ends with its signal, and leaves no git behind when it is not read to the end', async () => {
		const {path} = await makeMirror('ended', [
			commit({'a.bin': pointerOf(1), 'b.bin': pointerOf(2)}),
		]);
		const started: Awaited<ReturnType<StartGit>>[] = [];
		const startWatched: StartGit = async (...given) => {
			const one = await start(...given);
			started.push(one);
			return one;
		};
		const watched = pointerMethods(run, startWatched, freshPacks);
		const ending = new AbortController();
		const reason = new Error('interrupted');
		const search = watched.findPointers(path, {of: 'refs'}, ending.signal);
		await search[Symbol.asyncIterator]().next();
		ending.abort(reason);
		await expect(collect(search)).rejects.toBe(reason);

		for await (const _ of watched.findPointers(path, {of: 'refs'}, signal)) {
			break;
		}
		await Promise.allSettled(started.map(({ended}) => ended));
		expect(started).toHaveLength(4);
	});
});

describe('the commit with a pointer', () => {
	it('is the newest that has it, also when a later one replaced it', async () => {
		const {path, oids} = await makeMirror('commits', [
			{...commit({'a.bin': pointerOf(1)}), at: 1_780_000_000} as Step,
			{...commit({'b.bin': pointerOf(2)}), at: 1_780_000_060} as Step,
			{...commit({'a.bin': pointerOf(3)}), at: 1_780_000_120} as Step,
		]);
		const blobOf = (name: string): Promise<string> => readOid(path, name);
		const replaced = await blobOf('refs/heads/main~2:a.bin');
		expect(await lfs.findCommitWith(path, replaced, signal)).toEqual({
			oid: oids[1],
			at: '2026-05-28T20:27:40+00:00',
		});
		const present = await blobOf('refs/heads/main:a.bin');
		expect(await lfs.findCommitWith(path, present, signal)).toMatchObject({oid: oids[2]});
	});

	it('is unknown where no ref reaches it', async () => {
		const {path} = await makeMirror('unreached', [commit({'a.bin': pointerOf(1)})]);
		expect(await lfs.findCommitWith(path, 'e'.repeat(40), signal)).toBeUndefined();
	});
});

describe("the default branch's .lfsconfig", () => {
	it('tells the servers that it names', async () => {
		const text = `[lfs]\n\turl = https://lfs.example/a\n\tfetchexclude = *\n[remote "origin"]\n\tlfsurl = "https://b\\nc"\n[include]\n\tpath = /etc/passwd\n`;
		const {path} = await makeMirror('configured', [commit({'.lfsconfig': text})]);
		expect(await lfs.readLfsServers(path)).toEqual(['https://lfs.example/a', 'https://b\nc']);
	});

	it.each([
		['is not there', {'a.txt': 'a'}],
		['cannot be read', {'.lfsconfig': '[lfs\nurl'}],
		['names none', {'.lfsconfig': '[lfs]\n\tlocksverify = false\n'}],
	])('tells none where it %s', async (name, files) => {
		const {path} = await makeMirror(name.replaceAll(' ', '-'), [commit(files)]);
		expect(await lfs.readLfsServers(path)).toEqual([]);
	});

	it('tells none in an empty repository', async () => {
		const {path} = await makeMirror('no-head', []);
		expect(await lfs.readLfsServers(path)).toEqual([]);
	});
});
