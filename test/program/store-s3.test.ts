import {appendFileSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {makeKeyPair} from '../../source/adapters/seal/age.ts';
import {canaryToken} from '../helpers/backup.ts';
import {allowedBy, findInPage, readPolicy, rightsIn} from '../helpers/policy.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {rightsOf, startS3} from '../helpers/s3/s3.ts';
import {commitFile} from '../helpers/upstream.ts';
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

/** Of docs/off-site.md: the rights of the machine that backs up, and of the one that brings a backup back. */
const mayAddAndList = allowedBy(readPolicy('off-site.md'));
const recovery = findInPage('off-site.md', /To bring a backup back, other keys .*/);
const ofRecovery: Readonly<Record<string, ReadonlySet<string>>> = {
	aws: rightsIn(recovery.replaceAll(/\(.*?\)/g, '')),
	b2: rightsIn(/B2: [^;]*/.exec(recovery)?.[0] ?? ''),
	r2: rightsIn(/R2: [^)]*/.exec(recovery)?.[0] ?? ''),
};

type Log = Awaited<ReturnType<typeof startS3>>['log'];

/** Every right that was needed for anything but a trial. */
const neededFor = (log: Log): readonly string[] => {
	const asked = log.filter(({key}) => !key.startsWith('cistern/probe/'));
	expect(asked.filter(({status}) => status === 403)).toEqual([]);
	return [...new Set(asked.flatMap(rightsOf))].toSorted();
};

describe('a store on S3', () => {
	it('is filled with the right to add and to list alone, and brings everything back', async () => {
		const {path} = await acme.add('api');
		const {s3, home, key, run} = await setUp();
		s3.addUser({...user, allows: mayAddAndList});

		const said: string[] = [];
		for (const words of [['--yes'], ['--yes'], ['check'], ['status', '--store', 'offsite']]) {
			const {exitCode, stdout, stderr} = await run(...words);
			expect(exitCode, stdout + stderr).toBe(0);
			said.push(stdout, stderr);
		}

		await commitFile(path);
		await run('--yes', '--no-send');
		expect(await run('send')).toMatchObject({exitCode: 0});
		expect(s3.bucket.violations.filter((one) => !one.includes('/probe/'))).toEqual([]);
		const names = [...s3.bucket.contents().keys()].join('\n');
		expect(names).not.toContain('api');
		expect(names.split('\n').every((name) => name.startsWith('cistern/'))).toBe(true);
		const everything = Buffer.concat([...s3.bucket.contents().values()]).toString('latin1');
		expect(everything + names).not.toMatch(/refs\/heads|acme/);
		const asked = s3.log.map(
			({key, query, headers}) => `${key} ${query} ${JSON.stringify(headers)}`,
		);
		const kept = readdirSync(home.backup, {recursive: true, withFileTypes: true})
			.filter((entry) => entry.isFile())
			.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
		expect([...said, everything, ...asked, ...kept].join('\n')).not.toMatch(/canary|AGE-SECRET/);
		const needed = neededFor(s3.log.splice(0));
		expect(needed).toEqual(['s3:ListBucket', 's3:PutObject']);
		const [b2, r2] = ['Backblaze B2', 'Cloudflare R2'].map((store) =>
			rightsIn(findInPage('off-site.md', new RegExp(`\\| ${store} \\|.*`))),
		);
		expect(needed.filter((right) => !b2?.has(right) || !r2?.has(right))).toEqual([]);

		s3.addUser({...user, allows: (right) => ofRecovery['aws']?.has(right) ?? false});
		const to = join(home.folder, 'rescued');
		const from = ['--store', 'offsite', '--identity', key];
		for (const words of [
			['fetch', ...from, '--to', to],
			['restore', 'api', ...from, '--to', join(home.folder, 'restored')],
			['status', ...from],
		]) {
			const {exitCode, stdout, stderr} = await run(...words);
			expect(exitCode, stdout + stderr).toBe(0);
		}

		const verified = await run('verify', ...from, '--deep');
		expect(verified.exitCode, verified.stderr).toBe(0);
		expect(verified.stdout).toContain('The newest objects are locked (3 were asked).');

		for (const right of neededFor(s3.log)) {
			expect(Object.values(ofRecovery).every((rights) => rights.has(right))).toBe(true);
		}

		const {exitCode} = await runVerify({folder: join(to, 'acme'), clock: acme.clock});
		expect(exitCode).toBe(0);
	});

	it('lets a machine with the rights of docs/off-site.md read no bundle and delete nothing, in any store', () => {
		const place = 'cistern/repos/d7653ac0-c855-40fc-a610-c8374a99f780/';
		const rights = ['GetObject', 'GetObjectVersion', 'DeleteObject', 'DeleteObjectVersion'];
		const name = `${place}20261129T020040945Z-5d12c7ae.repo.bundle.age`;
		expect(rights.filter((right) => mayAddAndList(`s3:${right}`, name))).toEqual([]);
		for (const store of ['AWS', 'MinIO', 'Ceph']) {
			expect(findInPage('off-site.md', new RegExp(`\\| ${store} \\|.*`))).toContain(
				'the policy below',
			);
		}

		// To delete without naming a version only hides.
		const b2 = rightsIn(findInPage('off-site.md', /\| Backblaze B2 \|.*/));
		expect(rights.filter((right) => b2.has(`s3:${right}`))).toEqual(['DeleteObject']);
		// R2 has no such keys, and the page says what prevents a deletion there.
		expect(findInPage('off-site.md', /\| Cloudflare R2 \|.*/)).toContain('bucket lock rule');
		const withRetention = findInPage('off-site.md', /With `retention` in the settings.*/);
		expect(rightsIn(withRetention.split('To bring')[0] ?? '')).toEqual(
			new Set(['s3:PutObjectRetention']),
		);
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
		const {exitCode, stdout} = await run('check', '--identity', key);
		const lines = stdout.replaceAll(/ {2,}/g, ' ').split('\n');
		expect(exitCode).toBe(0);
		expect(stdout).toContain(`\noffsite, ${new URL(s3.endpoint).host}/acme-git/cistern\n`);
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
