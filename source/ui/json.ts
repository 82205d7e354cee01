import type {Failure} from '../domain/failure/failure.ts';
import type {BackupEvent, SourceReport} from '../domain/run/events.ts';
import type {Terminal} from '../ports/terminal.ts';
import {formatJson} from './text/json-text.ts';
import type {View} from './view.ts';

/** A field never changes its meaning within a version; new fields and types may come. */
const version = 1;

type FailedEntry = {
	readonly source: string;
	readonly repository: string;
	readonly failure: Failure;
	readonly attempts: number;
	readonly lastGood: string | undefined;
};

/** Every event as one JSON object a line on standard output; the last one is the whole result. */
export const createJson = (terminal: Terminal): View => {
	const reports: SourceReport[] = [];
	const failures: FailedEntry[] = [];
	let started: Extract<BackupEvent, {type: 'run-started'}> | undefined;
	const write = (value: object): void =>
		terminal.writeOut(`${formatJson({v: version, ...value})}\n`);

	return {
		handle: (event) => {
			write(event);
			if (event.type === 'run-started') {
				started = event;
			} else if (event.type === 'source-finished') {
				reports.push(event.report);
			} else if (event.type === 'repository-finished' && event.outcome.result === 'failed') {
				const {failure, attempts, lastGood} = event.outcome;
				const {source, repository} = event;
				failures.push({source, repository, failure, attempts, lastGood});
			} else if (event.type === 'run-finished') {
				write({
					type: 'result',
					run: started?.run,
					startedAt: started?.at,
					finishedAt: event.at,
					duration: event.duration,
					exitCode: event.exitCode,
					sources: reports,
					failures,
				});
			}
		},
		close: async () => {},
	};
};
