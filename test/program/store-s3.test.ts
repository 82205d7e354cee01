import {appendFileSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {makeKeyPair} from '../../source/adapters/seal/age.ts';
import {startS3} from '../../source/sandbox/s3/s3.ts';
import {canaryToken} from '../helpers/backup.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {runVerify} from '../helpers/verify.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const user = {accessKeyId: 'AKIDCISTERN', secretAccessKey: 'canary/of+the+store'};

const setUp = async () => {
	const s3 = await startS3();
	onTestFinished(s3.close);
	const home = makeHome(acme.sandbox);
	const {identity, recipient} = await makeKeyPair();
	const key = join(home.folder, 'key.txt');
	writeFileSync(key, `${identity}\n`);
	const stores = [
		'stores:',
		'  - title: offsite',
		'    type: s3',
		`    endpoint: ${s3.endpoint}`,
		`    bucket: ${s3.bucketName}`,
		'    prefix: cistern',
		`    accessKeyId: ${user.accessKeyId}`,
		"    secretAccessKey: '%STORE_SECRET%'",
		`    recipients: [${recipient}]`,
		'',
	];
	appendFileSync(home.settings, stores.join('\n'));
	const run = (...words: readonly string[]) =>
		runHere(home, words, {STORE_SECRET: user.secretAccessKey, LANG: 'C.UTF-8'});
	return {s3, home, key, run};
};

/** The rights that docs/off-site.md asks for: those of this machine, and those that bring a backup back. */
const mayAddAndList = (action: string, key: string): boolean =>
	action === 's3:PutObject' ? key.startsWith('cistern/') : action === 's3:ListBucket';
const mayReadAndList = (action: string): boolean =>
	action === 's3:GetObject' || action === 's3:ListBucket';

describe('a store on S3', () => {
	it('is filled with the right to add and to list alone, and brings everything back', async () => {
		await acme.add('api');
		const {s3, home, key, run} = await setUp();
		s3.addUser({...user, allows: mayAddAndList});

		const saved = await run('--yes');
		expect(saved).toMatchObject({exitCode: 0});
		const again = await run('--yes');
		expect(again).toMatchObject({exitCode: 0});
		expect(s3.bucket.violations).toEqual([]);
		const names = [...s3.bucket.contents().keys()].join('\n');
		expect(names).not.toContain('api');
		expect(names.split('\n').every((name) => name.startsWith('cistern/'))).toBe(true);
		const everything = Buffer.concat([...s3.bucket.contents().values()]).toString('latin1');
		expect(everything + names).not.toMatch(/refs\/heads|acme/);
		const said = [saved, again].map(({stdout, stderr}) => stdout + stderr).join('');
		const asked = s3.log.map(
			({key, query, headers}) => `${key} ${query} ${JSON.stringify(headers)}`,
		);
		const kept = readdirSync(home.backup, {recursive: true, withFileTypes: true})
			.filter((entry) => entry.isFile())
			.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
		expect([said, everything, ...asked, ...kept].join('\n')).not.toMatch(/canary|AGE-SECRET/);

		s3.addUser({...user, allows: mayReadAndList});
		const to = join(home.folder, 'rescued');
		const from = ['--store', 'offsite', '--identity', key];
		for (const words of [
			['fetch', ...from, '--to', to],
			['verify', ...from, '--deep'],
		]) {
			expect(await run(...words)).toMatchObject({exitCode: 0});
		}

		const {exitCode} = await runVerify({folder: join(to, 'acme'), clock: acme.clock});
		expect(exitCode).toBe(0);
	});

	it('that refuses its keys is named, and the backup is whole', async () => {
		await acme.add('api');
		const {s3, run} = await setUp();
		s3.addUser({...user, secretAccessKey: 'another'});
		const {exitCode, stderr} = await run('--yes');
		expect(exitCode).toBe(12);
		expect(stderr).toContain('offsite');
		expect(stderr).toContain('SignatureDoesNotMatch');
		expect(stderr).not.toContain(canaryToken);
	});

	it('is tried by the check, which names each risk and ends with 0', async () => {
		await acme.add('api');
		const {s3, key, run} = await setUp();
		s3.addUser(user);
		await run('--yes');
		const {exitCode, stdout, stderr} = await run('check', '--identity', key);
		const lines = stdout.replaceAll(/ {2,}/g, ' ').split('\n');
		expect(exitCode).toBe(0);
		expect(stderr).toContain(`offsite, ${new URL(s3.endpoint).host}/acme-git/cistern`);
		expect(lines).toEqual(
			expect.arrayContaining([
				' ! seal for 1 public key',
				' ✔ writing new objects can be written',
				' ✔ deletion these keys cannot delete objects for good',
				' ✔ secret key it opens the newest index: acme',
			]),
		);
		const {stdout: json} = await run('check', '--json');
		expect(JSON.parse(json.trim().split('\n').at(-1) ?? '')).toMatchObject({
			type: 'store-access',
			store: 'offsite',
			exitCode: 0,
		});
	});

	it('is tried by the check, which ends with 12 if nothing can be written', async () => {
		await acme.add('api');
		const {s3, run} = await setUp();
		s3.addUser({...user, allows: () => false});
		const {exitCode, stdout} = await run('check');
		expect(exitCode).toBe(12);
		expect(stdout).toContain('AccessDenied');
	});
});
