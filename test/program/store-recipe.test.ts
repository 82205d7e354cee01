import {spawnSync} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {generateIdentity, identityToRecipient} from 'age-encryption';
import {expect, it} from 'vitest';
import {placeOf, pointerTo, sha256} from '../helpers/lfs-files.ts';
import {addReader} from '../helpers/metadata.ts';
import {makeStore} from '../helpers/store.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {
	commitFile,
	deleteRef,
	forcePush,
	git,
	readRefs,
	tagAnnotated,
} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const hasAge = spawnSync('age', ['--version']).status === 0;
const leftOut = hasAge ? '' : ' (left out: age is not installed here)';

/** The lines of the page, word for word. Between them stands the line for a bucket. */
const [list = '', bring = '', , placeLfs = ''] = [
	...(readFileSync(new URL('../../docs/off-site.md', import.meta.url), 'utf8')
		.split('### Back without Cistern')[1]
		?.matchAll(/```sh\n([\s\S]*?)```/g) ?? []),
].map(([, lines]) => lines);

it.skipIf(!hasAge)(
	`the recipe without Cistern brings a repository back, with its LFS files and its metadata${leftOut}`,
	async () => {
		const place = makeTemporaryFolder();
		const identity = await generateIdentity();
		const key = join(place, 'key.txt');
		writeFileSync(key, `${identity}\n`);
		const store = join(place, 'store');
		const recipients = [await identityToRecipient(identity)];
		const source = {...addReader(acme.sandbox).source, stores: [makeStore(store, {recipients})]};
		const api = await acme.add('api');
		const {path} = api;
		acme.sandbox.putLfs(api, 'a large file');
		await commitFile(path, {file: 'large.psd', content: pointerTo('a large file')});
		await tagAnnotated(path, 'v1', 'main');
		await commitFile(path, {branch: 'old', file: 'old.txt'});
		await acme.run({source});
		await forcePush(path);
		await deleteRef(path, 'refs/heads/old');
		expect((await acme.run({source})).exitCode).toBe(0);

		const runIn = (folder: string, script: string, uuid = ''): string => {
			mkdirSync(folder, {recursive: true});
			const env = {PATH: process.env['PATH'], HOME: place, store, key, uuid};
			const {stdout, stderr, status} = spawnSync('sh', ['-eu'], {
				input: script,
				cwd: folder,
				env,
				encoding: 'utf8',
			});
			expect(status, stderr).toBe(0);
			return stdout;
		};
		const expectBack = async (folder: string, mirror: string): Promise<void> => {
			const repository = join(folder, 'repo.git');
			const back = await readRefs(repository, 'refs/');
			expect(new Map([...back].filter(([ref]) => !ref.startsWith('refs/saved/')))).toEqual(
				await readRefs(mirror, 'refs/'),
			);
			expect(await git(repository, 'fsck', '--full', '--no-dangling')).toBe('');
			expect(await git(join(folder, 'working'), 'status', '--porcelain')).toBe('');
		};
		const code = join(place, 'code');
		const listed = runIn(code, list);
		const [, uuid = ''] = /^"([0-9a-f-]{36})":\{"name":"acme\/api"$/m.exec(listed) ?? [];
		runIn(code, bring, uuid);
		await expectBack(code, acme.mirror('api'));
		runIn(code, placeLfs);
		const large = placeOf(join(code, 'repo.git'), sha256('a large file'));
		expect(readFileSync(large, 'utf8')).toBe('a large file');

		const metadata = join(place, 'metadata');
		runIn(metadata, bring.replaceAll('.repo.', '.metadata.'), uuid);
		await expectBack(metadata, acme.path('acme#api', 'metadata'));
	},
);
