import {type ExitCode, exitCodes} from '../domain/exit-code.ts';
import {StopError} from '../domain/failure.ts';
import {toPrintable} from '../domain/printable-text.ts';
import type {SavedRepository} from '../domain/record.ts';
import {fullName} from '../domain/repository.ts';
import {acceptMissing as accept, findMissing} from '../engine/find-missing.ts';
import {holdFolder} from '../engine/hold-folder.ts';
import {openSourceRun, type SourceRun} from '../engine/source-run.ts';
import type {AcceptMissingInvocation} from '../invocation.ts';
import {loadSettings} from '../load-settings.ts';
import type {World} from '../ports.ts';
import {openRun, wholeRun} from './run-backup.ts';

/** `cistern accept-missing`: a listing that shrank is right, says somebody who knows. */
export const acceptMissing = async (
	world: World,
	{options, count}: AcceptMissingInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const settings = await loadSettings(options, world, {credentials: true, signal});
	const run = openRun(world, wholeRun(settings, options, signal), () => {});
	const works = settings.sources.map((source) => openSourceRun(run, source, signal, () => {}));
	const missing: {work: SourceRun; repositories: readonly SavedRepository[]}[] = [];
	for (const work of works) {
		missing.push({work, repositories: await findMissing(work)});
	}

	const all = missing.flatMap(({repositories}) => repositories);
	if (all.length === 0) {
		world.terminal.writeOut('Nothing is missing.\n');
		return exitCodes.done;
	}

	for (const {record} of all) {
		world.terminal.writeOut(`missing  ${toPrintable(fullName(record))}\n`);
	}

	checkCount(all.length, count);
	for (const {work, repositories} of missing) {
		const lock = await holdFolder(work, false);
		try {
			await accept(work, repositories);
		} finally {
			await lock.release();
		}
	}

	world.terminal.writeOut(
		`Marked as gone from Bitbucket: ${all.length}. Their backups stay as they are.\n`,
	);
	return exitCodes.done;
};

/** Whoever accepts has to know how many: a number that came about by accident accepts nothing. */
const checkCount = (found: number, count: number | undefined): void => {
	if (count === found) {
		return;
	}

	throw new StopError(
		count === undefined
			? `${found} missing. Nothing was changed.`
			: `${found} are missing, not ${count}. Nothing was changed.`,
		{
			advice: `If they are really gone from Bitbucket, and not only hidden from this token: cistern accept-missing --count ${found}`,
			exitCode: exitCodes.usage,
		},
	);
};
