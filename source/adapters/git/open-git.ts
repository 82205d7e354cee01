import type {Git} from '../../ports/git.ts';
import {checkMethods} from './check-objects.ts';
import {credentialConfig} from './credential-config.ts';
import {type GitConfig, isolatedEnvironment, userEnvironment} from './environment.ts';
import {historyMethods} from './history-store.ts';
import type {InstalledGit} from './installed-git.ts';
import {keptMethods} from './kept-commits.ts';
import {lfsMethods} from './lfs.ts';
import {maintenanceMethods} from './maintenance.ts';
import {mirrorMethods} from './mirror.ts';
import {wayTo} from './network-config.ts';
import {networkProblemOf} from './network-words.ts';
import {pushMethods} from './push.ts';
import {restoreMethod} from './restore.ts';
import {type GitCommand, GitExit, runGit} from './run-git.ts';
import {salvageMethods} from './salvage.ts';
import {transferMethods} from './transfer.ts';
import {wholeCopyMethod} from './whole-copy.ts';

/** Runs one git command in the environment that belongs to this source. */
export type RunGit = (command: GitCommand) => Promise<string>;

export type GitOptions = {
	readonly installed: InstalledGit;
	/** The `authorization` header that signs in; undefined for public repositories only. */
	readonly authorization: () => string | undefined;
	/** Takes the credential out of a text: a server may repeat it, and git what the server says. */
	readonly redact: (text: string) => string;
	/** The only origin that it is sent to, `https://bitbucket.org`. */
	readonly origin: string;
	/** Marks this run's processes. */
	readonly run: string;
};

/** Between folders on this disk, and only there, git may read a path. */
const localConfig: GitConfig = [['protocol.file.allow', 'always']];

/** The `Git` port over simple-git. Starts no process before a method needs one. */
export const openGit = (options: GitOptions): Git => {
	const {installed, authorization, redact, origin, run} = options;
	const {environment} = installed;
	const local = isolatedEnvironment(environment, run, localConfig);
	const company = environment['NODE_EXTRA_CA_CERTS'] ?? environment['SSL_CERT_FILE'];
	/** Told to git once it distrusted a server: it may know fewer authorities than Node. */
	let authority: string | undefined;

	const remote = async (): Promise<Record<string, string>> =>
		isolatedEnvironment(environment, run, [
			...(await installed.readNetworkConfig()),
			...wayTo(origin, authority),
			...credentialConfig(authorization(), origin),
		]);

	const runLocal: RunGit = async (command) => {
		await installed.requireUsable();
		return runGit(command, local);
	};

	const runRemote: RunGit = async (command) => {
		await installed.requireUsable();
		const asked = authority;
		try {
			return await runGit(command, await remote());
		} catch (error) {
			if (!(error instanceof GitExit)) {
				throw error;
			}

			if (
				company !== undefined &&
				asked === undefined &&
				networkProblemOf(error.stderr) === 'tls'
			) {
				authority = company;
				return runRemote(command);
			}

			throw new GitExit(error.exitCode, {
				stdout: error.stdout,
				stderr: redact(error.stderr),
			});
		}
	};

	return {
		requireUsable: installed.requireUsable,
		...mirrorMethods(runLocal),
		...transferMethods(runRemote, runLocal),
		...historyMethods(runLocal),
		...keptMethods(runLocal),
		...lfsMethods(runLocal),
		...maintenanceMethods(runLocal),
		...checkMethods(runLocal),
		...salvageMethods(runLocal),
		requireWhole: wholeCopyMethod(runLocal),
		...pushMethods(runLocal, (mayAsk) => {
			const own = userEnvironment(environment, run, mayAsk);
			return async (command) => {
				await installed.requireUsable();
				return runGit(command, own);
			};
		}),
		restore: restoreMethod(runLocal),
	};
};
