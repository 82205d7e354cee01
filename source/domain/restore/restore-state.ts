import type {ExitCode} from '../failure/exit-code.ts';
import {repoFolder} from '../plan/layout.ts';
import type {RestoredName, RestoredRepository, RestoreEvent} from './restored.ts';

/** A restore as every reporter tells it: its events so far, folded into counts, in place. */
export type RestoreState = {
	started: Extract<RestoreEvent, {type: 'restore-started'}> | undefined;
	restored: number;
	alreadyThere: number;
	notYetSaved: number;
	failed: number;
	/** The first that failed; `failed` counts all. */
	readonly failures: RestoredRepository[];
	finished: {readonly duration: number; readonly exitCode: ExitCode} | undefined;
};

export const emptyRestore = (): RestoreState => ({
	started: undefined,
	restored: 0,
	alreadyThere: 0,
	notYetSaved: 0,
	failed: 0,
	failures: [],
	finished: undefined,
});

/** Number of failed repositories that the summary names. */
const mostNamed = 20;

export const countDone = (state: RestoreState): number =>
	state.restored + state.alreadyThere + state.notYetSaved + state.failed;

export const countAll = ({started}: RestoreState): number => started?.plan.length ?? 0;

/** Numbers of parts to restore, by their name: first the repositories themselves. */
export const countParts = ({started}: RestoreState): ReadonlyMap<string, number> => {
	const counts = new Map([[repoFolder, 0]]);
	for (const {part} of started?.plan ?? []) {
		counts.set(part, (counts.get(part) ?? 0) + 1);
	}

	return counts;
};

/** `acme/api`, or `acme/api (PART)` for another part than the code. Not yet printable. */
export const titleOf = ({repository, part}: RestoredName): string =>
	part === repoFolder ? repository : `${repository} (${part})`;

export const foldRestore = (state: RestoreState, event: RestoreEvent): void => {
	switch (event.type) {
		case 'restore-started':
			state.started = event;
			break;
		case 'restore-ended':
			countResult(state, event);
			break;
		case 'restore-finished':
			state.finished = {duration: event.duration, exitCode: event.exitCode};
			break;
		default:
	}
};

const countResult = (state: RestoreState, ended: RestoredRepository): void => {
	switch (ended.restored.result) {
		case 'restored':
			state.restored += 1;
			break;
		case 'already-there':
			state.alreadyThere += 1;
			break;
		case 'not-yet-saved':
			state.notYetSaved += 1;
			break;
		case 'failed':
			state.failed += 1;
			if (state.failures.length < mostNamed) {
				state.failures.push(ended);
			}
			break;
	}
};
