import {spawnSync} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {generateIdentity, identityToRecipient} from 'age-encryption';
import {expect, it} from 'vitest';
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

/** The lines of the page, word for word. */
const [list = '', bring = ''] = [
	...(readFileSync(new URL('../../docs/off-site.md', import.meta.url), 'utf8')
		.split('### Back without Cistern')[1]
		?.matchAll(/```sh\n([\s\S]*?)```/g) ?? []),
].map(([, lines]) => lines);

it.skipIf(!hasAge)(`the recipe without Cistern brings a repository back${leftOut}`, async () => {
	const place = makeTemporaryFolder();
	const identity = await generateIdentity();
	const key = join(place, 'key.txt');
	writeFileSync(key, `${identity}\n`);
	const store = join(place, 'store');
	const recipients = [await identityToRecipient(identity)];
	const source = {stores: [makeStore(store, {recipients})]};
	const {path} = await acme.add('api');
	await acme.run({source});
	await tagAnnotated(path, 'v1', 'main');
	await commitFile(path, {branch: 'old', file: 'old.txt'});
	await acme.run({source});
	await forcePush(path);
	await deleteRef(path, 'refs/heads/old');
	expect((await acme.run({source})).exitCode).toBe(0);

	const empty = join(place, 'empty');
	mkdirSync(empty);
	const run = (script: string, uuid = ''): string => {
		const env = {PATH: process.env['PATH'], HOME: place, store, key, uuid};
		const {stdout, stderr, status} = spawnSync('sh', ['-eu'], {
			input: script,
			cwd: empty,
			env,
			encoding: 'utf8',
		});
		expect(status, stderr).toBe(0);
		return stdout;
	};
	const [, uuid = ''] = /^"([0-9a-f-]{36})":\{"name":"acme\/api"$/m.exec(run(list)) ?? [];
	run(bring, uuid);
	const repository = join(empty, 'repo.git');
	const saved = await readRefs(acme.mirror('api'), 'refs/');
	const back = await readRefs(repository, 'refs/');
	expect(new Map([...back].filter(([ref]) => !ref.startsWith('refs/saved/')))).toEqual(saved);
	expect(await git(repository, 'fsck', '--full', '--no-dangling')).toBe('');
	expect(await git(join(empty, 'working'), 'status', '--porcelain')).toBe('');
});
