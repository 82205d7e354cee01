import {execFile, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Sandbox, startSandbox} from '../../source/sandbox/start-sandbox.ts';
import {addAccess, canaryToken} from '../helpers/backup.ts';

const packages = process.env['PACKAGES'] ?? '';
const {version}: {version: string} = JSON.parse(readFileSync('package.json', 'utf8'));
const architecture = process.arch === 'x64' ? 'amd64' : 'arm64';
const image = `cistern:${version}`;
const container = `cistern-test-${process.pid}`;
const hasDocker = packages !== '' && spawnSync('docker', ['info']).status === 0;

const docker = async (...words: readonly string[]): Promise<string> => {
	const {stdout, stderr} = await promisify(execFile)('docker', words);
	return `${stdout}${stderr}`.trim();
};

/** The first word of the engine about the health of the container. */
const firstHealth = async (): Promise<string> => {
	const words = ['--since', '0', '--filter', `container=${container}`];
	const events = spawn('docker', [
		'events',
		...words,
		'--filter',
		'event=health_status',
		'--format',
		'{{.Status}}',
	]);
	const [line] = await once(events.stdout, 'data');
	events.kill();
	return String(line).trim();
};

describe.skipIf(!hasDocker)('the image in Docker (npm run package:test, needs its engine)', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		await docker(
			'load',
			'--input',
			resolve(packages, `cistern-${version}-image-${architecture}.tar`),
		);
		sandbox = await startSandbox();
		addAccess(sandbox);
		sandbox.addWorkspace({slug: 'acme'});
		sandbox.addRepository({workspace: 'acme', slug: 'api'});
		const settings = {
			CISTERN_WORKSPACE: 'acme',
			CISTERN_TYPE: 'org',
			CISTERN_AUTH_NAME: 'ann',
			CISTERN_API_AUTH_NAME: 'ann@example.com',
			CISTERN_API_URL: sandbox.apiUrl,
			CISTERN_TOKEN: canaryToken,
		};
		await docker(
			...['run', '--detach', '--name', container, '--network', 'host'],
			...['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL'],
			...['--security-opt', 'no-new-privileges', '--health-interval', '1s'],
			...Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
			...[image, '--yes', '--wait', '--every', '1d'],
		);
	}, 300_000);

	afterAll(async () => {
		await docker('rm', '--force', '--volumes', container);
		await sandbox.close();
	});

	it('answers with its version', async () => {
		expect(await docker('run', '--rm', '--network', 'none', image, '--version')).toBe(version);
	});

	it('is healthy once it has backed up, with a root that cannot be written', async () => {
		expect(await firstHealth()).toBe('health_status: healthy');
		expect(await docker('exec', container, 'cistern', 'status')).toContain(
			'last complete backup just now',
		);
	});

	it('runs below tini, as a user without rights, and ends at docker stop', async () => {
		const look = 'cat /proc/1/comm; id -u; grep CapEff /proc/1/status';
		expect((await docker('exec', container, 'sh', '-c', look)).split('\n')).toEqual([
			'tini',
			'1000',
			'CapEff:\t0000000000000000',
		]);
		await docker('stop', container);
		expect(await docker('inspect', '--format', '{{.State.ExitCode}}', container)).toBe('0');
	});
});
