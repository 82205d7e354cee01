import type {ExitCode} from '../failure/exit-code.ts';
import type {Failure} from '../failure/failure.ts';
import type {BackupEvent} from './events.ts';
import {
	clearRows,
	finishRow,
	pauseRow,
	progressRow,
	type Row,
	resumeRow,
	startRow,
} from './run-rows.ts';
import {foldSource, type SourceState, startSource} from './source-state.ts';

/** A host's gate, or one repository, that waits before it asks again. */
export type Wait = {
	readonly source: string;
	readonly host: string;
	/** Undefined where all of the host's requests wait. */
	readonly repository: string | undefined;
	readonly failure: Failure;
	/** Milliseconds since 1970. */
	readonly until: number;
};

/**
 * A run as every view draws it: the events so far, folded into counts. Its size follows what runs
 * at the moment and what failed, never how many repositories there are. It is changed in place.
 */
export type RunState = {
	/** Its name; empty before it began. */
	run: string;
	/** RFC 3339; empty before it began. */
	at: string;
	/** Includes the sources that have not begun. */
	expectedSources: number;
	/** In the order in which they began. */
	readonly sources: Map<string, SourceState>;
	rows: readonly Row[];
	readonly waits: Map<string, Wait>;
	finished:
		| {readonly at: string; readonly duration: number; readonly exitCode: ExitCode}
		| undefined;
};

export const emptyRun = (): RunState => ({
	run: '',
	at: '',
	expectedSources: 0,
	sources: new Map(),
	rows: [],
	waits: new Map(),
	finished: undefined,
});

/** Takes in an event that came at `now` (milliseconds since 1970). */
export const fold = (state: RunState, event: BackupEvent, now: number): void => {
	const title = event.type === 'source-finished' ? event.report.source : titleOf(event);
	const source = title === undefined ? undefined : state.sources.get(title);
	if (source !== undefined) {
		foldSource(source, event, now);
	}

	switch (event.type) {
		case 'run-started':
			state.run = event.run;
			state.at = event.at;
			state.expectedSources = event.sources.length;
			break;
		case 'source-started':
			state.sources.set(event.source, startSource(event));
			break;
		case 'repository-started':
			state.rows = startRow(state.rows, event, now);
			break;
		case 'repository-progressed':
			state.rows = progressRow(state.rows, event, now);
			break;
		case 'repository-finished':
			state.rows = finishRow(state.rows, event);
			state.waits.delete(waitKey({...event, host: ''}));
			break;
		case 'wait-started':
			state.rows = isOfOne(event) ? pauseRow(state.rows, event, now, undefined) : state.rows;
			state.waits.set(waitKey(event), toWait(event));
			break;
		case 'wait-ended':
			state.rows = isOfOne(event) ? resumeRow(state.rows, event, now) : state.rows;
			state.waits.delete(waitKey(event));
			break;
		case 'repository-held':
			state.rows = pauseRow(state.rows, event, now, event.host);
			break;
		case 'repository-released':
			state.rows = resumeRow(state.rows, event, now);
			break;
		case 'source-finished':
			state.rows = clearRows(state.rows);
			break;
		case 'run-finished':
			state.rows = [];
			state.waits.clear();
			state.finished = {at: event.at, duration: event.duration, exitCode: event.exitCode};
			break;
		default:
	}
};

const titleOf = (event: BackupEvent): string | undefined =>
	'source' in event ? event.source : undefined;

type WaitName = {
	readonly source: string;
	readonly host: string;
	readonly repository?: string;
};

const isOfOne = <Name extends WaitName>(name: Name): name is Name & {readonly repository: string} =>
	name.repository !== undefined;

const waitKey = ({source, host, repository}: WaitName): string =>
	JSON.stringify(repository === undefined ? [host] : [source, repository]);

const toWait = (event: Extract<BackupEvent, {type: 'wait-started'}>): Wait => ({
	source: event.source,
	host: event.host,
	repository: event.repository,
	failure: event.failure,
	until: Date.parse(event.until),
});
