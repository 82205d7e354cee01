import {tmpdir} from 'node:os';
import {StopError} from '../../domain/failure/failure.ts';
import type {Git} from '../../ports.ts';
import {credentialConfig} from './credential-config.ts';
import {type GitConfig, isolatedEnvironment} from './environment.ts';
import {historyMethods} from './history-store.ts';
import {keptMethods} from './kept-commits.ts';
import {maintenanceMethods} from './maintenance.ts';
import {mirrorMethods} from './mirror.ts';
import {readNetworkConfig} from './network-config.ts';
import {restoreMethod} from './restore.ts';
import {type GitCommand, runGit} from './run-git.ts';
import {transferMethods} from './transfer.ts';

/** Runs one git command in the environment that belongs to this source. */
export type RunGit = (command: GitCommand) => Promise<string>;

export type GitOptions = {
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** The `authorization` header that signs in; undefined for public repositories only. */
	readonly authorization: () => string | undefined;
	/** The only origin that it is sent to, `https://bitbucket.org`. */
	readonly origin: string;
	/** Marks this run's processes. */
	readonly run: string;
};

/** Between folders on this disk, and only there, git may read a path. */
const localConfig: GitConfig = [['protocol.file.allow', 'always']];

const installAdvice =
	'Cistern drives the git that is installed. Install git 2.30 or newer: https://git-scm.com/downloads';

/** The `Git` port over simple-git. Starts no process before a method needs one. */
export const openGit = (options: GitOptions): Git => {
	const {environment, authorization, origin, run} = options;
	const local = isolatedEnvironment(environment, run, localConfig);
	let remote: Promise<Record<string, string>> | undefined;

	const runLocal: RunGit = (command) => runGit(command, local);
	const runRemote: RunGit = async (command) => {
		remote ??= readNetworkConfig(environment).then((network: GitConfig) =>
			isolatedEnvironment(environment, run, [
				...network,
				...credentialConfig(authorization(), origin),
			]),
		);
		return runGit(command, await remote);
	};

	return {
		readVersion: () => readVersion(runLocal),
		...mirrorMethods(runLocal),
		...transferMethods(runRemote, runLocal),
		...historyMethods(runLocal),
		...keptMethods(runLocal),
		...maintenanceMethods(runLocal),
		restore: restoreMethod(runLocal),
	};
};

const readVersion = async (run: RunGit): Promise<string> => {
	const answer = await run({args: ['version'], folder: tmpdir()}).catch(() => {
		throw new StopError('git was not found.', {advice: installAdvice});
	});
	const [version = '', major = '0', minor = '0'] = /(\d+)\.(\d+)[.\d]*/.exec(answer) ?? [];
	if (Number(major) < 2 || (Number(major) === 2 && Number(minor) < 30)) {
		throw new StopError(`git ${version} is too old.`, {advice: installAdvice});
	}

	return version;
};
