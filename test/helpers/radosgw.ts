import {type ChildProcess, execFile, spawn, spawnSync} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {vi} from 'vitest';
import {endAll, freePort, openAdmin} from './s3-server.ts';

/** Ceph with its S3 gateway. */
export const requireRadosgw = (): void => {
	const programs = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin'];
	if (programs.some((program) => spawnSync(program, ['--version']).status !== 0)) {
		throw new Error('radosgw is not installed here: apt-get install ceph-mon ceph-osd radosgw');
	}
};

/** The owner of all buckets, and a user who has only the rights that a bucket gives. */
const owner = {accessKeyId: 'AKIAOWNER', secretAccessKey: 'secretsecret'};
const writer = {accessKeyId: 'AKIAWRITER', secretAccessKey: 'othersecret'};

const run = promisify(execFile);

/** One monitor, one disk in memory, one gateway. `cephx`: without it, radosgw waits for ever. */
const makeConfiguration = (folder: string, ports: readonly number[]): string => `[global]
fsid = ${randomUUID()}
mon host = [v2:127.0.0.1:${ports[0]},v1:127.0.0.1:${ports[1]}]
mon initial members = a
ms bind ipv6 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
run dir = ${folder}/run
admin socket = ${folder}/run/$name.asok
log file = ${folder}/log/$name.log
keyring = ${folder}/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data avail crit = 1
mon warn on pool no redundancy = false
mon pg warn min per osd = 0
[mon.a]
mon data = ${folder}/mon
[osd.0]
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd class load list = *
osd class default list = *
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${ports[2]}
rgw dns name = localhost
rgw enable usage log = false
rgw run sync thread = false
rgw enable gc threads = false
rgw enable lc threads = false
`;

/** Boots a real S3 server in memory. Takes about 15 s and 200 MB. */
export const startRadosgw = async () => {
	const folder = mkdtempSync(join(tmpdir(), 'cistern-radosgw-'));
	for (const name of ['mon', 'osd', 'run', 'log']) {
		mkdirSync(join(folder, name));
	}

	const ports = [await freePort(), await freePort(), await freePort()];
	const conf = join(folder, 'ceph.conf');
	const keyring = join(folder, 'keyring');
	const configuration = makeConfiguration(folder, ports);
	const fsid = /fsid = (\S+)/.exec(configuration)?.[1] ?? '';
	writeFileSync(conf, configuration);
	const daemons: ChildProcess[] = [];
	const start = (program: string, ...words: readonly string[]): void => {
		const out = openSync(join(folder, 'log', `${program}.out`), 'w');
		daemons.push(spawn(program, ['-f', '-c', conf, ...words], {stdio: ['ignore', out, out]}));
	};

	const everything = ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *'];
	const authtool = (...words: readonly string[]) => run('ceph-authtool', [keyring, ...words]);
	await authtool('--create-keyring', '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *');
	for (const name of ['client.admin', 'client.rgw', 'osd.0']) {
		await authtool('--gen-key', '-n', name, ...everything);
	}

	const map = join(folder, 'monmap');
	const address = `[v2:127.0.0.1:${ports[0]},v1:127.0.0.1:${ports[1]}]`;
	await run('monmaptool', ['--create', '--addv', 'a', address, '--fsid', fsid, map]);
	await run('ceph-mon', ['-c', conf, '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring]);
	start('ceph-mon', '-i', 'a');
	const disk = randomUUID();
	await vi.waitFor(() => run('ceph', ['-c', conf, 'osd', 'new', disk, '0'], {timeout: 20_000}), {
		timeout: 60_000,
		interval: 500,
	});
	// It complains about a journal that a disk in memory does not have.
	await run('ceph-osd', ['-c', conf, '-i', '0', '--mkfs', '--osd-uuid', disk]).catch(() => {});
	start('ceph-osd', '-i', '0');
	start('radosgw', '-n', 'client.rgw');
	const endpoint = `http://127.0.0.1:${ports[2]}`;
	await vi.waitFor(() => fetch(endpoint), {timeout: 90_000, interval: 500});
	for (const [name, keys] of Object.entries({owner, writer})) {
		const words = ['user', 'create', `--uid=${name}`, `--display-name=${name}`];
		const ofUser = [`--access-key=${keys.accessKeyId}`, `--secret-key=${keys.secretAccessKey}`];
		await run('radosgw-admin', ['-c', conf, '-n', 'client.rgw', ...words, ...ofUser]);
	}

	const {client, makeBucket} = openAdmin(endpoint, owner);
	return {
		endpoint,
		owner,
		writer,
		/** Gives the writer rights on a bucket. `statements`: of a policy of AWS, without its principal. */
		allow: async (bucket: string, statements: readonly object[]): Promise<void> => {
			const Principal = {AWS: ['arn:aws:iam:::user/writer']};
			const policy = {
				Version: '2012-10-17',
				Statement: statements.map((statement) => ({...statement, Principal})),
			};
			const {ok, status} = await client.fetch(`${endpoint}/${bucket}?policy`, {
				method: 'PUT',
				body: JSON.stringify(policy),
			});
			if (!ok) {
				throw new Error(`the policy was refused: ${status}`);
			}
		},
		makeBucket,
		stop: async (): Promise<void> => {
			await endAll(daemons);
			rmSync(folder, {recursive: true, force: true});
		},
	};
};
