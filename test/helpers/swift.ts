import {type ChildProcess, execFile, spawn, spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {vi} from 'vitest';
import {endAll, freePort, openAdmin} from './s3-server.ts';

/** OpenStack Swift with its S3 middleware, which refuses conditions and locks nothing. */
export const requireSwift = (): void => {
	const programs = ['proxy', 'account', 'container', 'object'].map((one) => `swift-${one}-server`);
	if (programs.some((program) => spawnSync('which', [program]).status !== 0)) {
		throw new Error(
			'Swift is not installed here: apt-get install swift-proxy swift-account swift-container swift-object',
		);
	}
};

const owner = {accessKeyId: 'test:owner', secretAccessKey: 'secretsecret'};

const run = promisify(execFile);

const kinds = ['account', 'container', 'object'] as const;

/** The part that all four servers have in common. `workers`: none, so that one process serves. */
const makeCommon = (folder: string, port: number): string => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = ${userInfo().username}
swift_dir = ${folder}
devices = ${folder}/nodes
mount_check = false
disable_fallocate = true
fallocate_reserve = 0
`;

/** Nothing listens at the address of the cache, and Swift goes on without it. */
const makeProxy = (folder: string, port: number): string => `${makeCommon(folder, port)}
[pipeline:main]
pipeline = catch_errors gatekeeper cache s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:9
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_owner = ${owner.secretAccessKey} .admin
[filter:slo]
use = egg:swift#slo
`;

const makeServer = (
	kind: string,
	folder: string,
	port: number,
): string => `${makeCommon(folder, port)}
[pipeline:main]
pipeline = ${kind}-server
[app:${kind}-server]
use = egg:swift#${kind}
`;

/** Boots Swift with one disk, which is a folder. */
export const startSwift = async () => {
	const folder = mkdtempSync(join(tmpdir(), 'cistern-swift-'));
	mkdirSync(join(folder, 'nodes', 'disk'), {recursive: true});
	writeFileSync(
		join(folder, 'swift.conf'),
		'[swift-hash]\nswift_hash_path_suffix = of-a-test\n[storage-policy:0]\nname = one\ndefault = yes\n',
	);
	const daemons: ChildProcess[] = [];
	const start = (kind: string, text: string): void => {
		const conf = join(folder, `${kind}-server.conf`);
		writeFileSync(conf, text);
		const out = openSync(join(folder, `${kind}.out`), 'w');
		const words = [conf, '--verbose'];
		daemons.push(spawn(`swift-${kind}-server`, words, {stdio: ['ignore', out, out]}));
	};

	for (const kind of kinds) {
		const port = await freePort();
		const ring = (...words: readonly string[]) =>
			run('swift-ring-builder', [join(folder, `${kind}.builder`), ...words]);
		await ring('create', '2', '1', '1');
		await ring('add', `r1z1-127.0.0.1:${port}/disk`, '1');
		await ring('rebalance');
		start(kind, makeServer(kind, folder, port));
	}

	const port = await freePort();
	start('proxy', makeProxy(folder, port));
	const endpoint = `http://127.0.0.1:${port}`;
	await vi.waitFor(() => fetch(endpoint), {timeout: 60_000, interval: 500});
	const {makeBucket} = openAdmin(endpoint, owner);
	return {
		endpoint,
		owner,
		makeBucket,
		stop: async (): Promise<void> => {
			await endAll(daemons);
			rmSync(folder, {recursive: true, force: true});
		},
	};
};
