import {joinPath} from '../../domain/plan/layout.ts';
import type {Files} from '../../ports/files.ts';

/** Left behind by nobody: written and removed at once. */
const probeFile = '.cistern-probe';

/** Writes a file to a folder and removes it. Throws `folder-unusable` and `disk-full`. */
export const proveWritable = async (files: Files, folder: string): Promise<void> => {
	const probe = joinPath(folder, probeFile);
	try {
		await files.writeText(probe, '');
	} finally {
		await files.remove(probe);
	}
};
