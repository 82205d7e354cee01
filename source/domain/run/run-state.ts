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
import {foldSource, type SourceEvent, type SourceState, startSource} from './source-state.ts';

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
 * A run as every view draws it: what was told so far, folded into counts. Its size follows what
 * runs at the moment, never how many repositories there are: unchanged ones are only counted, and
 * of everything else the first names are remembered.
 */
export type RunState = {
	/** Its name; empty before it began. */
	readonly run: string;
	/** How many sources the run has, those that have not begun included. */
	readonly expectedSources: number;
	/** In the order in which they began. */
	readonly sources: ReadonlyMap<string, SourceState>;
	readonly rows: readonly Row[];
	readonly waits: ReadonlyMap<string, Wait>;
	readonly startedAt: number | undefined;
	readonly finished: {readonly duration: number; readonly exitCode: ExitCode} | undefined;
};

export const emptyRun: RunState = {
	run: '',
	expectedSources: 0,
	sources: new Map(),
	rows: [],
	waits: new Map(),
	startedAt: undefined,
	finished: undefined,
};

/** The state after an event that came at `now` (milliseconds since 1970). */
export const fold = (state: RunState, event: BackupEvent, now: number): RunState => {
	switch (event.type) {
		case 'run-started':
			return {
				...emptyRun,
				run: event.run,
				startedAt: now,
				expectedSources: event.sources.length,
			};
		case 'source-started':
			return {...state, sources: put(state.sources, event.source, startSource(event))};
		case 'listing-progressed':
		case 'repository-looked-at':
		case 'plan-made':
		case 'repository-gone':
		case 'repository-renamed':
			return foldInto(state, event.source, event, now);
		case 'repository-started':
			return {
				...foldInto(state, event.source, event, now),
				rows: startRow(state.rows, event, now),
			};
		case 'repository-progressed':
			return {...state, rows: progressRow(state.rows, event, now)};
		case 'repository-finished':
			return {
				...foldInto(state, event.source, event, now),
				rows: finishRow(state.rows, event),
				waits: remove(state.waits, waitKey({...event, host: ''})),
			};
		case 'wait-started':
			return {
				...state,
				rows: isOfOne(event) ? pauseRow(state.rows, event, now, undefined) : state.rows,
				waits: put(state.waits, waitKey(event), toWait(event)),
			};
		case 'wait-ended':
			return {
				...state,
				rows: isOfOne(event) ? resumeRow(state.rows, event, now) : state.rows,
				waits: remove(state.waits, waitKey(event)),
			};
		case 'repository-held':
			return {...state, rows: pauseRow(state.rows, event, now, event.host)};
		case 'repository-released':
			return {...state, rows: resumeRow(state.rows, event, now)};
		case 'source-finished':
			return {
				...foldInto(state, event.report.source, event, now),
				rows: clearRows(state.rows),
			};
		case 'run-finished':
			return {
				...state,
				rows: [],
				waits: new Map(),
				finished: {duration: event.duration, exitCode: event.exitCode},
			};
		case 'noticed':
			return state;
	}
};

const foldInto = (state: RunState, source: string, event: SourceEvent, now: number): RunState => {
	const before = state.sources.get(source);
	return before === undefined
		? state
		: {...state, sources: put(state.sources, source, foldSource(before, event, now))};
};

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

const put = <V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> =>
	new Map(map).set(key, value);

const remove = <V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> => {
	if (!map.has(key)) {
		return map;
	}

	const rest = new Map(map);
	rest.delete(key);
	return rest;
};
