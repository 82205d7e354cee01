import type {CheckInvocation} from '../arguments/invocation.ts';
import type {AccessLine} from '../domain/access/access.ts';
import {type ExitCode, worstExitCode} from '../domain/failure/exit-code.ts';
import type {Settings, StoreSettings} from '../domain/settings/settings.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {checkStore} from '../engine/store/check-store.ts';
import type {World} from '../ports/world.ts';
import {formatAccessLine} from '../ui/access.ts';
import {formatJsonLine} from '../ui/json/json.ts';
import {noticeOf, openReading, readIdentities} from './open-store.ts';

/** The second half of `cistern check`: tries each store once, whichever sources it is for. */
export const checkStores = async (
	world: World,
	{sources, localFolder}: Settings,
	invocation: CheckInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const stores = new Map(
		sources.flatMap((source) => (source.stores ?? []).map((store) => [store.title, store])),
	);
	const codes: ExitCode[] = [];
	for (const settings of stores.values()) {
		// Settings without a folder are those of runs that read the store.
		const runner = localFolder === '' ? settings.runner : undefined;
		codes.push(await checkOne(world, settings, {...invocation, runner}, signal));
	}

	return worstExitCode(codes);
};

const checkOne = async (
	world: World,
	settings: StoreSettings,
	{
		options,
		identity,
		runner,
	}: CheckInvocation & {readonly runner: StoreSettings['runner'] | undefined},
	signal: AbortSignal,
): Promise<ExitCode> => {
	const {terminal} = world;
	const store = world.openStore(settings);
	const identities = [
		...(await readIdentities({store: settings.title, identity}, world.settings.homeFolder)),
		...(runner === undefined ? [] : [runner.reveal()]),
	];
	if (!options.json) {
		terminal.writeOut(`${toPrintable(`${settings.title}, ${store.place}`)}\n`);
	}

	const lines: AccessLine[] = [];
	const exitCode = await checkStore({
		store,
		settings,
		reading:
			identities.length === 0
				? undefined
				: openReading(world, {settings, identities, onNotice: noticeOf(world, options)}, signal),
		signal,
		onLine: (line) => {
			lines.push(line);
			if (!options.json) {
				terminal.writeOut(formatAccessLine(line, terminal));
			}
		},
	});
	if (options.json) {
		const line = {store: settings.title, place: store.place, exitCode, lines};
		terminal.writeOut(formatJsonLine({type: 'store-access', ...line}));
	}

	return exitCode;
};
