import {GitError} from 'simple-git';
import {FailureError} from '../../domain/failure/failure.ts';
import type {Environment} from '../../domain/settings/variables.ts';
import {type GitConfig, isolatedEnvironment, plainEnvironment} from './environment.ts';
import {shortenWords} from './git-failure.ts';
import {anywhere, codeOfStart, GitExit, type GitProgram, runGit, startLimit} from './run-git.ts';

/** The git of this machine, shared by all sources of a run. Starts no process until it is used. */
export type InstalledGit = {
	readonly environment: Environment;
	/** The words that start git. */
	readonly program: GitProgram;
	/** Throws `git-unusable` when no git is installed or it is too old. Checks once. */
	requireUsable(): Promise<void>;
	/** The network settings of the user's own git. Reads them once. */
	readNetworkConfig(): Promise<GitConfig>;
	/** The user's own `http.<name>` for an address; undefined without a usable git. */
	readNetworkSetting(name: string, url: URL): Promise<string | undefined>;
};

/** `GIT_CONFIG_GLOBAL`, which isolates git from the user's configuration, came with 2.32. */
const oldest = {major: 2, minor: 32};

/** With `ignoresHangUp`, git too lives on when the terminal goes: Node resets ignored signals for it. */
export const findGit = (
	environment: Environment,
	{ignoresHangUp = false}: {readonly ignoresHangUp?: boolean} = {},
): InstalledGit => {
	let usable: Promise<void> | undefined;
	let network: Promise<GitConfig> | undefined;
	const readNetwork = (): Promise<GitConfig> => {
		network ??= readNetworkConfig(environment);
		return network;
	};

	return {
		environment,
		program: ignoresHangUp ? ['nohup', 'git'] : ['git'],
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
			// The git of a new macOS only says how to install one. A missing git says nothing.
			const detail = error instanceof GitExit ? shortenWords(error.stderr) : '';
			throw new FailureError({kind: 'git-unusable', found: undefined, detail});
		}

		throw error;
	}
};

/**
 * Settings that git needs behind a company's proxy or certificates. `sslVerify` is not among them:
 * the token goes only to a server that proves to be Bitbucket.
 */
const networkKeys =
	/^http\.(.*\.)?(proxy|proxyauthmethod|proxysslcert|proxysslkey|proxysslcainfo|sslcainfo|sslcapath|sslbackend|sslcert|sslkey|sslversion|schannelcheckrevoke|schannelusesslcainfo)$/i;

/**
 * The network settings of the system's and the user's configuration, which the isolation would hide.
 * Every git that talks to a server gets them.
 */
export const readNetworkConfig = async (environment: Environment): Promise<GitConfig> => {
	const listing = await runGit(
		{
			args: ['config', '--list', '-z', '--includes'],
			folder: anywhere,
			gitDir: 'none',
			answers: [1, 128],
		},
		plainEnvironment(environment),
	);
	return listing
		.split('\0')
		.map((entry): [string, string] => {
			const end = entry.indexOf('\n');
			return end === -1 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)];
		})
		.filter(([key]) => networkKeys.test(key));
};

/** The value that git would use for an address: the one with the longest matching prefix. */
const settingFor = (config: GitConfig, name: string, url: URL): string | undefined => {
	const matching = config.flatMap(([key, value]) => {
		const [, prefix = ''] = /^http\.(?:(.+)\.)?[^.]+$/.exec(key) ?? [];
		const isMatch = key.toLowerCase().endsWith(`.${name}`) && url.href.startsWith(prefix);
		return isMatch ? [{length: prefix.length, value}] : [];
	});
	return matching.toSorted((left, right) => left.length - right.length).at(-1)?.value;
};
