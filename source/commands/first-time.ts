import type {BackupInvocation} from '../invocation.ts';
import type {World} from '../ports/world.ts';

/** Is `cistern` started where nothing is set up, by somebody who can be asked? */
export const isFirstTime = async (
	{terminal, settings, files}: World,
	{options, dryRun}: BackupInvocation,
): Promise<boolean> =>
	terminal.canAsk &&
	!options.yes &&
	!dryRun &&
	options.config === undefined &&
	options.workspace === undefined &&
	!(await files.exists(settings.defaultPath));
