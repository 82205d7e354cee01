import {existsSync, lstatSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {runGit} from '../../source/sandbox/bare-repository.ts';
import type {FaultAnswer} from '../../source/sandbox/faults.ts';
import type {SandboxRepository} from '../../source/sandbox/model.ts';
import {canaryToken} from '../helpers/backup.ts';
import {objectOf, placeOf, pointerTo, sha256} from '../helpers/lfs-files.ts';
import {type Home, makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {startAcme} from '../helpers/sandbox.ts';
import {commitFile, readOid, readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();
const attributes = '*.bin filter=lfs diff=lfs merge=lfs -text\n';

type Files = Readonly<Record<string, string>>;

/** A repository with these files beside its attributes. */
const add = async (slug: string, files: Files): Promise<SandboxRepository> => {
	const repository = acme.sandbox.addRepository({workspace: 'acme', slug});
	const all = {'.gitattributes': attributes, ...files};
	for (const [file, content] of Object.entries(all)) {
		await commitFile(repository.path, {file, content});
	}

	return repository;
};

/** A repository with one LFS file, which the server has. */
const addWithFile = async (slug: string, more: Files = {}): Promise<SandboxRepository> => {
	const repository = await add(slug, {'a.bin': pointerTo(slug), ...more});
	acme.sandbox.putLfs(repository, slug);
	return repository;
};

type Report = {
	readonly exitCode: number;
	readonly lfs: readonly string[];
	/** `not-upstream a.bin` by `acme/slug`. */
	readonly missing: ReadonlyMap<string, string>;
};

const backUp = async (home: Home): Promise<Report> => {
	const {exitCode, stdout} = await runHere(home, ['--yes', '--json']);
	const lines = stdout
		.trim()
		.split('\n')
		.map((line): Record<string, unknown> => JSON.parse(line));
	const {report} = (lines.find((line) => line['type'] === 'source-finished') ?? {}) as {
		report?: {
			lfs: readonly string[];
			lfsMissing?: readonly {repository: string; path?: string; why: string}[];
		};
	};
	const missing = report?.lfsMissing ?? [];
	return {
		exitCode: exitCode ?? -1,
		lfs: (report?.lfs ?? []).toSorted(),
		missing: new Map(missing.map(({repository, why, path}) => [repository, `${why} ${path}`])),
	};
};

const mirrorIn = (home: Home, slug: string): string =>
	join(home.backup, 'acme', `acme#${slug}`, 'repo');

/** All texts below a folder. */
const readAll = (folder: string): string =>
	readdirSync(folder, {recursive: true, withFileTypes: true})
		.filter((entry) => entry.isFile())
		.map(({parentPath, name}) => readFileSync(join(parentPath, name), 'latin1'))
		.join('\n');

const expectAllAsNamed = (mirror: string): void => {
	for (const entry of readdirSync(join(mirror, 'lfs', 'objects'), {
		recursive: true,
		withFileTypes: true,
	})) {
		if (entry.isFile()) {
			expect(sha256(readFileSync(join(entry.parentPath, entry.name)))).toBe(entry.name);
		}
	}
};

type Row = {
	readonly slug: string;
	readonly why: string;
	/** In the words of `cistern status`. */
	readonly words: string;
	/** The batch API's entry for the file, in place of a link. */
	readonly entry?: (oid: string, size: number) => Record<string, unknown>;
	/** Comes in place of the batch API's answer. */
	readonly batch?: FaultAnswer;
	/** Comes in place of the file's content. */
	readonly content?: string;
	readonly more?: Files;
};

const refusedBatch = (status: number): FaultAnswer => ({
	kind: 'answer',
	status,
	body: {message: `in the words of a ${status}`},
});

const error = (code: number) => (oid: string, size: number) => ({
	oid,
	size,
	error: {code, message: `in the words of a ${code}`},
});

/** One of each kind; test/adapters/lfs/fetch.test.ts has every status. */
const rows: readonly Row[] = [
	{slug: 'gone', why: 'not-upstream', words: 'not on Bitbucket', entry: error(404)},
	{
		slug: 'elsewhere',
		why: 'elsewhere',
		words: 'on lfs.example, where your token does not go',
		entry: error(404),
		more: {
			'.lfsconfig': '[lfs]\n\turl = https://lfs.example/acme\n[include]\n\tpath = /dev/zero\n',
		},
	},
	{slug: 'other', why: 'not-as-named', words: 'of another content', content: 'something else'},
	{slug: 'broken', why: 'failed', words: 'the LFS server answered 500', entry: error(500)},
	{
		slug: 'inside',
		why: 'failed',
		words: 'was refused',
		entry: (oid, size) => ({
			oid,
			size,
			actions: {download: {href: 'http://ann:pw@127.0.0.1:1/'}},
		}),
	},
	{slug: 'refused', why: 'failed', words: 'refused this token (401)', batch: refusedBatch(401)},
	{slug: 'without', why: 'failed', words: 'has no LFS files', batch: refusedBatch(404)},
	{
		slug: 'led-away',
		why: 'failed',
		words: 'would get the token',
		batch: {kind: 'redirect', to: 'https://lfs.example/batch', status: 307},
	},
];

const arrange = async (): Promise<void> => {
	const entries = new Map<string, NonNullable<Row['entry']>>();
	for (const {slug, entry, batch, content, more} of rows) {
		const repository = await addWithFile(slug, more);
		const {oid} = objectOf(slug);
		if (entry !== undefined) {
			entries.set(oid, entry);
		}
		if (batch !== undefined) {
			const match = {path: /\/info\/lfs\//, repository: `acme/${slug}`};
			acme.sandbox.addFault({match, answer: batch});
		}
		if (content !== undefined) {
			acme.sandbox.spoilLfs(repository, oid, content);
		}
	}
	acme.sandbox.transformBatches(({objects}) => ({
		objects: objects.map((each) => {
			const {oid, size} = each as {oid: string; size: number};
			return entries.get(oid)?.(oid, size) ?? each;
		}),
	}));
};

describe(`${rows.length} answers of an LFS server that are no file`, () => {
	it('are each named with path and reason, cost no other file, and end with their reason: exit 3', async () => {
		await arrange();
		await addWithFile('good');
		const home = makeHome(acme.sandbox);
		const {exitCode, lfs, missing} = await backUp(home);

		expect(exitCode).toBe(3);
		expect(lfs).toEqual(rows.map(({slug}) => `acme/${slug}`).toSorted());
		for (const {slug, why} of rows) {
			expect([slug, missing.get(`acme/${slug}`)]).toEqual([slug, `${why} a.bin`]);
			const {path} = acme.sandbox.findRepository('acme', slug) ?? {path: ''};
			expect(await readRefs(mirrorIn(home, slug))).toEqual(await readRefs(path));
			expect(existsSync(placeOf(mirrorIn(home, slug), sha256(slug)))).toBe(false);
		}
		expect(readFileSync(placeOf(mirrorIn(home, 'good'), sha256('good')), 'utf8')).toBe('good');
		const status = (await runHere(home, ['status'])).stdout.replaceAll(/\s+/g, ' ');
		for (const {words} of rows) {
			expect(status).toContain(words);
		}
		expect(readAll(home.backup)).not.toContain(canaryToken);

		acme.sandbox.clearFaults();
		acme.sandbox.transformBatches((answer) => answer);
		const find = (slug: string) => acme.sandbox.findRepository('acme', slug);
		const [other, elsewhere] = [find('other'), find('elsewhere')];
		if (other !== undefined && elsewhere !== undefined) {
			acme.sandbox.putLfs(other, 'other');
			// Asked for again only after a change.
			await commitFile(elsewhere.path);
		}
		expect(await backUp(home)).toEqual({exitCode: 0, lfs: [], missing: new Map()});
		for (const {slug} of rows) {
			expectAllAsNamed(mirrorIn(home, slug));
		}
	});
});

/** Changes the mode of a file on the default branch, as `120000` for a link. */
const setMode = async ({path}: SandboxRepository, file: string, mode: string): Promise<void> => {
	const blob = await readOid(path, `refs/heads/main:${file}`);
	const listing = (await runGit(path, ['ls-tree', 'main'])).replace(
		`100644 blob ${blob}\t${file}`,
		`${mode} blob ${blob}\t${file}`,
	);
	const tree = (await runGit(path, ['mktree'], listing)).trim();
	const commit = (await runGit(path, ['commit-tree', '-m', 'Change', tree])).trim();
	await runGit(path, ['update-ref', 'refs/heads/main', commit]);
};

describe('repositories that are made to harm', () => {
	it('are saved and restored as what they are, and name what they lack', async () => {
		const old = 'version https://hawser.github.com/spec/v1';
		const forms = await add('forms', {
			'windows.bin': pointerTo('windows').replaceAll('\n', '\r\n'),
			'old.bin': pointerTo('old').replace(/^version.*/, old),
			'packed.bin': pointerTo('packed').replace(
				'\noid',
				`\next-0-gzip sha256:${'0'.repeat(64)}\noid`,
			),
		});
		for (const content of ['windows', 'old', 'packed']) {
			acme.sandbox.putLfs(forms, content);
		}
		await add('endless', {'a.bin': pointerTo('endless').replace(/size \d+/, `size ${10 ** 15}`)});
		await add('capitals', {
			'a.bin': pointerTo('capitals').replace(sha256('capitals'), sha256('capitals').toUpperCase()),
		});
		const falseOnes = Array.from({length: 6}, (_, index) => [
			`${index % 5}/${index}.bin`,
			pointerTo(`${index}`).replace('sha256:', 'sha512:'),
		]);
		await add('false', Object.fromEntries(falseOnes));
		await setMode(await addWithFile('linked'), 'a.bin', '120000');
		const folded = await add('folded', {
			'Art/a.bin': pointerTo('upper'),
			'art/a.bin': pointerTo('lower'),
		});
		const sized = await add('sized', {
			'a.bin': pointerTo('sized'),
			'b.bin': pointerTo('sized').replace(/size \d+/, 'size 9000'),
		});
		for (const content of ['upper', 'lower']) {
			acme.sandbox.putLfs(folded, content);
		}
		acme.sandbox.putLfs(sized, 'sized');

		const home = makeHome(acme.sandbox);
		const {exitCode, lfs, missing} = await backUp(home);
		expect(exitCode).toBe(3);
		expect(lfs).toEqual(['acme/endless']);
		expect(missing).toEqual(new Map([['acme/endless', 'not-upstream a.bin']]));
		for (const [slug, contents] of [
			['forms', ['windows', 'old', 'packed']],
			['linked', ['linked']],
			['folded', ['upper', 'lower']],
			['sized', ['sized']],
		] as const) {
			for (const content of contents) {
				expect(readFileSync(placeOf(mirrorIn(home, slug), sha256(content)), 'utf8')).toBe(content);
			}
		}
		expect(existsSync(join(mirrorIn(home, 'false'), 'lfs'))).toBe(false);

		const target = join(home.folder, 'restored');
		const restored = await runHere(home, ['restore', '--all', '--to', target, '--yes']);
		expect(restored.exitCode).toBe(3);
		const at = (...parts: readonly string[]): string => join(target, ...parts);
		expect(lstatSync(at('linked', 'a.bin')).isSymbolicLink()).toBe(true);
		expect(readFileSync(at('folded', 'Art', 'a.bin'), 'utf8')).toBe('upper');
		expect(readFileSync(at('folded', 'art', 'a.bin'), 'utf8')).toBe('lower');
		expect(readFileSync(at('sized', 'a.bin'), 'utf8')).toBe('sized');
		expect(readFileSync(at('endless', 'a.bin'), 'utf8')).toContain('size 1000000000000000');
		for (const slug of ['folded', 'sized', 'endless', 'capitals', 'forms']) {
			expect(await runGit(at(slug), ['status', '--porcelain'])).toBe('');
		}
	});
});

describe('the token', () => {
	it('goes to no media server, and with no redirect', async () => {
		const api = await addWithFile('api');
		const third = await startAcme();
		const answer = {kind: 'answer', status: 200, body: 'api'} as const;
		third.sandbox.addFault({answer});
		const to = `${third.sandbox.origin}/elsewhere`;
		acme.sandbox.addFault({match: {service: 'media'}, answer: {kind: 'redirect', to}});
		const home = makeHome(acme.sandbox);
		expect((await backUp(home)).exitCode).toBe(0);
		expect(readFileSync(placeOf(mirrorIn(home, api.slug), sha256('api')), 'utf8')).toBe('api');

		const basic = Buffer.from(`ann:${canaryToken}`).toString('base64');
		const outside = [...acme.sandbox.requestsTo('media'), ...third.sandbox.requests];
		expect(outside).toHaveLength(2);
		for (const {rawHeaders} of outside) {
			expect(rawHeaders.join('\n')).not.toMatch(new RegExp(`${canaryToken}|${basic}`));
		}
		expect(third.sandbox.requests[0]?.headers.authorization).toBeUndefined();
	});
});
