import {GitError} from 'simple-git';
import {FailureError} from '../../domain/failure/failure.ts';
import type {Environment} from '../../domain/settings/variables.ts';
import {type GitConfig, isolatedEnvironment} from './environment.ts';
import {shortenWords} from './git-failure.ts';
import {readNetworkConfig, settingFor} from './network-config.ts';
import {anywhere, codeOfStart, GitExit, runGit, startLimit} from './run-git.ts';

/** The git of this machine, shared by all sources of a run. Starts no process before it is asked. */
export type InstalledGit = {
	readonly environment: Environment;
	/** Throws `git-unusable` where there is none or it is too old. Looks once. */
	requireUsable(): Promise<void>;
	/** The network settings of the user's own git. Reads them once. */
	readNetworkConfig(): Promise<GitConfig>;
	/** The user's own `http.<name>` for an address; undefined as well where there is no usable git. */
	readNetworkSetting(name: string, url: URL): Promise<string | undefined>;
};

/** Configuration by `GIT_CONFIG_GLOBAL`, which isolates git from the user's, came with 2.32. */
const oldest = {major: 2, minor: 32};

export const findGit = (environment: Environment): InstalledGit => {
	let usable: Promise<void> | undefined;
	let network: Promise<GitConfig> | undefined;
	const readNetwork = (): Promise<GitConfig> => {
		network ??= readNetworkConfig(environment);
		return network;
	};

	return {
		environment,
		requireUsable: () => {
			usable ??= checkVersion(environment);
			return usable;
		},
		readNetworkConfig: readNetwork,
		readNetworkSetting: async (name, url) =>
			settingFor(await readNetwork().catch((): GitConfig => []), name, url),
	};
};

const checkVersion = async (environment: Environment): Promise<void> => {
	const found = await readVersion(environment);
	const [, major, minor] = /^(\d+)\.(\d+)/.exec(found) ?? [];
	const isNewEnough =
		Number(major) > oldest.major ||
		(Number(major) === oldest.major && Number(minor) >= oldest.minor);
	if (!isNewEnough) {
		throw new FailureError({kind: 'git-unusable', found, detail: ''});
	}
};

/** `2.39.5`, of `git version 2.39.5 (Apple Git-154)`. */
const readVersion = async (environment: Environment): Promise<string> => {
	try {
		const answer = await runGit(
			{args: ['version'], folder: anywhere, gitDir: 'none'},
			isolatedEnvironment(environment, 'version', []),
		);
		return /\d+(?:\.\d+)+/.exec(answer)?.[0] ?? answer.trim();
	} catch (error) {
		const limit = startLimit(codeOfStart(error));
		if (limit !== undefined) {
			throw limit;
		}

		if (error instanceof GitError) {
			// macOS has a git that only says what to install; a git that is not there says nothing.
			const detail = error instanceof GitExit ? shortenWords(error.stderr) : '';
			throw new FailureError({kind: 'git-unusable', found: undefined, detail});
		}

		throw error;
	}
};
