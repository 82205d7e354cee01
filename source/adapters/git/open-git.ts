import type {Git} from '../../ports/git.ts';
import {lfsStore} from '../lfs/store.ts';
import {bundleMethods} from './bundle.ts';
import {checkMethods} from './check.ts';
import {
	credentialConfig,
	type GitConfig,
	isolatedEnvironment,
	serverConfig,
	userEnvironment,
} from './environment.ts';
import {networkProblemOf} from './git-failure.ts';
import {historyMethods} from './history.ts';
import {importMethods} from './import-files.ts';
import type {InstalledGit} from './installed-git.ts';
import {pointerMethods} from './lfs-pointers.ts';
import {lfsPushMethods} from './lfs-push.ts';
import {lfsRestoreMethods} from './lfs-restore.ts';
import {mirrorMethods} from './mirror.ts';
import {pushMethods} from './push.ts';
import {readFileMethods} from './read-files.ts';
import {refMethods} from './refs.ts';
import {restoreMethods} from './restore.ts';
import {GitExit, type RunGit, runGit} from './run-git.ts';
import {salvageMethods} from './salvage.ts';
import {type StartGit, startGit} from './start-git.ts';
import {directFetch, type FetchDirectly, type RequestPack} from './transfer/direct-fetch.ts';
import {rememberFreshPacks} from './transfer/fresh-packs.ts';
import {hollowMethods} from './transfer/hollow.ts';
import {transferMethods} from './transfer/transfer.ts';

export type GitOptions = {
	readonly installed: InstalledGit;
	/** The `authorization` header that signs in; undefined for public repositories only. */
	readonly authorization: () => string | undefined;
	/** Removes the credential from a text: a server may repeat it, and git prints what the server says. */
	readonly redact: (text: string) => string;
	/** Asks for a pack over our own connection. Left out for work on this disk alone. */
	readonly requestPack?: RequestPack;
	/** The only origin that gets the credential, `https://bitbucket.org`. */
	readonly origin: string;
	/** Marks this run's processes. */
	readonly run: string;
};

/** Local commands may read the path of another folder. Commands for a server may not. */
const localConfig: GitConfig = [['protocol.file.allow', 'always']];

/** The `Git` port over simple-git. Starts no process until a method needs one. */
export const openGit = (options: GitOptions): Git => {
	const {installed, authorization, redact, origin, run, requestPack} = options;
	const {environment, program} = installed;
	const local = isolatedEnvironment(environment, run, localConfig);
	const nodeAuthority = environment['NODE_EXTRA_CA_CERTS'] ?? environment['SSL_CERT_FILE'];
	/** Set once git has distrusted a server that Node may trust. */
	let authority: string | undefined;

	const runIn =
		(variables: Readonly<Record<string, string>>): RunGit =>
		async (command) => {
			await installed.requireUsable();
			return runGit(command, variables, program);
		};

	const runLocal = runIn(local);

	const runRemote: RunGit = async (command) => {
		await installed.requireUsable();
		const given = authority;
		const variables = isolatedEnvironment(environment, run, [
			...(await installed.readNetworkConfig()),
			...serverConfig(origin, given),
			...credentialConfig(authorization(), origin),
		]);
		try {
			return await runGit(command, variables, program);
		} catch (error) {
			if (!(error instanceof GitExit)) {
				throw error;
			}

			const {exitCode, stdout, stderr} = error;
			if (
				nodeAuthority !== undefined &&
				given === undefined &&
				networkProblemOf(stderr) === 'tls'
			) {
				authority = nodeAuthority;
				return runRemote(command);
			}

			throw new GitExit(exitCode, {stdout, stderr: redact(stderr)});
		}
	};

	const startLocal: StartGit = async (folder, args, gitDir) => {
		await installed.requireUsable();
		const variables = gitDir === undefined ? local : {...local, GIT_DIR: gitDir};
		return startGit(folder, args, variables, program);
	};

	const freshPacks = rememberFreshPacks();
	const pointers = pointerMethods(runLocal, startLocal, freshPacks);
	const checks = checkMethods(runLocal, startLocal);
	const fetchDirectly: FetchDirectly =
		requestPack === undefined
			? async () => undefined
			: directFetch(requestPack, startLocal, redact);
	const runAsUser = (mayAsk: boolean): RunGit => runIn(userEnvironment(environment, run, mayAsk));
	return {
		requireUsable: installed.requireUsable,
		...mirrorMethods(runLocal),
		...refMethods(runLocal),
		...transferMethods(runRemote, runLocal, fetchDirectly, freshPacks),
		...historyMethods(runLocal),
		...pointers,
		...lfsRestoreMethods(startLocal, pointers),
		...checks,
		...restoreMethods(runLocal),
		...pushMethods(runLocal, runAsUser),
		...lfsStore,
		...lfsPushMethods(runLocal, runAsUser),
		...salvageMethods(runLocal, checks),
		...bundleMethods(startLocal),
		...hollowMethods(runLocal, fetchDirectly),
		...importMethods(runLocal, startLocal),
		...readFileMethods(runLocal, startLocal),
	};
};
