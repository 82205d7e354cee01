import {parseArguments} from '../../source/arguments/arguments.ts';
import {verify} from '../../source/commands/verify.ts';
import type {VerifyEvent} from '../../source/domain/verify/events.ts';
import type {Finding} from '../../source/domain/verify/finding.ts';
import type {World} from '../../source/ports/world.ts';
import {makeWorld} from './backup.ts';
import type {FakeClock} from './fake-clock.ts';
import {createFakeTerminal} from './fake-terminal.ts';

export type Verified = {
	readonly exitCode: number;
	readonly stdout: string;
	readonly stderr: string;
	/** The lines of `--json`, where it was asked for. */
	readonly events: readonly VerifyEvent[];
	/** By repository. Findings that concern no repository stand below the source's title. */
	readonly findings: ReadonlyMap<string, readonly Finding[]>;
};

/** `cistern verify --from FOLDER` with a real git on real files. */
export const runVerify = async (
	{folder, clock}: {readonly folder: string; readonly clock: FakeClock},
	args: readonly string[] = ['--json'],
	wrapWorld: (world: World) => World = (world) => world,
): Promise<Verified> => {
	const invocation = parseArguments(['verify', '--from', folder, ...args], {});
	if (invocation.command !== 'verify') {
		throw new TypeError('not understood');
	}

	const terminal = createFakeTerminal({isInteractive: false, canAsk: false});
	const world = wrapWorld({...makeWorld(clock), terminal});
	const exitCode = await verify(world, invocation, new AbortController().signal);
	const stdout = terminal.out();
	const events: VerifyEvent[] = args.includes('--json')
		? stdout
				.trim()
				.split('\n')
				.map((line) => JSON.parse(line))
		: [];
	return {
		exitCode,
		stdout,
		stderr: terminal.error(),
		events,
		findings: new Map(
			events.flatMap((event) => {
				if (event.type === 'verified') {
					return [[event.repository, event.findings]];
				}

				return event.type === 'source-verified' ? [[event.source, event.findings]] : [];
			}),
		),
	};
};
