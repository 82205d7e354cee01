import type {ExitCode} from '../failure/exit-code.ts';
import type {MirrorName} from '../plan/layout.ts';
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

/** Number of parts of a kind to restore. */
export const countParts = ({started}: RestoreState, part: MirrorName): number =>
	started === undefined ? 0 : started.plan.filter((name) => name.part === part).length;

/** `acme/api`, or `acme/api (wiki)`. Not yet printable. */
export const titleOf = ({repository, part}: RestoredName): string =>
	part === 'wiki' ? `${repository} (wiki)` : repository;

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
