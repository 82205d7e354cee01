import {writeFile} from 'node:fs/promises';
import {codeOf} from './file-failure.ts';

export type PutOptions = {
	/** `link` of the file system; not every one has it. */
	readonly link: (from: string, to: string) => Promise<void>;
};

/**
 * Puts a claim where there is none. A file system without `link` (exFAT, many network folders) can
 * at least create a file that nobody else creates; for a moment it is there and not yet written.
 */
export const putClaim = async (
	aside: string,
	path: string,
	text: string,
	{link}: PutOptions,
): Promise<boolean> => {
	try {
		await link(aside, path);
		return true;
	} catch (error) {
		return codeOf(error) === 'EEXIST' ? false : createClaim(path, text);
	}
};

const createClaim = async (path: string, text: string): Promise<boolean> => {
	try {
		await writeFile(path, text, {flag: 'wx', mode: 0o600});
		return true;
	} catch (error) {
		if (codeOf(error) === 'EEXIST') {
			return false;
		}

		throw error;
	}
};
