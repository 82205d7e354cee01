import {execFileSync} from 'node:child_process';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {
	describeMetadata,
	importMetadata,
	type SavedMetadata,
} from '../../../source/parts/metadata/entry.ts';
import {metadata} from '../../../source/parts/metadata/metadata.ts';
import {isStandalone, type PartCopy, type SaveWork} from '../../../source/parts/part.ts';
import {makeWorld} from '../../helpers/backup.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const start = Date.parse('2026-11-20T00:00:00Z');
const minute = 60_000;

if (!isStandalone(metadata)) {
	throw new Error('metadata is restored by itself');
}

const part = metadata;

/** Metadata of four readings: each adds a file and changes four. */
const setUp = async () => {
	const folder = makeTemporaryFolder();
	const world = makeWorld(createFakeClock());
	const git = world.openGit('metadata');
	const {files, digest} = world;
	const copy: PartCopy = {git, files, digest, folder, signal: new AbortController().signal};
	const commits: string[] = [];
	for (const number of [1, 2, 3, 4]) {
		const changes = [
			{path: 'pull-requests/000100/142/comments.json', text: `[${number}]\n`},
			{path: `pull-requests/000000/${number}/pull-request.json`, text: `{"id": ${number}}\n`},
			{path: 'snippets/kypj/snippet.json', text: `{"number": ${number}}\n`},
			{path: 'snippets/kypj/files/a', text: `${number}`},
			{path: 'reading.json', text: `{"number": ${number}}\n`},
		];
		const at = start + number * minute;
		commits.push(await importMetadata({git, folder}, changes, {message: `Read ${number}\n`, at}));
	}

	const mirror = join(folder, 'metadata');
	const describeIt = (commit: string): Promise<SavedMetadata> =>
		describeMetadata(copy, commit, {reading: {}, changedAt: start});
	const entry = await describeIt(commits[3] ?? '');
	const save = async (known: SavedMetadata) => {
		const workFolder = join(makeTemporaryFolder(), 'work');
		mkdirSync(workFolder);
		const work = {
			...copy,
			workFolder,
			run: {name: 'r1', at: start + 10 * minute},
			assertLockHeld: async () => {},
			onProgress: undefined,
		};
		return part.save(work as unknown as SaveWork, known, {state: 'not-asked'});
	};
	const read = (name: string): string =>
		execFileSync('git', ['-C', mirror, 'show', name], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		});
	const verify = async (known = entry): Promise<readonly string[]> =>
		(await part.verify(copy, known, [])).map(({kind}) => kind);
	return {folder, mirror, copy, commits, entry, save, read, verify};
};

/** Overwrites an object that lies in a file of its own. */
const damage = (mirror: string, name: string): void => {
	const oid = execFileSync('git', ['-C', mirror, 'rev-parse', name], {encoding: 'utf8'}).trim();
	const path = join(mirror, 'objects', oid.slice(0, 2), oid.slice(2));
	chmodSync(path, 0o600);
	writeFileSync(path, 'damaged');
};

describe('saved metadata', () => {
	it('is whole, is read as of a day, and is restored beside the code', async () => {
		const {folder, copy, commits, entry, verify} = await setUp();
		expect(part.readEntry(JSON.parse(JSON.stringify(entry)))).toEqual(entry);
		expect(await verify()).toEqual([]);
		expect(await part.isOurs(copy)).toBe(true);
		expect(await part.readNewest(copy)).toBe(start + 4 * minute);
		expect(await part.rehearse(copy, entry, join(folder, 'rehearsal'))).toEqual({
			state: 'equal',
			refs: 1,
		});

		const as = {origin: undefined};
		const state = await part.readState(copy, entry, start + 2.5 * minute, as);
		expect(state).toEqual({
			at: start + 2 * minute,
			head: 'refs/heads/main',
			refs: new Map([['refs/heads/main', commits[1]]]),
		});
		expect(await part.readState(copy, entry, start, as)).toMatchObject({result: 'not-yet-saved'});
		const target = join(makeTemporaryFolder(), 'api.metadata');
		mkdirSync(target);
		await part.restore(copy, state as never, target, as);
		expect(readFileSync(join(target, 'reading.json'), 'utf8')).toBe('{"number": 2}\n');
		expect(readFileSync(join(target, 'README.md'), 'utf8')).toContain('git log -p');
		expect(await part.holdsState(copy, state as never, target, as)).toBe(true);
	});

	it('reads like its story in the log of one pull request', async () => {
		const {mirror} = await setUp();
		const log = execFileSync(
			'git',
			['-C', mirror, 'log', '-p', '--format=%s', 'main', '--', 'pull-requests/000100/142'],
			{encoding: 'utf8'},
		);
		expect(log.split('\n').filter((line) => /^(Read|[+-]\[)/.test(line))).toEqual([
			'Read 4',
			'-[3]',
			'+[4]',
			'Read 3',
			'-[2]',
			'+[3]',
			'Read 2',
			'-[1]',
			'+[2]',
			'Read 1',
			'+[1]',
		]);
	});

	it('needs no repair while it is as recorded, and asks Bitbucket nothing', async () => {
		const {copy, entry} = await setUp();
		const look = await part.look({...copy} as unknown as SaveWork, entry);
		expect(part.decide(entry, look, undefined).action).toBe('none');
		expect(part.decide({...entry, damage: 'x'}, look, undefined).action).toBe('update');
		expect(part.decide(undefined, {state: 'not-asked'}, undefined).action).toBe('none');
	});

	it('is rebuilt from all that can be read of a damaged copy, which is set aside', async () => {
		const {folder, mirror, entry, save, read, verify} = await setUp();
		damage(mirror, 'main:pull-requests/000000/3/pull-request.json');
		expect(await verify()).toEqual(['objects-damaged']);

		const {entry: mended, mending} = await save({...entry, damage: 'damaged'});
		expect(mending).toMatchObject({setAside: 'metadata.damaged-r1', history: 'part'});
		expect(readdirSync(folder).toSorted()).toEqual(['metadata', 'metadata.damaged-r1']);
		expect(read('main:pull-requests/000100/142/comments.json')).toBe('[4]\n');
		expect(read('main:pull-requests/000000/4/pull-request.json')).toBe('{"id": 4}\n');
		expect(() => read('main:pull-requests/000000/3/pull-request.json')).toThrow();
		// It goes on from there, so the lost file is read from Bitbucket again.
		expect(read('main:reading.json')).toBe('{"number": 2}\n');
		// Its file is no JSON, so the whole snippet is read again.
		expect(read('main:snippets/kypj/snippet.json')).toBe('{"number": 2}\n');
		expect(read('main:snippets/kypj/files/a')).toBe('2');
		expect(read('main~2:pull-requests/000100/142/comments.json')).toBe('[1]\n');
		expect(await verify(mended as SavedMetadata)).toEqual([]);
	});

	it('goes on with a copy whose branch was taken away', async () => {
		const {mirror, commits, entry, save, verify} = await setUp();
		rmSync(join(mirror, 'refs', 'heads', 'main'));
		expect(existsSync(join(mirror, 'packed-refs'))).toBe(false);
		expect(await verify()).toEqual(['history-missing']);
		const {entry: mended, mending} = await save({...entry, damage: 'x'});
		expect(mending).toBeUndefined();
		expect(mended).toMatchObject({commit: commits[3]});
	});

	it('is begun anew where it is gone, and the loss is told', async () => {
		const {copy, mirror, entry, save} = await setUp();
		rmSync(mirror, {recursive: true});
		const look = await part.look({...copy} as unknown as SaveWork, entry);
		expect(part.decide(entry, look, undefined)).toEqual({
			action: 'update',
			reason: 'its metadata is not there any more',
		});
		const {entry: mended, mending} = await save(entry);
		expect(mended.state).toBe('missing');
		expect(mending).toMatchObject({history: 'lost', setAside: undefined});
	});
});
