import {execFile, spawnSync} from 'node:child_process';
import {
	chmodSync,
	cpSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {packsOf} from '../helpers/flip-byte.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {commitFile, forcePush, git, readOid, readRefs} from '../helpers/upstream.ts';
import {runVerify} from '../helpers/verify.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Unpacks a mirror and removes the content of the file that its branch holds. */
const loseFile = async (mirror: string): Promise<void> => {
	const packs = join(mirror, 'objects', 'pack');
	const aside = makeTemporaryFolder();
	cpSync(packs, aside, {recursive: true});
	rmSync(packs, {recursive: true});
	for (const name of readdirSync(aside).filter((name) => name.endsWith('.pack'))) {
		await promisify(execFile)('sh', ['-c', `git unpack-objects -q < ${join(aside, name)}`], {
			cwd: mirror,
		});
	}

	const oid = await readOid(mirror, 'main:README.md');
	rmSync(join(mirror, 'objects', oid.slice(0, 2), oid.slice(2)));
};

const recordPath = (): string => acme.path('acme#api', 'cistern.json');

describe('a damaged folder', () => {
	it('is set aside if refs, HEAD or objects of it are garbage or gone, and the repository is saved anew', async () => {
		const slugs = ['refs', 'head', 'objects', 'file'] as const;
		const upstream = await acme.addSaved(...slugs);
		writeFileSync(join(acme.mirror('refs'), 'packed-refs'), 'junk');
		writeFileSync(join(acme.mirror('head'), 'HEAD'), 'junk');
		const objects = join(acme.mirror('objects'), 'objects');
		rmSync(objects, {recursive: true});
		mkdirSync(objects);
		await loseFile(acme.mirror('file'));

		const {exitCode, reports} = await acme.run();

		// The history of one went with its objects, and no run may pass that over.
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]).toMatchObject({lost: ['acme/objects'], failed: 0});
		for (const {slug, path} of upstream) {
			expect(await readRefs(acme.mirror(slug))).toEqual(await readRefs(path));
			const names = readdirSync(acme.path(`acme#${slug}`));
			expect(names.filter((name) => name.startsWith('repo.damaged-'))).toHaveLength(1);
		}
	});

	it('is looked at again if its record is cut short', async () => {
		const [{path}] = await acme.addSaved('api');
		writeFileSync(recordPath(), readFileSync(recordPath(), 'utf8').slice(0, 40));

		const {exitCode} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(JSON.parse(readFileSync(recordPath(), 'utf8'))).toMatchObject({slug: 'api'});
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
	});

	it("is left alone if a newer Cistern's record lies in it", async () => {
		await acme.addSaved('api');
		writeFileSync(recordPath(), '{"version": 3}');

		const {exitCode, outcomes} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(outcomes.get('acme/api')).toMatchObject({failure: {kind: 'record-newer'}});
		expect(readFileSync(recordPath(), 'utf8')).toBe('{"version": 3}');
	});
});

const foreign = ['objects/ab/desktop.ini', 'refs/desktop.ini', 'refs/heads/._.DS_Store'];

describe('a mirror in which another program left something', () => {
	it('goes on as it is, and the files are named as foreign', async () => {
		const [{path}] = await acme.addSaved('api');
		const mirror = acme.mirror('api');
		for (const name of [...foreign, 'refs/heads/main (1)', 'Thumbs.db']) {
			mkdirSync(dirname(join(mirror, name)), {recursive: true});
			writeFileSync(join(mirror, name), '[.ShellClassInfo]\n');
		}

		for (let night = 1; night <= 2; night += 1) {
			await forcePush(path);
			await commitFile(path, {branch: `b${night}`});
			expect((await acme.run()).outcomes.get('acme/api')).toMatchObject({
				result: 'saved',
				kept: ['refs/heads/main'],
			});
		}

		expect(readdirSync(acme.path('acme#api')).toSorted()).toEqual(['cistern.json', 'repo']);
		const {exitCode, findings} = await runVerify(acme);
		expect(exitCode).toBe(exitCodes.done);
		const paths = ['Thumbs.db', ...foreign, 'refs/heads/main (1)'];
		expect(findings.get('acme/api')).toEqual([
			{mirror: 'repo', kind: 'files-foreign', count: 5, paths: paths.toSorted()},
		]);
	});

	it('is damaged if the file stands in the place of a branch', async () => {
		await acme.addSaved('api');
		writeFileSync(join(acme.mirror('api'), 'refs', 'heads', 'main'), '[.ShellClassInfo]\n');
		const {exitCode} = await runVerify(acme);
		expect(exitCode).toBe(exitCodes.incomplete);
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		expect((await runVerify(acme)).exitCode).toBe(exitCodes.done);
	});

	it('is whole though git wrote files beside its packs and these are damaged', async () => {
		const upstream = await acme.addSaved('graph', 'index');
		for (const [slug, file, ...args] of [
			['graph', 'objects/info/commit-graph', 'commit-graph', 'write', '--reachable'],
			['index', 'objects/pack/multi-pack-index', 'multi-pack-index', 'write'],
		] as const) {
			const path = join(acme.mirror(slug), file);
			await git(acme.mirror(slug), ...args);
			chmodSync(path, 0o600);
			writeFileSync(path, readFileSync(path).fill(7, 40));
		}

		await Promise.all(upstream.map(({path}) => commitFile(path)));
		const {outcomes} = await acme.run();
		const {exitCode, findings} = await runVerify(acme);
		expect(exitCode).toBe(exitCodes.done);
		for (const name of ['acme/graph', 'acme/index']) {
			expect(outcomes.get(name)).toMatchObject({changes: {forwarded: 1}});
			expect(findings.get(name)).toEqual([]);
		}
	});
});

/** Root may read every file, unless it gives that right up. */
const isRoot = process.getuid?.() === 0;
const asUser = isRoot ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] : [];

it.runIf(!isRoot || spawnSync('setpriv', [...asUser.slice(1), 'true']).status === 0)(
	'a pack that this user may not read is no damage, and stays where it is (left out as root without setpriv)',
	async () => {
		const [{path}] = await acme.addSaved('api');
		const home = makeHome(acme.sandbox, {}, acme.folder);
		const [pack = ''] = packsOf(acme.mirror('api'));
		chmodSync(pack, 0);
		await forcePush(path);

		for (const command of ['--yes', 'verify']) {
			const {exitCode, stdout, stderr} = await home.run([command], {}, asUser);
			expect(exitCode, command).toBe(exitCodes.incomplete);
			expect(stdout + stderr).toMatch(/pack-\S+ cannot be used: permission was denied/);
		}

		chmodSync(pack, 0o600);
		expect(await runHere(home, ['--yes'])).toMatchObject({exitCode: exitCodes.done});
		expect(readdirSync(acme.path('acme#api')).toSorted()).toEqual(['cistern.json', 'repo']);
	},
);
