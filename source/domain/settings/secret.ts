import {type Given, problemWith, type Reading, withVariables} from './read-settings.ts';
import type {Report} from './settings-problem.ts';

/**
 * A secret stands in the settings in one of three ways: as a value under its key, as a command that
 * prints it (`…Command`), or as a file that holds it in its first line (`…File`).
 */
type WithSecret<Key extends string> = {
	readonly [Name in Key | `${Key}Command` | `${Key}File`]: Given | undefined;
};

export type SecretWay = {
	readonly way: 'value' | 'command' | 'file';
	readonly key: string;
	readonly given: Given;
};

/** A secret that is not in the settings file itself. */
export type SecretApart = SecretWay & {readonly way: 'command' | 'file'};

export const isApart = (secret: SecretWay): secret is SecretApart => secret.way !== 'value';

/** The ways in which a secret is given; more than one is a mistake. */
export const waysOf = <Key extends string>(
	values: WithSecret<Key>,
	key: Key,
): readonly SecretWay[] => {
	const ways = [
		['value', key],
		['command', `${key}Command`],
		['file', `${key}File`],
	] as const;
	return ways.flatMap(([way, name]) => {
		const given = values[name];
		return given === undefined ? [] : [{way, key: name, given}];
	});
};

/** The one way in which a secret is given. Reports a second one. */
export const onlyWay = <Key extends string>(
	values: WithSecret<Key>,
	key: Key,
	report: Report,
): SecretWay | undefined => {
	const [first, second] = waysOf(values, key);
	if (first !== undefined && second !== undefined) {
		const message = `there is a ${first.key} and a ${second.key}`;
		report(problemWith(second.given, message, 'keep one of them'));
	}

	return first;
};

/** Reports each variable that a secret needs and that is not set. */
export const checkSecrets = (secrets: readonly SecretWay[], reading: Reading): void => {
	for (const {way, given} of secrets) {
		if (way === 'value') {
			withVariables(given, reading);
		}
	}
};
