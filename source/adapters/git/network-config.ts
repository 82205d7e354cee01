import {isLoopback} from '../../domain/access/git-address.ts';
import type {Environment} from '../../domain/settings/variables.ts';
import {type GitConfig, plainEnvironment} from './environment.ts';
import {anywhere, runGit} from './run-git.ts';

/**
 * Settings without which git could not reach anything behind a company's proxy or certificates. Not
 * among them: `sslVerify`, since a token goes to nobody who does not prove to be Bitbucket.
 */
const neededKeys =
	/^http\.(.*\.)?(proxy|proxyauthmethod|proxysslcert|proxysslkey|proxysslcainfo|sslcainfo|sslcapath|sslbackend|sslcert|sslkey|sslversion|schannelcheckrevoke|schannelusesslcainfo)$/i;

/**
 * The user's own network settings, which the isolation would hide: read once from the system's and
 * the user's configuration, and passed on to every git that talks to a server.
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
		.filter(([key]) => neededKeys.test(key));
};

/** The value that git would take for an address: of several the one for the longest beginning of it. */
export const settingFor = (config: GitConfig, name: string, url: URL): string | undefined => {
	const fitting = config.flatMap(([key, value]) => {
		const [, prefix = ''] = /^http\.(?:(.+)\.)?[^.]+$/.exec(key) ?? [];
		const isMeant = key.toLowerCase().endsWith(`.${name}`) && url.href.startsWith(prefix);
		return isMeant ? [{length: prefix.length, value}] : [];
	});
	return fitting.toSorted((left, right) => left.length - right.length).at(-1)?.value;
};

/**
 * What git is told besides its own settings: that no proxy leads to this machine, and, where the
 * usual authorities were not enough, the company's that Node was told of.
 */
export const wayTo = (origin: string, authority: string | undefined): GitConfig => [
	...(isLoopback(new URL(origin).hostname) ? [[`http.${origin}/.proxy`, ''] as const] : []),
	...(authority === undefined
		? []
		: [['http.sslCAInfo', authority] as const, ['http.schannelUseSSLCAInfo', 'true'] as const]),
];
