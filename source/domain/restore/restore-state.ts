import type {ExitCode} from '../failure/exit-code.ts';
import type {MirrorName} from '../plan/layout.ts';
import type {RunningRow} from '../run/run-rows.ts';
import type {RestoredName, RestoredRepository, RestoreEvent} from './restored.ts';

/** The state of a restore for the views: its events so far, folded into counts. */
export type RestoreState = {
	readonly started: Extract<RestoreEvent, {type: 'restore-started'}> | undefined;
	/** At most as many as run at once. */
	readonly rows: readonly RunningRow[];
	readonly restored: number;
	readonly alreadyThere: number;
	readonly notYetSaved: number;
	readonly failed: number;
	/** The first that failed; `failed` counts all. */
	readonly failures: readonly RestoredRepository[];
	readonly finished: {readonly duration: number; readonly exitCode: ExitCode} | undefined;
};

export const emptyRestore: RestoreState = {
	started: undefined,
	rows: [],
	restored: 0,
	alreadyThere: 0,
	notYetSaved: 0,
	failed: 0,
	failures: [],
	finished: undefined,
};

/** Failed parts that are named at the end. */
const mostNamed = 20;

export const countDone = (state: RestoreState): number =>
	state.restored + state.alreadyThere + state.notYetSaved + state.failed;

export const countAll = ({started}: RestoreState): number => started?.plan.length ?? 0;

/** Number of parts of a kind to restore. */
export const countParts = ({started}: RestoreState, part: MirrorName): number =>
	started === undefined ? 0 : started.plan.filter((name) => name.part === part).length;

/** `acme/api`, or `acme/api (wiki)`. Not yet printable. */
export const titleOf = ({repository, part}: RestoredName): string =>
	part === 'wiki' ? `${repository} (wiki)` : repository;

/** The state after an event that came at `now` (milliseconds since 1970). */
export const foldRestore = (
	state: RestoreState,
	event: RestoreEvent,
	now: number,
): RestoreState => {
	switch (event.type) {
		case 'restore-started':
			return {...state, started: event};
		case 'restoring':
			return {...state, rows: [...state.rows, startRow(event, now)]};
		case 'restore-progressed':
			return {...state, rows: state.rows.map((row) => progressRow(row, event, now))};
		case 'restore-ended':
			return addResult({...state, rows: state.rows.filter((row) => !isOf(row, event))}, event);
		case 'restore-finished':
			return {...state, rows: [], finished: {duration: event.duration, exitCode: event.exitCode}};
	}
};

const startRow = (name: RestoredName, now: number): RunningRow => ({
	kind: 'running',
	source: name.source,
	repository: titleOf(name),
	action: 'restore',
	size: 0,
	progress: undefined,
	heldBy: undefined,
	received: 0,
	heard: 0,
	since: now,
});

const isOf = (row: RunningRow, name: RestoredName): boolean =>
	row.source === name.source && row.repository === titleOf(name);

const progressRow = (
	row: RunningRow,
	event: Extract<RestoreEvent, {type: 'restore-progressed'}>,
	now: number,
): RunningRow =>
	isOf(row, event)
		? {
				...row,
				progress: event.progress,
				heard: row.heard + 1,
				since: row.progress?.stage === event.progress.stage ? row.since : now,
			}
		: row;

const addResult = (state: RestoreState, ended: RestoredRepository): RestoreState => {
	switch (ended.restored.result) {
		case 'restored':
			return {...state, restored: state.restored + 1};
		case 'already-there':
			return {...state, alreadyThere: state.alreadyThere + 1};
		case 'not-yet-saved':
			return {...state, notYetSaved: state.notYetSaved + 1};
		case 'failed':
			return {
				...state,
				failed: state.failed + 1,
				failures: state.failures.length < mostNamed ? [...state.failures, ended] : state.failures,
			};
	}
};
