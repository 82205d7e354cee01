import type {Failure} from '../failure/failure.ts';
import {isJsonObject, type JsonObject} from './normalise.ts';

/** How the last question for one file of settings ended. */
export type SettingState = {
	/** Items of the last whole answer, 1 for an object. Undefined if it was never read. */
	readonly items?: number;
	/** Refused, or not there, since then. */
	readonly denied?: {
		readonly state: 'refused' | 'absent';
		/** When it was asked, RFC 3339. */
		readonly at: string;
		readonly reason: Failure['kind'];
		/** The scopes that the token held, as a text. */
		readonly scopes: string;
	};
};

/** How far the settings of a repository or a workspace are known. */
export type SettingsState = {
	/** When all of them were last read, RFC 3339. Undefined while one has failed. */
	readonly at?: string;
	/** By the names of their files. */
	readonly files: Readonly<Record<string, SettingState>>;
};

export const noSettings: SettingsState = {files: {}};

const day = 24 * 60 * 60 * 1000;

/** Settings are at most this old, in milliseconds. */
export const settingsAge = 7 * day;

/** A file that was denied and never read is asked for again after this time. */
const denialAge = 30 * day;

/** Is it time to read the settings anew? */
export const areSettingsDue = ({at}: SettingsState, now: number): boolean =>
	at === undefined || !isYounger(at, settingsAge, now);

/** Asking again soon is no use where the answer was no, unless the token holds other scopes now. */
export const isAnswerKnown = (
	{items, denied}: SettingState,
	scopes: string,
	now: number,
): boolean =>
	items === undefined &&
	denied !== undefined &&
	denied.scopes === scopes &&
	isYounger(denied.at, denialAge, now);

/** A clock that ran ahead once must not stop the reading for years. */
const isYounger = (at: string, age: number, now: number): boolean => {
	const past = now - Date.parse(at);
	return past >= 0 && past < age;
};

/** Files that could be read once and are refused now. */
export const lostSettings = ({files}: SettingsState): readonly string[] =>
	Object.entries(files)
		.filter(([, {items, denied}]) => items !== undefined && denied?.state === 'refused')
		.map(([name]) => name);

/** Undefined for anything else. Then all settings are read anew, and nothing that is saved goes. */
export const parseSettingsState = (json: unknown): SettingsState | undefined =>
	isSettingsState(json) ? json : undefined;

const isSettingsState = (json: unknown): json is SettingsState =>
	isJsonObject(json) &&
	isTime(json['at']) &&
	isJsonObject(json['files']) &&
	Object.values(json['files']).every((file) => isJsonObject(file) && isSettingState(file));

const isSettingState = ({items, denied}: JsonObject): boolean =>
	(items === undefined || typeof items === 'number') &&
	(denied === undefined ||
		(isJsonObject(denied) &&
			(denied['state'] === 'refused' || denied['state'] === 'absent') &&
			isTime(denied['at']) &&
			typeof denied['reason'] === 'string' &&
			typeof denied['scopes'] === 'string'));

const isTime = (value: unknown): boolean =>
	value === undefined || (typeof value === 'string' && !Number.isNaN(Date.parse(value)));
