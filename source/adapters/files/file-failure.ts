import {lstat, stat} from 'node:fs/promises';
import {constants} from 'node:os';
import {FailureError, type Resource} from '../../domain/failure/failure.ts';

const diskFullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const explanations: Readonly<Record<string, string>> = {
	EACCES: 'permission was denied',
	EPERM: 'permission was denied',
	EROFS: 'it is mounted read-only',
	EIO: 'the disk reported an error',
	ENAMETOOLONG: 'the path is too long for this file system',
	ENOTDIR: 'a part of the path is a file and not a folder',
	EISDIR: 'it is a folder and not a file',
	EEXIST: 'something of that name is there already',
	ELOOP: 'it is a link, which is not followed',
	ENOENT: 'it is not there any more',
	ENXIO: 'the disk is not there any more',
	ENODEV: 'the disk is not there any more',
};

const resources: Readonly<Record<string, Resource>> = {
	EMFILE: 'files',
	ENFILE: 'files',
	ENOMEM: 'memory',
};

/** The failure behind an error code that means a limit of this computer; else undefined. */
export const limitOf = (code: string): FailureError | undefined => {
	const lacks = resources[code];
	return lacks === undefined ? undefined : new FailureError({kind: 'computer-limit', lacks});
};

/** Turns Node's error of a file operation into a failure. Any other error stays as it is. */
export const asFileFailure = (error: unknown, path: string): unknown => {
	const code = codeOf(error);
	if (code === undefined) {
		return error;
	}

	return (
		limitOf(code) ??
		new FailureError(
			diskFullCodes.has(code)
				? {kind: 'disk-full', path}
				: {kind: 'folder-unusable', path, detail: explanations[code] ?? `the system said ${code}`},
		)
	);
};

/** Works on a file. An error of the disk becomes a failure here: further out it may pass for another's. */
export const onFile = async <Result>(path: string, act: () => Promise<Result>): Promise<Result> => {
	try {
		return await act();
	} catch (error) {
		throw asFileFailure(error, path);
	}
};

/** The code of a system error (`ENOENT`). Node has no name for some, such as that of a full quota. */
export const codeOf = (error: unknown): string | undefined => {
	if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) {
		return undefined;
	}

	const {code} = error;
	return code.startsWith('Unknown system error') && 'errno' in error
		? (nameOf(Number(error.errno)) ?? code)
		: code;
};

const nameOf = (errno: number): string | undefined =>
	Object.entries(constants.errno).find(([, number]) => number === -errno)?.[0];

const troubles = new Set([
	'EIO',
	'EACCES',
	'EPERM',
	'EMFILE',
	'ENFILE',
	'ENXIO',
	'ENODEV',
	'ESTALE',
]);

/** Undefined when a path is missing or of the wrong kind; throws when the disk gives no answer. */
export const orNothing =
	(path: string) =>
	(error: unknown): undefined => {
		if (troubles.has(codeOf(error) ?? '')) {
			throw asFileFailure(error, path);
		}
	};

/** Does the error mean that the path does not exist? */
export const isAbsence = (error: unknown): boolean =>
	codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';

/** Gives `otherwise` when the error means that the path does not exist. Throws any other error. */
export const ifAbsent =
	<Result>(otherwise: Result) =>
	(error: unknown): Result => {
		if (isAbsence(error)) {
			return otherwise;
		}

		throw error;
	};

/** Is there a file or folder, perhaps behind a link? */
export const exists = (path: string): Promise<boolean> =>
	stat(path).then(() => true, ifAbsent(false));

/** Is there anything? A link that leads nowhere takes the place, too. */
export const isTaken = (path: string): Promise<boolean> =>
	lstat(path).then(() => true, ifAbsent(false));
