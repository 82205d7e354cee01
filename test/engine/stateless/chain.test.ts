import {cpSync, mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {FailureError} from '../../../source/domain/failure/failure.ts';
import {onlyGiven} from '../../../source/domain/given.ts';
import {parseRunLines} from '../../../source/domain/run/run-line.ts';
import type {StoreSettings} from '../../../source/domain/settings/settings.ts';
import {readIndexes} from '../../../source/engine/store/read-store.ts';
import type {World} from '../../../source/ports/world.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {fetchAll, makeStore, openFetching} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {
	branch,
	commitFile,
	deleteRef,
	forcePush,
	git,
	readRefs,
	tagAnnotated,
} from '../../helpers/upstream.ts';
import {runVerify} from '../../helpers/verify.ts';
import {expectWhole} from '../../helpers/whole-mirror.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

/** A run with an empty disk, of which nothing is left but the store. */
const runStateless = (store: StoreSettings, wrapWorld?: (world: World) => World) =>
	runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox)], {
		clock: acme.clock,
		run: keptIn(store),
		...onlyGiven({wrapWorld}),
	});

it('runs without a folder write a store from which a backup goes on, with every state of every night', async () => {
	const place = makeTemporaryFolder();
	const store = makeStore(join(place, 'store'));
	const {path} = await acme.add('api', {withWiki: true});
	await acme.add('web');
	await acme.sandbox.addRepository({workspace: 'acme', slug: 'empty', isPrivate: true});
	const first = await runStateless(store);
	expect(first.reports.map(({problem}) => problem)).toEqual([undefined]);
	expect(first.exitCode).toBe(exitCodes.done);

	const merged = await commitFile(path, {branch: 'old', file: 'old.txt'});
	await tagAnnotated(path, 'v1', 'main');
	const lost = await commitFile(path, {file: 'more.txt'});
	const second = await runStateless(store);
	expect(second.outcomes.get('acme/api')).toMatchObject({
		result: 'saved',
		how: 'updated',
		changes: {created: 2, forwarded: 1, rewritten: 0},
	});
	expect(second.outcomes.get('acme/web')?.result).toBe('unchanged');
	expect(second.events.filter(({type}) => type === 'repository-fell-back')).toEqual([]);

	await forcePush(path);
	await deleteRef(path, 'refs/heads/old');
	const third = await runStateless(store);
	expect(third.outcomes.get('acme/api')).toMatchObject({
		changes: {rewritten: 1, deleted: 1},
	});
	expect((await runStateless(store)).exitCode).toBe(exitCodes.done);
	const index = readdirSync(join(place, 'store', 'index'));
	expect(index).toHaveLength(4);

	const folder = join(place, 'back');
	mkdirSync(join(folder, 'acme', '.cistern'), {recursive: true});
	const stored = await fetchAll(store, folder);
	expect(stored.isComplete).toBe(true);
	const mirror = join(folder, 'acme', 'acme#api', 'repo');
	expect(await git(mirror, 'fsck', '--full')).toBe('');
	const refs = await readRefs(mirror, 'refs/');
	expect([...refs].filter(([ref]) => !ref.startsWith('refs/cistern/'))).toEqual([
		...(await readRefs(path, 'refs/')),
	]);
	const kept = [...refs].filter(([ref]) => ref.startsWith('refs/cistern/kept/'));
	expect(kept.map(([, oid]) => oid).toSorted()).toEqual([lost, merged].toSorted());
	const {exitCode, findings} = await runVerify({folder, clock: acme.clock});
	expect(findings.get('acme/api')).toEqual([]);
	expect(exitCode).toBe(exitCodes.done);
	const next = await runBackup(folder, [makeSource(acme.sandbox)], {clock: acme.clock});
	expect([...next.outcomes.values()].map(({result}) => result)).toEqual([
		'unchanged',
		'unchanged',
		'unchanged',
	]);
});

it('of two runs at once, the one that looked earlier and sent later does not hide what the other saw', async () => {
	const place = join(makeTemporaryFolder(), 'store');
	const twin = join(makeTemporaryFolder(), 'twin');
	const {path, wikiPath = ''} = await acme.add('api', {withWiki: true});
	await runStateless(makeStore(place));
	cpSync(place, twin, {recursive: true});
	const earlier = await commitFile(wikiPath, {branch: 'other', file: 'earlier.txt'});
	const later = await commitFile(wikiPath, {branch: 'other', file: 'later.txt'});
	await runStateless(makeStore(place));

	await branch(wikiPath, 'other', earlier);
	acme.clock.advance(60_000);
	await runStateless(makeStore(twin));
	await branch(wikiPath, 'other', later);
	// The record of the first run counts, since it has sent something after the second.
	acme.clock.advance(60_000);
	await commitFile(path);
	await runStateless(makeStore(place));
	cpSync(twin, place, {recursive: true, force: false});

	expect((await runStateless(makeStore(place))).exitCode).toBe(exitCodes.done);
	const folder = makeTemporaryFolder();
	await fetchAll(makeStore(place), folder);
	await expectWhole(wikiPath, join(folder, 'acme', 'acme#api', 'wiki'), []);
});

const gitFailed = {kind: 'git-failed', detail: 'signal 9'} as const;

it('a quiet night that cannot join what two runs sent at once is not complete, and the next one joins it by one step', async () => {
	const place = join(makeTemporaryFolder(), 'store');
	const twin = join(makeTemporaryFolder(), 'twin');
	const store = makeStore(place);
	const {path} = await acme.add('api');
	await runStateless(store);
	await commitFile(path);
	cpSync(place, twin, {recursive: true});
	await runStateless(store);
	await runStateless(makeStore(twin));
	cpSync(twin, place, {recursive: true, force: false});

	const readChain = async () => {
		const source = (await readIndexes(openFetching(store))).get('acme');
		return Object.values(source?.repos ?? {})[0]?.parts['repo'];
	};
	const sent = await readChain();
	expect(sent?.heads).toHaveLength(2);
	const {exitCode} = await runStateless(store, (world) => ({
		...world,
		connect: (...given) => {
			const {git: whole, bitbucket} = world.connect(...given);
			const createHollowMirror = () => Promise.reject(new FailureError(gitFailed));
			return {bitbucket, git: {...whole, createHollowMirror}};
		},
	}));
	expect(exitCode).toBe(exitCodes.incomplete);
	const {runs = []} = (await readIndexes(openFetching(store))).get('acme') ?? {};
	expect(parseRunLines(runs.join('\n')).at(-1)).toMatchObject({complete: false, exitCode});
	expect((await readChain())?.heads).toHaveLength(2);

	await runStateless(store);
	const joined = await readChain();
	expect(joined?.heads).toHaveLength(1);
	expect(sent?.heads).not.toContain(joined?.heads[0]);
	await runStateless(store);
	expect(await readChain()).toEqual(joined);
});
