import type {SendInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes, worstExitCode} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {joinPath, ownFolder} from '../domain/plan/layout.ts';
import {isCalled} from '../domain/record/name-match.ts';
import type {Settings} from '../domain/settings/settings.ts';
import {noteSending} from '../engine/backup/report.ts';
import {holdingSource, openSession} from '../engine/session.ts';
import type {Sendable} from '../engine/store/due.ts';
import {beginSending} from '../engine/store/off-site.ts';
import type {World} from '../ports/world.ts';
import {loadSettings} from '../settings/load-settings.ts';
import {formatJsonLine} from '../ui/json/json.ts';
import {formatSent, tellSending} from '../ui/store.ts';
import {openRun} from './run-backup.ts';

/**
 * `cistern send`: what no backup has sent yet, to each store, and all of the repositories that are
 * named. Asks Bitbucket nothing.
 */
export const send = async (
	world: World,
	{options, store, repositories, wait}: SendInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const {terminal, files} = world;
	const loaded = await loadSettings(options, world, {credentials: false, stores: true, signal});
	const settings = choose(loaded, store);
	const choice = {settings, view: options, signal, waitsForLock: wait};
	const run = openRun(world, choice, tellSending(options, terminal));
	const found = new Set<string>();
	const isSentAgain = ({folder}: Sendable): boolean => {
		const names = repositories.filter((name) => isCalled(folder, name));
		for (const name of names) {
			found.add(name);
		}

		return names.length > 0;
	};
	const codes: ExitCode[] = [];
	for (const source of settings.sources) {
		const folder = joinPath(settings.localFolder, source.title);
		if (!(await files.exists(joinPath(folder, ownFolder)))) {
			terminal.writeError(`${source.title}: nothing is saved yet.\n`);
			continue;
		}

		const session = openSession(run, source);
		const end = await holdingSource(session, () => beginSending(session, isSentAgain)());
		await noteSending(session, end.json.stores);
		terminal.writeOut(
			options.json
				? formatJsonLine({type: 'sent', source: source.title, stores: end.json.stores})
				: formatSent(source.title, end),
		);
		codes.push(end.gaps.length > 0 ? exitCodes.incomplete : exitCodes.done, end.exitCode ?? 0);
	}

	const unknown = repositories.find((name) => !found.has(name));
	if (unknown !== undefined) {
		throw new StopError(`Nothing is saved that is called "${unknown}".`, {
			advice: '"cistern status" lists what is saved. Everything else was sent.',
		});
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
