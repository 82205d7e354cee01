import {hash, randomBytes} from 'node:crypto';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {connectBitbucket} from './adapters/bitbucket/bitbucket.ts';
import {gitAuthorization, redactor} from './adapters/bitbucket/credentials.ts';
import {openClock} from './adapters/clock.ts';
import {openFiles} from './adapters/files/files.ts';
import {endMarkedProcesses} from './adapters/files/processes.ts';
import {runMarker} from './adapters/git/environment.ts';
import {findGit} from './adapters/git/installed-git.ts';
import {openGit} from './adapters/git/open-git.ts';
import {openKeychains} from './adapters/keychains.ts';
import {makeAgents} from './adapters/network/agents.ts';
import {openScheduling} from './adapters/open-scheduling.ts';
import {openMemory} from './adapters/remembered-answers.ts';
import {openBackupMemory} from './adapters/remembered-backups.ts';
import {runProgram} from './adapters/run-program.ts';
import {makeKeyPair} from './adapters/seal/age.ts';
import {openSettings} from './adapters/settings/open-settings.ts';
import {openStore} from './adapters/store/open-store.ts';
import {openTelling} from './adapters/tell/open-telling.ts';
import {openTerminal} from './adapters/terminal.ts';
import {findHome, findOwnFolders} from './adapters/user-folders.ts';
import {gitAddressFor} from './domain/access/git-address.ts';
import {defaultApiUrl} from './domain/settings/settings.ts';
import {readVariable} from './domain/settings/variables.ts';
import {formatCompactTime} from './domain/text/format.ts';
import type {SetupWorld} from './ports/world.ts';
import {version} from './version.ts';

/** Builds the ports' implementations. Only this file and `complete-names.ts` know the adapters. */
export const openWorld = async (
	program: NodeJS.Process,
	options: {readonly noColour: boolean; readonly ignoresHangUp: boolean},
): Promise<SetupWorld> => {
	const home = findHome();
	const {config: folder, state} = await findOwnFolders(home);
	const installed = findGit(program.env, options);
	const agents = makeAgents({environment: program.env, askGit: installed.readNetworkSetting});
	const files = openFiles();
	const settings = openSettings({
		platform: program.platform,
		home,
		folder,
		input: program.stdin,
	});
	return {
		version,
		environment: program.env,
		settings,
		keychains: openKeychains({
			platform: program.platform,
			environment: program.env,
			recall: settings.runPasswordCommand,
		}),
		memory: openMemory(folder),
		scheduling: openScheduling({
			platform: program.platform,
			userId: program.getuid?.(),
			home,
			environment: program.env,
			files,
		}),
		program: [program.execPath, ...program.argv.slice(1, 2)],
		loginName: readVariable(program.env, 'USER') ?? readVariable(program.env, 'USERNAME'),
		files,
		backups: openBackupMemory(join(folder, 'backups')),
		clock: openClock(),
		telling: openTelling({agents, version, environment: program.env, folder: state}),
		terminal: openTerminal(program, options),
		processors: availableParallelism(),
		endProcesses: (run) => endMarkedProcesses(`${runMarker}=${run}`),
		runProgram,
		openStore: (store) => openStore(store, {agents, version}),
		makeKeyPair,
		digest: (text) => hash('sha256', text),
		newRunName: () => nameRun(Date.now(), randomBytes(3).toString('hex')),
		openGit: (run) =>
			openGit({
				installed,
				authorization: () => undefined,
				redact: (text) => text,
				origin: gitAddressFor(defaultApiUrl).origin,
				run,
			}),
		connect: (source, run) => {
			const bitbucket = connectBitbucket(source, {version, agents});
			const git = openGit({
				installed,
				authorization: () => gitAuthorization(source.credential),
				redact: redactor(source.credential),
				origin: gitAddressFor(source.apiUrl).origin,
				requestPack: bitbucket.requestPack,
				run,
			});
			return {bitbucket, git};
		},
	};
};

/** `20261123T195853Z-4fa31c`: sorts by time, and two runs of one second differ. */
const nameRun = (now: number, suffix: string): string => `${formatCompactTime(now)}-${suffix}`;
