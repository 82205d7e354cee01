import {
	appendFileSync,
	chmodSync,
	existsSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {parseArguments} from '../../source/arguments/arguments.ts';
import {fetch} from '../../source/commands/fetch.ts';
import {restore} from '../../source/commands/restore.ts';
import {show} from '../../source/commands/show.ts';
import {verifyInStore} from '../../source/commands/verify-store.ts';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {usualFullAfter} from '../../source/domain/store/chain.ts';
import {makeSource, makeWorld, runBackup} from '../helpers/backup.ts';
import {createFakeTerminal} from '../helpers/fake-terminal.ts';
import {pointerTo} from '../helpers/lfs-files.ts';
import {addReader} from '../helpers/metadata.ts';
import {keptIn} from '../helpers/stateless.ts';
import {makeStore} from '../helpers/store.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {commitFile, forcePush} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Runs a command that reads a store. */
const read = async (words: readonly string[]) => {
	const terminal = createFakeTerminal({isInteractive: false});
	const world = {...makeWorld(acme.clock), terminal};
	const {signal} = new AbortController();
	const invocation = parseArguments(words, {});
	const start = () => {
		const {command} = invocation;
		if (command === 'restore') {
			return restore(world, invocation, signal);
		}

		if (command === 'show') {
			return show(world, invocation, signal);
		}

		if (command === 'fetch') {
			return fetch(world, invocation, signal);
		}

		if (command === 'verify' && invocation.store !== undefined) {
			return verifyInStore(world, {...invocation, store: invocation.store}, signal);
		}

		throw new TypeError('not understood');
	};
	const exitCode = await start();
	return {exitCode, out: terminal.out(), error: terminal.error()};
};

it('a store that three shards wrote is read as if one machine had written it', async () => {
	const place = join(makeTemporaryFolder(), 'store');
	const store = makeStore(place);
	const {account: by, source} = addReader(acme.sandbox);
	for (const [digit, slug] of [
		['0', 'api'],
		['6', 'web'],
		['c', 'core'],
	]) {
		const uuid = `{${digit}0000000-0000-4000-8000-00000000000${digit}}`;
		const repository = await acme.add(slug ?? '', {uuid});
		acme.sandbox.putLfs(repository, `large file of ${slug}`);
		const content = pointerTo(`large file of ${slug}`);
		await commitFile(repository.path, {file: 'large.psd', content});
		acme.sandbox.metadata.pullRequests.open(repository, {by, title: `Change ${slug}`});
	}

	for (const index of [3, 1, 2]) {
		const {exitCode} = await runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox, source)], {
			clock: acme.clock,
			run: keptIn(store, [], {index, of: 3}),
		});
		expect(exitCode).toBe(exitCodes.done);
	}

	const to = join(makeTemporaryFolder(), 'restored');
	const restored = await read(['restore', '--all', '--store', place, '--to', to]);
	expect(restored.exitCode, restored.error).toBe(exitCodes.done);
	const files = readdirSync(to, {recursive: true, encoding: 'utf8'});
	const large = files.filter((file) => /lfs\/objects\/..\/..\/[\da-f]{64}$/.test(file));
	expect(large.map((file) => readFileSync(join(to, file), 'utf8')).toSorted()).toEqual([
		'large file of api',
		'large file of core',
		'large file of web',
	]);

	const workspace = join(makeTemporaryFolder(), 'workspace');
	const settings = await read(['restore', 'workspace', '--store', place, '--to', workspace]);
	expect(settings.exitCode, settings.error).toBe(exitCodes.done);
	expect(existsSync(workspace)).toBe(true);

	const verified = await read(['verify', '--store', place]);
	expect(verified.exitCode, verified.out).toBe(exitCodes.done);
	expect(verified.out).toContain('3 repositories');

	const shown = await read(['show', 'web', '--store', place]);
	expect(shown.exitCode, shown.error).toBe(exitCodes.done);
	expect(shown.out).toContain('Change web');
	expect(shown.out).toContain(`cistern fetch web --store ${place} --to DIR`);
	const one = await read(['show', 'core', '1', '--store', place]);
	expect(one.out).toContain('core 1   Change core');
	const pages = join(makeTemporaryFolder(), 'pages');
	const written = await read(['show', '--all', '--store', place, '--html', pages]);
	expect(written.exitCode, written.error).toBe(exitCodes.done);
	expect(readFileSync(join(pages, 'web', '1.html'), 'utf8')).toContain('Change web');
});

it('damage to an old state ends fetch and verify with 3, a removed one does not, and either ends restore --at with 3', async () => {
	const place = join(makeTemporaryFolder(), 'store');
	const store = makeStore(place);
	const {path, uuid} = await acme.add('api');
	for (const change of [forcePush, async () => {}]) {
		await runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox)], {
			clock: acme.clock,
			run: keptIn(store),
		});
		await change(path);
		acme.clock.advance(usualFullAfter);
	}

	const objects = join(place, 'repos', uuid.slice(1, -1));
	const names = readdirSync(objects).filter((name) => name.endsWith('.bundle'));
	const oldest = join(objects, names.toSorted()[0] ?? '');
	const now = new Date(acme.clock.now()).toISOString();
	const codes = async (): Promise<readonly number[]> => {
		const all: number[] = [];
		for (const words of [
			['fetch', '--to', makeTemporaryFolder()],
			['verify'],
			['verify', '--sample', '1'],
			['restore', 'api', '--to', join(makeTemporaryFolder(), 'api'), '--at', now],
		]) {
			all.push((await read([...words, '--store', place])).exitCode);
		}

		return all;
	};
	chmodSync(oldest, 0o600);
	writeFileSync(oldest, readFileSync(oldest).fill(0));
	// Its size is right, so only a look into it shows the damage.
	const {done, incomplete} = exitCodes;
	expect(await codes()).toEqual([incomplete, done, incomplete, incomplete]);
	appendFileSync(oldest, 'more');
	expect((await read(['verify', '--store', place])).exitCode).toBe(incomplete);
	rmSync(oldest);
	expect(await codes()).toEqual([done, done, done, incomplete]);
});
