import type {BackupEvent, SourceReport} from '../domain/run/events.ts';
import type {Terminal} from '../ports/terminal.ts';
import type {JsonLine} from './json-contract.ts';
import type {View} from './view.ts';

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

type Result = Extract<JsonLine, {readonly type: 'result'}>;

/** Writes every event of a run to standard output as one line of JSON, and the whole result as the last. */
export const createJson = (terminal: Pick<Terminal, 'writeOut'>): View => {
	const sources: SourceReport[] = [];
	const failures: Result['failures'][number][] = [];
	let started: Extract<BackupEvent, {type: 'run-started'}> | undefined;
	const write = (line: JsonLine): void => terminal.writeOut(formatJsonLine(line));

	return {
		handle: (event) => {
			write(event);
			if (event.type === 'run-started') {
				started = event;
			} else if (event.type === 'source-finished') {
				sources.push(event.report);
			} else if (event.type === 'repository-finished' && event.outcome.result === 'failed') {
				const {failure, attempts, lastGood} = event.outcome;
				const {source, repository} = event;
				failures.push({source, repository, failure, attempts, lastGood});
			} else if (event.type === 'run-finished' && started !== undefined) {
				write({
					type: 'result',
					run: started.run,
					startedAt: started.at,
					finishedAt: event.at,
					duration: event.duration,
					exitCode: event.exitCode,
					sources,
					failures,
				});
			}
		},
		close: async () => {},
	};
};
