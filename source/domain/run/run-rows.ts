import type {BackupEvent, Progress} from './events.ts';
import type {Outcome} from './outcome.ts';

/**
 * What happens in one place of the screen. A repository keeps its place while it runs; its place
 * stays with its result until another one needs it.
 */
export type Row =
	| {
			readonly kind: 'running';
			readonly source: string;
			readonly repository: string;
			readonly action: 'clone' | 'update' | 'restore';
			/** Bytes, as Bitbucket counts them, of what is to be cloned. */
			readonly size: number;
			readonly progress: Progress | undefined;
			/** The host that it waits for with all others. */
			readonly heldBy: string | undefined;
			/** Bytes received so far; later stages tell of none. */
			readonly received: number;
			/** How often it was heard of, so that a mark can move exactly when something moves. */
			readonly heard: number;
			/** Milliseconds since 1970: since when it has been in this stage. */
			readonly since: number;
	  }
	| {
			readonly kind: 'finished';
			readonly source: string;
			readonly repository: string;
			readonly outcome: Outcome;
	  };

export type RunningRow = Extract<Row, {kind: 'running'}>;

export const isRunning = (row: Row): row is RunningRow => row.kind === 'running';

/** The first free place, or a new one at the end. */
export const startRow = (
	rows: readonly Row[],
	event: Extract<BackupEvent, {type: 'repository-started'}>,
	now: number,
): readonly Row[] => {
	const {source, repository, action} = event;
	const free = rows.findIndex((row) => !isRunning(row));
	return put(rows, free === -1 ? rows.length : free, {
		kind: 'running',
		source,
		repository,
		action,
		size: event.size ?? 0,
		progress: undefined,
		heldBy: undefined,
		received: 0,
		heard: 0,
		since: now,
	});
};

export const progressRow = (
	rows: readonly Row[],
	event: Extract<BackupEvent, {type: 'repository-progressed'}>,
	now: number,
): readonly Row[] => {
	const row = rows[findRow(rows, event)];
	return row === undefined || !isRunning(row)
		? rows
		: change(rows, event, {
				progress: event.progress,
				received: Math.max(row.received, event.progress.bytes ?? 0),
				heard: row.heard + 1,
				since: row.progress?.stage === event.progress.stage ? row.since : now,
			});
};

/** It waits, for a host with all others where one is named: what it did is over. */
export const pauseRow = (
	rows: readonly Row[],
	named: Named,
	now: number,
	heldBy: string | undefined,
): readonly Row[] => change(rows, named, {progress: undefined, heldBy, since: now});

/** It begins anew. */
export const resumeRow = (rows: readonly Row[], named: Named, now: number): readonly Row[] =>
	change(rows, named, {heldBy: undefined, since: now});

export const finishRow = (
	rows: readonly Row[],
	event: Extract<BackupEvent, {type: 'repository-finished'}>,
): readonly Row[] => {
	const {source, repository, outcome} = event;
	const index = findRow(rows, event);
	return index === -1 ? rows : put(rows, index, {kind: 'finished', source, repository, outcome});
};

/** Results are of interest only as long as something goes on beside them. */
export const clearRows = (rows: readonly Row[]): readonly Row[] =>
	rows.some(isRunning) ? rows : [];

type Named = {readonly source: string; readonly repository: string};

const change = (
	rows: readonly Row[],
	named: Named,
	fields: Partial<RunningRow>,
): readonly Row[] => {
	const index = findRow(rows, named);
	const row = rows[index];
	return row === undefined || !isRunning(row) ? rows : put(rows, index, {...row, ...fields});
};

const findRow = (rows: readonly Row[], {source, repository}: Named): number =>
	rows.findIndex((row) => isRunning(row) && row.repository === repository && row.source === source);

const put = (rows: readonly Row[], index: number, row: Row): readonly Row[] => [
	...rows.slice(0, index),
	row,
	...rows.slice(index + 1),
];
