import {tmpdir} from 'node:os';
import {type GitConfig, plainEnvironment} from './environment.ts';
import {runGit} from './run-git.ts';

/** Settings without which git could not reach anything behind a company's proxy or certificates. */
const neededKeys =
	/^http\.(.*\.)?(proxy|proxyauthmethod|proxysslcert|proxysslkey|proxysslcainfo|sslcainfo|sslcapath|sslbackend|sslcert|sslkey|sslverify|sslversion|schannelcheckrevoke|schannelusesslcainfo)$/i;

/**
 * The user's own network settings, which the isolation would hide: read once from the system's and
 * the user's configuration, and passed on to every git that talks to a server.
 */
export const readNetworkConfig = async (
	environment: Readonly<Record<string, string | undefined>>,
): Promise<GitConfig> => {
	const listing = await runGit(
		{
			args: ['config', '--list', '-z', '--includes'],
			folder: tmpdir(),
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
