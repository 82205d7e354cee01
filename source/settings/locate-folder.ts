import {dirname, isAbsolute, relative, resolve, sep} from 'node:path';
import {type Given, problemWith} from '../domain/settings/read-settings.ts';
import {type Report, shorten} from '../domain/settings/settings-problem.ts';
import {describeAnswer, settingsTable} from '../domain/settings/settings-table.ts';

type FolderContext = {
	/** Path of the settings file, if there is one. */
	readonly file: string | undefined;
	readonly home: string;
	/** Without a folder, a store may keep everything. */
	readonly hasStores?: boolean;
	readonly report: Report;
};

const withoutFolder =
	'. Where a store alone keeps the backup, give --store TITLE, and for a backup --stateless too';

/**
 * Absolute path of the backup folder. An option's path is relative to the working directory, the
 * file's path to the file; `~` is the home folder. Empty after a problem was reported.
 */
export const locateFolder = (
	inFile: Given | undefined,
	option: string | undefined,
	{file, home, hasStores, report}: FolderContext,
): string => {
	const given: Given | undefined =
		option === undefined ? inFile : {text: option, from: {answer: 'folder'}};
	if (given === undefined) {
		const isInFile = file !== undefined;
		report({
			path: isInFile ? [] : undefined,
			part: 'value',
			message: `${isInFile ? 'localFolder' : describeAnswer('folder')} is missing`,
			hint: `${settingsTable.top.rows.localFolder.missing}${hasStores === true ? withoutFolder : ''}`,
			...(isInFile ? {lacks: ['localFolder']} : {}),
		});
		return '';
	}

	if (sep === '/' && /^[A-Za-z]:[\\/]/.test(given.text)) {
		const hint = 'write the path of the backup folder on this machine';
		report(problemWith(given, `"${shorten(given.text)}" is a path of Windows`, hint));
	}

	const unreplaced = /^\$\w+|\$\{[^}]*\}/.exec(given.text)?.[0];
	if (unreplaced !== undefined) {
		const hint = 'write the path itself, or %NAME% in the settings file';
		report(problemWith(given, `nothing replaced "${shorten(unreplaced)}" in the path`, hint));
	}

	const base = given === inFile && file !== undefined ? dirname(file) : '.';
	return resolve(base, expandHome(given.text, home));
};

const expandHome = (path: string, home: string): string =>
	path.replace(/^~(?=$|[/\\])/, () => home);

/** Absolute path of a file that the settings file names: relative to it; `~` is the home folder. */
export const locateBeside = (file: string, path: string, home: string): string =>
	resolve(dirname(file), expandHome(path, home));

/** Absolute path of a folder named on the command line. */
export const resolveFolder = (path: string, home: string): string =>
	resolve(expandHome(path, home));

/** Is a path the folder itself, or below it? Both are absolute; links are not followed. */
export const isInside = (path: string, folder: string): boolean => {
	const way = relative(folder, path);
	return !isAbsolute(way) && way.split(sep)[0] !== '..';
};
