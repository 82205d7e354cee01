import type {FolderReport} from '../../domain/answers/folder-report.ts';
import {joinPath, ownFolder} from '../../domain/plan/layout.ts';
import type {Files} from '../../ports/files.ts';
import {proveWritable} from './prove-writable.ts';

/**
 * Makes the folder where there is none, proves that files can be written to it, and looks what an
 * earlier backup left there. Throws `folder-unusable` and `disk-full`.
 */
export const inspectFolder = async (path: string, files: Files): Promise<FolderReport> => {
	const isNew = !(await files.exists(path));
	await files.makeFolder(path);
	await proveWritable(files, path);
	return {path, isNew, freeSpace: await files.readFreeSpace(path), ...(await look(path, files))};
};

const look = async (
	path: string,
	files: Files,
): Promise<Pick<FolderReport, 'holds' | 'repositories'>> => {
	const sources = await files.listFolders(path);
	const found = await Promise.all(
		sources.map(async (source) => {
			const folders = await files.listFolders(joinPath(path, source));
			return {
				// SCM Backup's layout: the workspace, a hash, the repository.
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
