import {dirname, isAbsolute, relative, resolve, sep} from 'node:path';
import {type Given, problemWith} from './domain/settings/settings-draft.ts';
import {describeAnswer} from './domain/settings/settings-keys.ts';
import type {Report} from './domain/settings/settings-problem.ts';
import {shorten} from './domain/settings/settings-section.ts';

type Surroundings = {
	/** Path of the settings file, where there is one. */
	readonly file: string | undefined;
	readonly home: string;
	readonly report: Report;
};

/**
 * Absolute path of the backup folder: of the option, seen from where the program was started, or
 * of the file, seen from there. `~` is the home folder. Empty after a problem was reported.
 */
export const locateFolder = (
	inFile: Given | undefined,
	option: string | undefined,
	{file, home, report}: Surroundings,
): string => {
	const given: Given | undefined =
		option === undefined ? inFile : {text: option, from: {answer: 'folder'}};
	if (given === undefined) {
		report(
			file === undefined
				? {...topLevel, path: undefined, message: `${describeAnswer('folder')} is missing`}
				: {...topLevel, message: 'localFolder is missing', lacks: ['localFolder']},
		);
		return '';
	}

	if (sep === '/' && /^[A-Za-z]:[\\/]/.test(given.text)) {
		const hint = 'write the path of the backup folder on this machine';
		report(problemWith(given, `"${shorten(given.text)}" is a path of Windows`, hint));
	}

	const base = given === inFile && file !== undefined ? dirname(file) : '.';
	return resolve(base, expandHome(given.text, home));
};

const expandHome = (path: string, home: string): string =>
	path.replace(/^~(?=$|[/\\])/, () => home);

/** Absolute path of a folder named on the command line. */
export const resolveFolder = (path: string, home: string): string =>
	resolve(expandHome(path, home));

/** Is a path a folder's own or below it? Both absolute; links are not followed. */
export const isInside = (path: string, folder: string): boolean => {
	const way = relative(folder, path);
	return !isAbsolute(way) && way.split(sep)[0] !== '..';
};

const topLevel = {path: [], part: 'value', hint: 'the folder that all backups go to'} as const;
