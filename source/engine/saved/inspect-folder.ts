import type {FolderReport} from '../../domain/answers/wizard-answers.ts';
import {joinPath, ownFolder} from '../../domain/plan/layout.ts';
import type {Files} from '../../ports/files.ts';

/**
 * Makes a backup folder if there is none, proves that it is writable, and reports the content of
 * an existing one. Throws `folder-unusable` and `disk-full`.
 */
export const inspectFolder = async (path: string, files: Files): Promise<FolderReport> => {
	const isNew = !(await files.exists(path));
	await files.makeFolder(path);
	await proveWritable(files, path);
	const freeSpace = await files.readFreeSpace(path);
	return {path, isNew, freeSpace, ...(await inspectContent(path, files))};
};

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

const inspectContent = async (
	path: string,
	files: Files,
): Promise<Pick<FolderReport, 'holds' | 'repositories'>> => {
	const sources = await files.listFolders(path);
	const found = await Promise.all(
		sources.map(async (source) => {
			const folders = await files.listFolders(joinPath(path, source));
			return {
				// SCM Backup names a repository's folder in the same way: the workspace, a hash, the repository.
				repositories: folders.filter((name) => name.includes('#')).length,
				isOurs: folders.includes(ownFolder),
			};
		}),
	);
	const repositories = found.reduce((sum, each) => sum + each.repositories, 0);
	if (found.some(({isOurs}) => isOurs)) {
		return {holds: 'cistern', repositories};
	}

	if (repositories > 0) {
		return {holds: 'scm-backup', repositories};
	}

	const isEmpty = sources.length === 0 && (await files.listFiles(path)).length === 0;
	return {holds: isEmpty ? 'nothing' : 'other', repositories};
};
