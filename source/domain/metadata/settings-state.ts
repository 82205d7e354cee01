import type {Failure} from '../failure/failure.ts';
import {describeFailure} from '../failure/failure-table.ts';
import {type Checked, is} from '../json.ts';
import {day} from '../text/format.ts';
import {isYounger} from './age.ts';

const isDenied = is.objectOf({
	state: is.oneOf('refused', 'absent'),
	/** When it was asked, RFC 3339. */
	at: is.time,
	/** In words. */
	reason: is.text,
	/** The scopes that the token held, as a text. */
	scopes: is.text,
});

/** How the reading of one file of settings went. */
export type SettingState = Checked<typeof isSettingState>;

const isSettingState = is.objectOf({
	/** Items of the last whole answer, 1 for an object. Undefined if it was never read. */
	items: is.optional(is.number),
	/** Bitbucket refused it when it was asked last, or does not have it. */
	denied: is.optional(isDenied),
	/** The user knows that it could be read once and is refused now. Until it can be read again. */
	isAccepted: is.optional(is.oneOf(true)),
});

/** How far the settings of a repository or of a workspace are known. */
export type SettingsState = Checked<typeof isSettingsState>;

export const isSettingsState = is.objectOf({
	/** When the last round through all of them ended, RFC 3339. */
	at: is.optional(is.time),
	/** Files that the round under way has asked for already, and when. */
	asked: is.optional(is.mapOf(is.time)),
	/** By the names of their files. */
	files: is.mapOf(isSettingState),
	/** Digest of the repository as the workspace's listing had it when that was last saved. */
	listed: is.optional(is.text),
});

export const noSettings: SettingsState = {files: {}};

/** Settings are at most this old, in milliseconds. */
const settingsAge = 7 * day;

/** A file that was denied and never read is asked for again after this time. */
const denialAge = 30 * day;

/** Is it time for another round through the settings, or to go on with one? */
export const areSettingsDue = ({at}: SettingsState, now: number): boolean =>
	!isYounger(at, settingsAge, now);

/**
 * Is a file to be asked for in this round? `scopes`: those that the token holds. `isNeeded`: its
 * items are needed even if the round has asked for it.
 */
export const isSettingDue = (
	{asked, files}: SettingsState,
	name: string,
	{
		scopes,
		now,
		isNeeded,
	}: {readonly scopes: string; readonly now: number; readonly isNeeded: boolean},
): boolean => {
	const {items, denied} = files[name] ?? {};
	// Asking again soon is no use where the answer was no, unless the token holds other scopes now.
	if (denied !== undefined && items === undefined) {
		return denied.scopes !== scopes || !isYounger(denied.at, denialAge, now);
	}

	return isNeeded || !isYounger(asked?.[name], settingsAge, now);
};

/** A setting that Bitbucket refuses to this token, by the name of its file, and why. */
export type RefusedSetting = {
	readonly name: string;
	readonly reason: string;
	/** Could it be read once? */
	readonly isLost: boolean;
	/** Does the user know of the loss? */
	readonly isAccepted: boolean;
};

export const findRefusedSettings = ({files}: SettingsState): readonly RefusedSetting[] =>
	Object.entries(files).flatMap(([name, {items, denied, isAccepted = false}]) =>
		denied?.state === 'refused'
			? [{name, reason: denied.reason, isLost: items !== undefined, isAccepted}]
			: [],
	);

/** Settings that could be read once, that are refused now, and of which the user does not know. */
export const findLostSettings = (state: SettingsState): readonly RefusedSetting[] =>
	findRefusedSettings(state).filter(({isLost, isAccepted}) => isLost && !isAccepted);

/** The same settings, all of those accepted as lost. */
export const acceptLostSettings = (state: SettingsState): SettingsState => {
	const lost = new Set(findLostSettings(state).map(({name}) => name));
	const accept = (name: string, file: SettingState): SettingState =>
		lost.has(name) ? {...file, isAccepted: true} : file;
	const files = Object.entries(state.files).map(([name, file]) => [name, accept(name, file)]);
	return {...state, files: Object.fromEntries(files)};
};

/** `deploy keys` for `deploy-keys`, and `deploy keys of project MAIN` for `projects/MAIN/deploy-keys`. */
export const wordsOfSetting = (name: string): string => {
	const [, project, own = name] = /^projects\/([^/]+)\/(.+)$/.exec(name) ?? [];
	const words = own === 'hooks' ? 'webhooks' : own.replaceAll('-', ' ');
	return project === undefined ? words : `${words} of project ${project}`;
};

/** The words for a file or a question in the list "Not read", where projects are named together. */
export const groupOfSetting = (name: string): string => {
	const [, ofProject] = /^projects?[-/](?:.+\/)?(.+)$/.exec(name) ?? [];
	if (ofProject !== undefined) {
		return `${wordsOfSetting(ofProject)} of projects`;
	}

	if (/^(pipeline-|environment|workspace-variables$|variables$)/.test(name)) {
		return 'settings of pipelines';
	}

	return name.endsWith('hooks') ? 'webhooks' : wordsOfSetting(name);
};

/** The reason for which settings are denied, in a few words. */
export const reasonOfDenial = (failure: Failure): string =>
	failure.kind === 'permission-missing' && failure.required.length > 0
		? `the token lacks ${failure.required.map((scope) => scope.replace(/:bitbucket$/, '')).join(' and ')}`
		: describeFailure(failure).what;

/** About how many requests a round through `usual` files still takes; 0 if none is due. */
export const estimateSettings = (
	state: SettingsState,
	usual: number,
	now: number | undefined,
): number => {
	const isDue = state.at === undefined || (now !== undefined && areSettingsDue(state, now));
	return isDue ? Math.max(1, usual - Object.keys(state.asked ?? {}).length) : 0;
};
