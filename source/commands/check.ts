import type {CheckInvocation} from '../arguments/invocation.ts';
import {type AccessLine, type AccessReport, accessExitCode} from '../domain/access/access.ts';
import {type ExitCode, worstExitCode} from '../domain/failure/exit-code.ts';
import type {Source} from '../domain/settings/settings.ts';
import {checkAccess} from '../engine/access/check-access.ts';
import {parts} from '../parts/registry.ts';
import type {World} from '../ports/world.ts';
import {loadSettings} from '../settings/load-settings.ts';
import {formatAccessJson, formatAccessLine, formatVerdict} from '../ui/access.ts';
import {checkStores} from './check-stores.ts';

/** `cistern check`: runs the wizard's live check for every source, without questions, and tries every store. */
export const check = async (
	world: World,
	invocation: CheckInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const {terminal} = world;
	const {options} = invocation;
	const needs = {credentials: true, stores: true, folder: false, signal};
	const settings = await loadSettings(options, world, needs);
	for (const text of settings.notices) {
		terminal.writeError(`${text}\n`);
	}

	const run = world.newRunName();
	const codes: ExitCode[] = [];
	for (const source of settings.sources) {
		const report = await checkSource(world, source, run, signal, (line) => {
			if (!options.json && line.state !== 'running') {
				terminal.writeOut(formatAccessLine(line, terminal));
			}
		});
		terminal.writeOut(
			options.json ? formatAccessJson(source, report) : formatVerdict(source, report),
		);
		codes.push(accessExitCode(report));
	}

	codes.push(await checkStores(world, settings, invocation, signal));
	return worstExitCode(codes);
};

const checkSource = (
	world: World,
	source: Source,
	run: string,
	signal: AbortSignal,
	onLine: (line: AccessLine) => void,
): Promise<AccessReport> => {
	world.terminal.writeError(`${source.title}\n`);
	return checkAccess({
		source,
		connect: (other) => world.connect(other, run).bitbucket,
		parts,
		signal,
		onLine,
	});
};
