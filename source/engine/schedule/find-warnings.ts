import {joinPath} from '../../domain/plan/layout.ts';
import {
	isMarkedEncrypted,
	isOnEncryptedMount,
	warnOfEncryptedHome,
	warnOfKeyring,
	warnOfProgram,
} from '../../domain/schedule/warnings.ts';
import type {Scheduler, SchedulerTools} from './scheduler.ts';

/** The command that is scheduled, and the commands that its settings name. */
type Planned = {
	readonly program: readonly string[];
	readonly passwordCommands: readonly string[];
};

/** Sentences about what may keep a schedule from working, although it works now. */
export const findWarnings = async (
	tools: SchedulerTools,
	{kind}: Pick<Scheduler, 'kind'>,
	{program, passwordCommands}: Planned,
): Promise<readonly string[]> => [
	...warnOfProgram(program),
	...warnOfKeyring(kind, passwordCommands),
	...(tools.isSystem ? [] : warnOfEncryptedHome(await isHomeEncrypted(tools))),
];

/**
 * By ecryptfs or a file system in user space, by systemd-homed, which leaves an identity in the
 * folder, or by fscrypt. Elsewhere than on Linux a user's scheduler runs only after signing in.
 */
const isHomeEncrypted = async ({scheduling, signal}: SchedulerTools): Promise<boolean> => {
	const {files, homeFolder, platform} = scheduling;
	if (platform !== 'linux') {
		return false;
	}

	const mounts = (await files.readText('/proc/self/mounts').catch(() => undefined)) ?? '';
	if (
		isOnEncryptedMount(homeFolder, mounts) ||
		(await files.exists(joinPath(homeFolder, '.identity')))
	) {
		return true;
	}

	const {output} = await scheduling.run(['lsattr', '-d', homeFolder], signal);
	return isMarkedEncrypted(output);
};
