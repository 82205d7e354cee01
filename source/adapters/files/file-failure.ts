import {FailureError} from '../../domain/failure/failure.ts';

const diskFullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const explanations: Readonly<Record<string, string>> = {
	EACCES: 'this user may not write there',
	EPERM: 'this user may not write there',
	EROFS: 'it is mounted read-only',
	EIO: 'the disk reported an error',
	ENAMETOOLONG: 'the path is too long for this file system',
	ENOTDIR: 'a part of the path is a file and not a folder',
	EISDIR: 'it is a folder and not a file',
	EEXIST: 'something of that name is there already',
	ELOOP: 'it is a link to itself',
	ENOENT: 'it is not there any more',
	ENXIO: 'the disk is not there any more',
	ENODEV: 'the disk is not there any more',
	EMFILE: 'too many files are open',
};

/** Node's error for a file operation as a failure; anything that is no such error stays as it is. */
export const asFileFailure = (error: unknown, path: string): unknown => {
	const code = codeOf(error);
	if (code === undefined) {
		return error;
	}

	return new FailureError(
		diskFullCodes.has(code)
			? {kind: 'disk-full', path}
			: {kind: 'folder-unusable', path, detail: explanations[code] ?? `the system said ${code}`},
	);
};

/** Node's code of a system error (`ENOENT`). */
export const codeOf = (error: unknown): string | undefined =>
	error instanceof Error && 'code' in error && typeof error.code === 'string'
		? error.code
		: undefined;
