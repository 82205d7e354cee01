import type {AcceptMissingInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {fullName} from '../domain/plan/repository.ts';
import type {SavedRepository} from '../domain/record/record.ts';
import {acceptMissing as accept, findMissing} from '../engine/backup/accept-missing.ts';
import {openSession, type Session} from '../engine/session.ts';
import type {World} from '../ports/world.ts';
import {loadSettings} from '../settings/load-settings.ts';
import {
	askToAccept,
	describeDoubt,
	formatAccepted,
	formatMissing,
	type MissingRepository,
} from '../ui/missing.ts';
import {confirmCount} from './confirm-count.ts';
import {openRun} from './run-backup.ts';

/** `cistern accept-missing`: the user confirms that a shrunken listing is right. */
export const acceptMissing = async (
	world: World,
	{options, count}: AcceptMissingInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const {terminal} = world;
	const settings = await loadSettings(options, world, {credentials: true, signal});
	const run = openRun(world, {settings, view: options, signal}, () => {});
	const missing: {session: Session; repositories: readonly SavedRepository[]}[] = [];
	for (const source of settings.sources) {
		const session = openSession(run, source);
		missing.push({session, repositories: await findMissing(session)});
	}

	const all = missing.flatMap(({session, repositories}) =>
		repositories.map((one) => describe(one, session.source.title)),
	);
	terminal.writeOut(formatMissing(all, options.json));
	terminal.writeError(describeDoubt(all));
	const question = {
		found: all.length,
		count,
		text: askToAccept(all.length),
		advice:
			all.length === 0
				? 'Every repository that was there at the last complete listing is there now.'
				: `If they are really gone from Bitbucket, and not only hidden from this token: cistern accept-missing --yes --count ${all.length}`,
	};
	if (!(await confirmCount(terminal, question, signal))) {
		return exitCodes.done;
	}

	for (const {session, repositories} of missing) {
		await accept(session, repositories);
	}

	terminal.writeOut(formatAccepted(all.length, options.json));
	return exitCodes.done;
};

const describe = ({record}: SavedRepository, source: string): MissingRepository => ({
	type: 'missing',
	source,
	repository: fullName(record),
	isPrivate: record.isPrivate,
});
