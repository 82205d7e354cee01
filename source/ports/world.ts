/**
 * The edges of the program: everything that touches the world, as interfaces, with what each
 * promises. The engine sees these and nothing behind them; `source/world.ts` builds
 * what stands behind.
 *
 * Unless it says otherwise, a method makes one attempt, throws a `FailureError` when that fails,
 * and stops with the signal's own reason as soon as the signal aborts. Waiting and trying again
 * belong to the engine.
 */

import type {Source} from '../domain/settings/settings.ts';
import type {Environment} from '../domain/settings/variables.ts';
import type {AnswerMemory} from './answer-memory.ts';
import type {Bitbucket} from './bitbucket.ts';
import type {Clock} from './clock.ts';
import type {Files} from './files.ts';
import type {Git} from './git.ts';
import type {Keychains} from './keychains.ts';
import type {SettingsStore} from './settings-store.ts';
import type {Terminal} from './terminal.ts';

/** Everything a command needs. `connect` gives what belongs to one source. */
export interface World {
	readonly version: string;
	readonly environment: Environment;
	readonly settings: SettingsStore;
	readonly files: Files;
	readonly clock: Clock;
	readonly terminal: Terminal;
	/** So many things this machine does at once. */
	readonly processors: number;
	/** Git without a credential, for what lies on the disk already. */
	openGit(run: string): Git;
	/** Ends whatever a run's git processes left behind; comes back when none of them is left. */
	endProcesses(run: string): Promise<void>;
	/** SHA-256, hex. */
	readonly digest: (text: string) => string;
	/** A name for this run, sortable by time and safe in a ref and a file name. */
	newRunName(): string;
	/** `run` marks the processes that git starts. */
	connect(source: Source, run: string): {bitbucket: Bitbucket; git: Git};
}

/** What the guided setup needs besides. */
export interface SetupWorld extends World {
	readonly keychains: Keychains;
	readonly memory: AnswerMemory;
	/** How this program is started: Node and the script, for a crontab. */
	readonly program: readonly string[];
	/** The user's name on this machine. */
	readonly loginName: string | undefined;
}
