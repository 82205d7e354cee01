import {join} from 'node:path';
import type {Sandbox} from '../../source/sandbox/start-sandbox.ts';
import {makeSource, type RunResult, runBackup} from '../helpers/backup.ts';
import type {FakeClock} from '../helpers/fake-clock.ts';
import type {Home} from '../helpers/program.ts';

/** Where it all happens: one backup folder, used by the engine alone and by the whole program. */
export type Scene = {
	readonly sandbox: Sandbox;
	readonly home: Home;
	readonly clock: FakeClock;
	/** Objects that a disk took away for good, which a backup then said. */
	readonly lost: Set<string>;
};

/** How a backup ended: the program's exit code, or that it did not come to one. */
export type End = number | 'killed';

/** A backup by the engine in this process, on a clock on which waiting takes no time. */
export const runEngine = (
	{sandbox, home, clock}: Scene,
	options: Parameters<typeof runBackup>[2] = {},
): Promise<RunResult> => runBackup(home.backup, [makeSource(sandbox)], {clock, ...options});

/** A backup by the program, as a user starts it. */
export const runProgram = async (
	{home}: Scene,
	environment: Record<string, string> = {},
	through: readonly string[] = [],
): Promise<End> => {
	const {exitCode} = await home.start(['--yes'], environment, through).result;
	return exitCode ?? 'killed';
};

/** The folder of the source. */
export const sourceFolder = ({home}: Scene): string => join(home.backup, 'acme');
