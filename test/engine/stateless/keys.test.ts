import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {makeKeyPair} from '../../../source/adapters/seal/age.ts';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {Secret} from '../../../source/domain/settings/settings.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {placeOf, pointerTo, sha256} from '../../helpers/lfs-files.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {fetchBackup, makeStore} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, forcePush, readOid, readRefs} from '../../helpers/upstream.ts';
import {runVerify} from '../../helpers/verify.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

it('a new key of the run needs the old one once: what changes later is sent whole, and nothing is lost', async () => {
	const place = join(makeTemporaryFolder(), 'store');
	const [recovery, old, next] = [await makeKeyPair(), await makeKeyPair(), await makeKeyPair()];
	const night = (runner: string, ...identities: readonly string[]) =>
		runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox)], {
			clock: acme.clock,
			run: keptIn(
				makeStore(place, {recipients: [recovery.recipient], runner: new Secret(runner)}),
				[runner, ...identities],
			),
		});
	const api = await acme.add('api');
	await acme.add('web');
	for (const content of ['one', 'two']) {
		acme.sandbox.putLfs(api, content);
		await commitFile(api.path, {file: `${content}.psd`, content: pointerTo(content)});
	}

	await night(old.identity);
	const stranger = await night(next.identity);
	expect(stranger.exitCode).toBe(exitCodes.failed);
	expect(stranger.reports[0]?.problem).toMatchObject({kind: 'identity-refused', store: 'offsite'});
	expect((await night(next.identity, old.identity)).exitCode).toBe(exitCodes.done);

	const seen = await readOid(api.path, 'main');
	await forcePush(api.path);
	const {exitCode, outcomes, events, reports} = await night(next.identity);
	expect(exitCode).toBe(exitCodes.done);
	expect(reports[0]?.lost).toEqual([]);
	expect(outcomes.get('acme/api')?.result).toBe('saved');
	expect(outcomes.get('acme/web')?.result).toBe('unchanged');
	const notices = events.flatMap((event) => (event.type === 'noticed' ? event.text : []));
	expect(notices).toEqual([
		expect.stringContaining('acme/api in the store is not sealed for the key of this run'),
	]);

	await commitFile(api.path, {file: 'more.txt'});
	const later = await night(next.identity);
	expect(later.outcomes.get('acme/api')).toMatchObject({changes: {forwarded: 1}});
	expect(later.events.filter(({type}) => type === 'noticed')).toEqual([]);

	const folder = makeTemporaryFolder();
	const store = makeStore(place, {recipients: [recovery.recipient]});
	const end = await fetchBackup(store, folder, acme.clock, [recovery.identity]);
	expect(end).toMatchObject({failed: new Map(), lost: []});
	const mirror = join(folder, 'acme', 'acme#api', 'repo');
	expect(await readOid(mirror, 'main')).toBe(await readOid(api.path, 'main'));
	const kept = await readRefs(mirror, 'refs/cistern/kept/');
	expect([...kept.values()]).toEqual([seen]);
	for (const content of ['one', 'two']) {
		expect(existsSync(placeOf(mirror, sha256(content)))).toBe(true);
	}

	expect((await runVerify({folder, clock: acme.clock})).exitCode).toBe(exitCodes.done);
});

it('a store that a folder filled without a key of the run needs that of a recipient once', async () => {
	const place = join(makeTemporaryFolder(), 'store');
	const [recovery, runner] = [await makeKeyPair(), await makeKeyPair()];
	const night = (...identities: readonly string[]) => {
		const seal = {recipients: [recovery.recipient], runner: new Secret(runner.identity)};
		return runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox)], {
			clock: acme.clock,
			run: keptIn(makeStore(place, seal), [runner.identity, ...identities]),
		});
	};
	const {path} = await acme.add('api');
	const before = makeStore(place, {recipients: [recovery.recipient]});
	await acme.run({source: {stores: [before]}});
	await forcePush(path);
	expect((await night()).exitCode).toBe(exitCodes.failed);
	expect((await night(recovery.identity)).outcomes.get('acme/api')?.result).toBe('saved');
	await forcePush(path);
	const {exitCode, outcomes} = await night();
	expect(exitCode).toBe(exitCodes.done);
	expect(outcomes.get('acme/api')).toMatchObject({changes: {rewritten: 1}});
});
