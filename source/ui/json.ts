import type {BackupEvent} from '../domain/run/events.ts';
import type {RunState} from '../domain/run/run-state.ts';
import type {JsonLine} from './json-contract.ts';

/** Characters that JSON leaves as they are, but that a terminal may obey or hide. */
const unsafe = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A line of `--json` with its version and its line end. Everything that a terminal would obey is
 * escaped: the same value for a program, harmless on a screen.
 */
export const formatJsonLine = (line: JsonLine): string => {
	const json = JSON.stringify({v: 1, ...line}).replace(unsafe, (character) =>
		character
			.split('')
			.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
			.join(''),
	);
	return `${json}\n`;
};

/** The lines of `--json` about an event of a backup; the last line is the whole result. */
export const toJsonLines = (event: BackupEvent, state: RunState): readonly JsonLine[] =>
	event.type === 'run-finished' ? [event, resultOf(event, state)] : [event];

const resultOf = (
	{at, duration, exitCode}: Extract<BackupEvent, {type: 'run-finished'}>,
	{run, at: startedAt, sources}: RunState,
): JsonLine => ({
	type: 'result',
	run,
	startedAt,
	finishedAt: at,
	duration,
	exitCode,
	sources: [...sources.values()].flatMap(({report}) => (report === undefined ? [] : [report])),
	failures: [...sources.values()].flatMap(({source, failed}) =>
		failed.map((failure) => ({source, ...failure})),
	),
});
