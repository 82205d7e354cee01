import {type ExitCode, exitCodes} from '../failure/exit-code.ts';
import type {TakenAway} from '../history/timeline.ts';
import {listPlaces} from '../record/gap.ts';
import type {RunState} from '../run/run-state.ts';

/** A token that ends soon, by the day that its user noted. */
export type ExpiringToken = {
	readonly source: string;
	/** Days that are left; less than 0 once it has expired. */
	readonly days: number;
};

/** The check of a backup, as it is told. */
export type Checked = {
	/** Repositories that were checked, and those that are not as they should be. */
	repositories: number;
	/** Full names, or those of folders. */
	readonly damaged: string[];
};

/** A run as it is told. */
export type Night = {
	/** Undefined for a backup. */
	readonly checked: Checked | undefined;
	/** When it began, milliseconds since 1970. */
	readonly at: number;
	/** Milliseconds. */
	readonly duration: number;
	readonly exitCode: ExitCode;
	/** The run as far as it came. */
	readonly state: RunState;
	/** Why the command ended before or beside the run, in sentences. */
	readonly stopped: readonly string[] | undefined;
	/** Everything that upstream took away, as this run found. */
	readonly taken: readonly TakenAway[];
	readonly expiring: readonly ExpiringToken[];
};

/** Another run was at it, or a person ended it: that is no news about the backup. */
export const isWorthTelling = ({exitCode}: Pick<Night, 'exitCode'>): boolean =>
	exitCode !== exitCodes.locked && exitCode !== exitCodes.interrupted;

/** Everything that is not saved, by names that stay the same while it stays so. */
export const listTroubles = (night: Night): readonly string[] => {
	const {state, stopped, exitCode} = night;
	if (exitCode === exitCodes.done) {
		return [];
	}

	if (night.checked !== undefined && stopped === undefined) {
		return night.checked.damaged;
	}

	const troubles = [...state.sources.values()].flatMap(({source, failed, leftOut, report}) => [
		...failed.map(({repository}) => `${source} ${repository}`),
		...leftOut.map((repository) => `${source} ${repository}`),
		...(report?.problem === undefined ? [] : [`${source}: ${report.problem.kind}`]),
		...listPlaces(report?.gaps ?? []).map((place) => `${source}: not ${place}`),
	]);
	return [
		...troubles,
		...(state.afterBackup?.problem === undefined ? [] : ['after the backup']),
		...(stopped === undefined ? [] : ['stopped']),
	];
};
