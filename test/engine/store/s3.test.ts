import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {generateIdentity, identityToRecipient} from 'age-encryption';
import {expect, it, onTestFinished} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {Secret} from '../../../source/domain/settings/settings.ts';
import {startS3} from '../../helpers/s3/s3.ts';
import {fetchAll, makeStore, openFetching} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, readRefs} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

it('a bucket gets everything sealed, under names that tell nothing, and gives it back to the key alone', async () => {
	const s3 = await startS3();
	onTestFinished(s3.close);
	const user = {accessKeyId: 'AKIDANN', secretAccessKey: 'secret/of+ann'};
	s3.addUser(user);
	const identity = await generateIdentity();
	const store = makeStore(makeTemporaryFolder(), {
		recipients: [await identityToRecipient(identity)],
		place: {
			type: 's3',
			title: 'offsite',
			endpoint: s3.endpoint,
			region: s3.region,
			bucket: s3.bucketName,
			prefix: 'cistern',
			pathStyle: true,
			keys: {
				kind: 'given',
				accessKeyId: user.accessKeyId,
				secretAccessKey: new Secret(user.secretAccessKey),
				sessionToken: undefined,
			},
			retention: undefined,
		},
	});
	const source = {stores: [store]};
	const {path} = await acme.add('secret-project');
	expect((await acme.run({source})).exitCode).toBe(exitCodes.done);
	await commitFile(path);
	expect((await acme.run({source})).exitCode).toBe(exitCodes.done);

	const fetching = openFetching(store);
	const names: string[] = [];
	for await (const {name} of fetching.store.list('', {signal: fetching.signal})) {
		names.push(name);
	}

	expect(names).toHaveLength(6);
	expect(names.filter((name) => !name.endsWith('.age') || /secret|acme/.test(name))).toEqual([]);
	await expect(fetchAll(store, makeTemporaryFolder())).rejects.toMatchObject({
		failure: {kind: 'identity-refused'},
	});
	const folder = makeTemporaryFolder();
	mkdirSync(join(folder, 'acme'));
	await fetchAll(store, folder, [identity]);
	const mirror = join(folder, 'acme', 'acme#secret-project', 'repo');
	expect(await readRefs(mirror, 'refs/')).toEqual(
		await readRefs(acme.mirror('secret-project'), 'refs/'),
	);
});

it('keys that are refused end with 12, and the backup itself is whole', async () => {
	const s3 = await startS3();
	onTestFinished(s3.close);
	const store = makeStore(makeTemporaryFolder(), {
		place: {
			type: 's3',
			title: 'offsite',
			endpoint: s3.endpoint,
			region: s3.region,
			bucket: s3.bucketName,
			prefix: '',
			pathStyle: true,
			keys: {
				kind: 'given',
				accessKeyId: 'AKIDBEN',
				secretAccessKey: new Secret('wrong'),
				sessionToken: undefined,
			},
			retention: undefined,
		},
	});
	const local = makeStore(join(makeTemporaryFolder(), 'local'), {title: 'local'});
	await acme.add('api');
	const {exitCode, reports, outcomes} = await acme.run({source: {stores: [store, local]}});
	expect(exitCode).toBe(exitCodes.refused);
	expect(outcomes.get('acme/api')).toMatchObject({result: 'saved'});
	expect(reports[0]?.gaps).toMatchObject([{repository: 'acme', place: 'in the store offsite'}]);
	expect(reports[0]?.json).toMatchObject({
		stores: [
			{store: 'offsite', complete: false},
			{store: 'local', complete: true, sent: 1},
		],
	});
});
