/**
 * The ports: interfaces to everything outside the program, with their contracts. The engine sees
 * only these; `source/world.ts` builds the implementations.
 *
 * Unless documented otherwise, a method makes one attempt, throws a `FailureError` when it fails,
 * and throws the signal's reason as soon as the signal aborts. The engine does the waiting and
 * retrying.
 */

import type {RememberedAnswers} from '../domain/answers/wizard-answers.ts';
import type {Source, StoreSettings} from '../domain/settings/settings.ts';
import type {Environment} from '../domain/settings/variables.ts';
import type {Bitbucket} from './bitbucket.ts';
import type {Clock} from './clock.ts';
import type {Files} from './files.ts';
import type {Git} from './git.ts';
import type {Keychains} from './keychains.ts';
import type {RunProgram} from './programs.ts';
import type {Scheduling} from './scheduling.ts';
import type {SettingsStore} from './settings-store.ts';
import type {KeyPair, SealedStore} from './store.ts';
import type {Telling} from './telling.ts';
import type {Terminal} from './terminal.ts';

/** Everything a command needs. `connect` opens the ports of one source. */
export interface World {
	readonly version: string;
	readonly environment: Environment;
	readonly settings: SettingsStore;
	readonly files: Files;
	readonly clock: Clock;
	readonly terminal: Terminal;
	readonly backups: BackupMemory;
	readonly telling: Telling;
	/** Number of CPU cores. */
	readonly processors: number;
	/** Git without a credential, for mirrors on the disk. */
	openGit(run: string): Git;
	/** Ends the processes that a run's git left behind, and waits until all have ended. */
	endProcesses(run: string): Promise<void>;
	readonly runProgram: RunProgram;
	/** Opens a store of the settings. Asks it nothing yet. */
	openStore(store: StoreSettings): SealedStore;
	/** New at each call, and kept nowhere. */
	readonly makeKeyPair: () => Promise<KeyPair>;
	/** SHA-256, hex. */
	readonly digest: (text: string) => string;
	/** A name for this run, sortable by time and safe in a ref and a file name. */
	newRunName(): string;
	/** `run` marks the processes that git starts. */
	connect(source: Source, run: string): {bitbucket: Bitbucket; git: Git};
}

/** A backup that was complete: all in scope of `workspace` saved in `folder`, a source's. */
type CompleteBackup = {
	/** Absolute path. */
	readonly folder: string;
	readonly workspace: string;
	/** When that run began, RFC 3339. */
	readonly at: string;
	readonly repositories: number;
};

/**
 * The last complete backup of each source's folder, kept outside of it. It only makes a run more
 * careful: if a disk is not mounted, nothing else tells that there was a backup. Never throws.
 */
export interface BackupMemory {
	recall(folder: string): Promise<CompleteBackup | undefined>;
	remember(backup: CompleteBackup): Promise<void>;
	forget(folder: string): Promise<void>;
}

/** With the ports that only the setup needs. */
export interface SetupWorld extends World {
	readonly keychains: Keychains;
	readonly memory: AnswerMemory;
	readonly scheduling: Scheduling;
	/** The command that starts this program, for a crontab: Node and the script. */
	readonly program: readonly string[];
	/** The user's name on this machine. */
	readonly loginName: string | undefined;
}

/** The wizard's answers, to propose them next time. They never decide an unattended run. */
export interface AnswerMemory {
	read(): Promise<RememberedAnswers>;
	/** Keeps the stored value of an answer that is left out. */
	write(answers: RememberedAnswers): Promise<void>;
}
