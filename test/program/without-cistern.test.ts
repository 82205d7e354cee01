import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {makeBareRepository} from '../../source/sandbox/bare-repository.ts';
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

/** The commands as the docs show them, for this backup, this day and this remote. */
const readCommands = (day: string, remote: string): string => {
	const [, section = ''] = readFileSync('docs/restore.md', 'utf8').split('\n## Without Cistern\n');
	const [, commands = ''] = /```sh\n(.*?)```/s.exec(section) ?? [];
	expect(commands).toContain('/srv/backup/acme\n');
	expect(commands).toContain(' git@example.com:acme/api.git ');
	return commands
		.replace('/srv/backup/acme', acme.path())
		.replace('2026-11-03T23:59:59', day)
		.replace('git@example.com:acme/api.git', remote);
};

const runInShell = (commands: string, folder: string): string =>
	execFileSync('sh', ['-eu'], {
		cwd: folder,
		input: commands,
		encoding: 'utf8',
		stdio: ['pipe', 'pipe', 'pipe'],
		env: {PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1'},
	});

it('the commands of docs/restore.md bring everything back with git alone, as of now and as of a day', async () => {
	const {path, wikiPath = ''} = await acme.add('api', {withWiki: true});
	await acme.add('web');
	await commitFile(wikiPath, {branch: 'master'});
	await commitFile(path, {branch: 'feature/x'});
	await tagAnnotated(path, 'v0');
	await commitFile(path);
	await tagAnnotated(path, 'v1');
	await git(path, 'symbolic-ref', 'HEAD', 'refs/heads/feature/x');
	await acme.run();
	const day = new Date(acme.clock.now()).toISOString();
	const then = await readRefs(path);
	acme.clock.advance(24 * 60 * 60 * 1000);
	await forcePush(path);
	await git(path, 'symbolic-ref', 'HEAD', 'refs/heads/main');
	await deleteRef(path, 'refs/heads/feature/x');
	await deleteRef(path, 'refs/tags/v1');
	await acme.run();
	const folder = makeTemporaryFolder();

	const remote = join(folder, 'remote.git');
	makeBareRepository(remote, 'main');

	const printed = runInShell(readCommands(day, remote), folder);

	const now = await readRefs(path);
	const clone = join(folder, 'api');
	expect((await readRefs(clone, 'refs/remotes/')).get('refs/remotes/origin/main')).toBe(
		now.get('refs/heads/main'),
	);
	for (const [name, file] of [
		['api', 'README.md'],
		['web', 'README.md'],
		['api.wiki', 'README.md'],
	] as const) {
		expect(readFileSync(join(folder, name, file), 'utf8')).not.toBe('');
	}
	expect((await readRefs(clone)).get('refs/heads/rescued')).toBe(then.get('refs/heads/main'));
	for (const lost of ['heads/main', 'heads/feature/x', 'tags/v1']) {
		expect(printed).toMatch(new RegExp(`refs/cistern/kept/\\S+/${lost}\n`));
	}
	const rebuilt = join(folder, 'api-then.git');
	expect(await readRefs(rebuilt, 'refs/')).toEqual(then);
	expect(await git(rebuilt, 'symbolic-ref', 'HEAD')).toBe('refs/heads/feature/x\n');
	await git(rebuilt, 'fsck', '--strict');
	expect(await readRefs(remote, 'refs/')).toEqual(now);
});
