import type {Fields} from '../../domain/record/gap.ts';
import type {BackupEvent} from '../../domain/run/events.ts';
import type {Outcome} from '../../domain/run/outcome.ts';
import type {RunState} from '../../domain/run/run-state.ts';
import type {JsonLine} from './contract.ts';

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

type OfParts = {
	readonly gaps?: unknown;
	readonly notes?: unknown;
	readonly fetched?: unknown;
	readonly ages?: unknown;
	readonly unread?: unknown;
	readonly json: Fields;
};

/** Puts the fields of the parts among the others. The words for people stay out of JSON. */
export const withPartFields = <Facts extends OfParts>({
	gaps: _gaps,
	notes: _notes,
	fetched: _fetched,
	ages: _ages,
	unread: _unread,
	json,
	...facts
}: Facts) => ({...facts, ...json});

/** The lines of `--json` about an event of a backup; the last line is the whole result. */
export const toJsonLines = (event: BackupEvent, state: RunState): readonly JsonLine[] => {
	switch (event.type) {
		case 'repository-finished':
			return [{...event, outcome: toJsonOutcome(event.outcome)}];
		case 'follow-up-saved':
			return [withPartFields(event)];
		case 'follow-up-finished':
			return [{type: event.type, source: event.source, followUp: event.followUp}];
		case 'source-finished':
			return [{...event, report: withPartFields(event.report)}];
		case 'run-finished':
			return [event, resultOf(event, state)];
		default:
			return [event];
	}
};

const toJsonOutcome = (outcome: Outcome) => {
	switch (outcome.result) {
		case 'unchanged':
			return withPartFields(outcome);
		case 'saved':
			return withPartFields(outcome);
		default:
			return outcome;
	}
};

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
	sources: [...sources.values()].flatMap(({report}) =>
		report === undefined ? [] : [withPartFields(report)],
	),
	failures: [...sources.values()].flatMap(({source, failed}) =>
		failed.map((failure) => ({source, ...failure})),
	),
});
