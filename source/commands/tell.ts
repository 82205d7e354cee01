import {randomUUID} from 'node:crypto';
import type {TellInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import type {TargetDraft} from '../domain/tell/target.ts';
import {deliver} from '../engine/tell/deliver.ts';
import type {World} from '../ports/world.ts';
import {gatherTargets, openTarget, type Party} from '../settings/gather-targets.ts';
import {loadSettings} from '../settings/load-settings.ts';
import {composeTest} from '../ui/tell/compose.ts';
import {formatTargets, formatTargetsJson, formatTold, formatToldJson} from '../ui/tell/report.ts';
import {textStyleForOut} from '../ui/text/layout.ts';

/** `cistern tell` lists the targets and when each gets a message. `--test` sends a message to each. */
export const tell = async (
	world: World,
	{options, test, targets}: TellInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	// Names every mistake in the file: the targets are read leniently.
	await loadSettings(options, world, {credentials: false, signal});
	const party = await gatherTargets(world, options, signal);
	const chosen = choose(party.drafts, targets);
	const {terminal} = world;
	const style = textStyleForOut(terminal);
	if (!test) {
		terminal.writeOut(options.json ? formatTargetsJson(chosen) : formatTargets(chosen));
		return exitCodes.done;
	}

	let exitCode: ExitCode = exitCodes.done;
	for (const draft of chosen) {
		const reason = await sendTest(world, party, draft);
		const told = {target: draft.name, reason};
		terminal.writeOut(options.json ? formatToldJson(told) : formatTold(told, style));
		exitCode = reason === undefined ? exitCode : exitCodes.failed;
	}

	return exitCode;
};

const choose = (
	drafts: readonly TargetDraft[],
	names: readonly string[],
): readonly TargetDraft[] => {
	if (drafts.length === 0) {
		throw new StopError('The settings name no target for messages.', {
			advice:
				'Add "email" or "tell" to them: "cistern setup --example" shows how, and docs/telling.md says more.',
		});
	}

	const unknown = names.find((name) => !drafts.some((draft) => draft.name === name));
	if (unknown !== undefined) {
		throw new StopError(`The settings have no target "${unknown}".`, {
			advice: `They have ${drafts.map(({name}) => name).join(', ')}.`,
			exitCode: exitCodes.usage,
		});
	}

	return names.length === 0 ? drafts : drafts.filter(({name}) => names.includes(name));
};

/** Sends a test message. Gives the reason if it could not be told; undefined if it was accepted. */
export const sendTest = async (
	{telling, clock, version}: Pick<World, 'telling' | 'clock' | 'version'>,
	party: Party,
	draft: TargetDraft,
): Promise<string | undefined> => {
	try {
		const target = await openTarget(party, draft);
		const words = composeTest({host: telling.host, version, now: clock.now()});
		const message = {
			...words,
			run: randomUUID(),
			sources: [],
			duration: 0,
			result: undefined,
			thread: undefined,
		};
		return await deliver(() => telling.send(target, message, party.signal), clock, party.signal);
	} catch (error) {
		party.signal.throwIfAborted();
		if (error instanceof StopError) {
			return error.message;
		}

		throw error;
	}
};
