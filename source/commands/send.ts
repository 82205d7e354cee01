import type {SendInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes, worstExitCode} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {joinPath, ownFolder} from '../domain/plan/layout.ts';
import type {BackupEvent} from '../domain/run/events.ts';
import type {Settings} from '../domain/settings/settings.ts';
import {noteSending} from '../engine/backup/report.ts';
import {holdingSource, openSession} from '../engine/session.ts';
import {beginSending} from '../engine/store/off-site.ts';
import type {World} from '../ports/world.ts';
import {loadSettings} from '../settings/load-settings.ts';
import {describeSending, formatSent, formatSentJson} from '../ui/store.ts';
import {openRun, wholeRun} from './run-backup.ts';

/** `cistern send`: what no backup has sent yet, to each store. Asks Bitbucket nothing. */
export const send = async (
	world: World,
	{options, store, wait}: SendInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const {terminal, files} = world;
	const loaded = await loadSettings(options, world, {credentials: false, stores: true, signal});
	const settings = choose(loaded, store);
	const publish = (event: BackupEvent): void => {
		if (!options.json && !options.quiet) {
			terminal.writeError(describeSending(event));
		}
	};
	const run = openRun(world, {...wholeRun(settings, options, signal), waitsForLock: wait}, publish);
	const codes: ExitCode[] = [];
	for (const source of settings.sources) {
		const folder = joinPath(settings.localFolder, source.title);
		if (!(await files.exists(joinPath(folder, ownFolder)))) {
			terminal.writeError(`${source.title}: nothing is saved yet.\n`);
			continue;
		}

		const session = openSession(run, source);
		const end = await holdingSource(session, () => beginSending(session)());
		await noteSending(session, end.json.stores);
		terminal.writeOut(
			options.json ? formatSentJson(source.title, end.json.stores) : formatSent(source.title, end),
		);
		codes.push(end.gaps.length > 0 ? exitCodes.incomplete : exitCodes.done, end.exitCode ?? 0);
	}

	return worstExitCode(codes);
};

/** The settings with this store alone, where one is named. */
const choose = (settings: Settings, title: string | undefined): Settings => {
	const sources = settings.sources
		.map((source) => ({
			...source,
			stores: (source.stores ?? []).filter((one) => title === undefined || one.title === title),
		}))
		.filter(({stores}) => stores.length > 0);
	if (sources.length === 0) {
		throw new StopError(
			title === undefined
				? 'The settings name no store.'
				: `The settings have no store "${title}".`,
			{advice: 'Add one below "stores": docs/off-site.md shows how.'},
		);
	}

	return {...settings, sources};
};
