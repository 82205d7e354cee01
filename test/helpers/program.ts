import {type ChildProcess, spawn} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {onTestFinished} from 'vitest';
import type {Sandbox} from '../../source/sandbox/start-sandbox.ts';
import {canaryToken} from './backup.ts';
import {sharedCache} from './shared-cache.ts';
import {makeTemporaryFolder} from './temporary-folder.ts';

export type ProgramResult = {
	readonly exitCode: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
};

export type RunningProgram = {
	readonly child: ChildProcess;
	readonly result: Promise<ProgramResult>;
	/** All it has printed so far. */
	output(): string;
};

/** A home of its own for the program, with nothing of this machine's user in it. */
export type Home = {
	readonly folder: string;
	readonly backup: string;
	readonly settings: string;
	/** `through` is a command that starts the program. */
	start(
		args: readonly string[],
		environment?: Record<string, string>,
		through?: readonly string[],
	): RunningProgram;
	run(...start: Parameters<Home['start']>): Promise<ProgramResult>;
};

/**
 * The words that start the bundled program, without threads of V8's: each git that it starts is a fork
 * of it, and dearer for each thread.
 */
export const program = [process.execPath, '--v8-pool-size=0', resolve('dist/cli.js')] as const;

/**
 * The bundled program as a user starts it, in an empty home with a settings file for a sandbox. Its
 * backup is in the home too where no other folder is given.
 */
export const makeHome = (
	sandbox: Pick<Sandbox, 'apiUrl'>,
	changes: Record<string, string> = {},
	backupFolder?: string,
): Home => {
	const folder = makeTemporaryFolder();
	const backup = backupFolder ?? join(folder, 'backup');
	const settings = join(folder, 'settings.yml');
	for (const name of ['home', 'tmp']) {
		mkdirSync(join(folder, name));
	}

	const fields = {
		title: 'acme',
		hoster: 'bitbucket',
		type: 'org',
		name: 'acme',
		authName: 'ann',
		apiAuthName: 'ann@example.com',
		password: `'${canaryToken}'`,
		apiUrl: sandbox.apiUrl,
		...changes,
	};
	const lines = Object.entries(fields).map(([key, value]) => `    ${key}: ${value}`);
	const source = lines.join('\n').replace('    title', '  - title');
	writeFileSync(settings, `localFolder: ${backup}\nsources:\n${source}\n`, {mode: 0o600});

	const start: Home['start'] = (args, environment = {}, through = []) => {
		let stdout = '';
		let stderr = '';
		const [command = '', ...rest] = [...through, ...program];
		const child = spawn(command, [...rest, '--config', settings, ...args], {
			cwd: folder,
			stdio: ['ignore', 'pipe', 'pipe'],
			env: {
				PATH: process.env['PATH'],
				HOME: join(folder, 'home'),
				TMPDIR: join(folder, 'tmp'),
				...sharedCache(),
				...environment,
			},
		});
		onTestFinished(() => void child.kill('SIGKILL'));
		child.stdout.on('data', (chunk: Buffer) => {
			stdout += chunk.toString('utf8');
		});
		child.stderr.on('data', (chunk: Buffer) => {
			stderr += chunk.toString('utf8');
		});
		return {
			child,
			output: () => stdout + stderr,
			result: new Promise((finish) => {
				child.once('close', (exitCode, signal) => finish({exitCode, signal, stdout, stderr}));
			}),
		};
	};

	return {
		folder,
		backup,
		settings,
		start,
		run: (...given) => start(...given).result,
	};
};
