import {
	isDamagedOne,
	isOfRepository,
	isOwnFile,
	isOwnFolder,
	joinPath,
	ownFolder,
	recordFile,
	runsFile,
	workFolder,
} from '../../domain/plan/layout.ts';
import type {PlaceFinding} from '../../domain/verify/finding.ts';
import type {Part} from '../../parts/part.ts';
import type {Files} from '../../ports/files.ts';
import {findLinksOfRepository, findLinksOfSource} from '../saved/links.ts';
import {readRuns} from '../saved/saved-state.ts';

/** A file that `writeText` was writing when its run was killed. */
const isHalfWritten = (name: string): boolean => /\.[0-9a-f]{12}\.new$/.test(name);

const list = async (files: Files, folder: string): Promise<readonly string[]> =>
	[
		...(await files.listFolders(folder)),
		...(await files.listFiles(folder)),
		...(await files.listLinks(folder, 'here')),
	].sort();

const stray = (path: string, name: string): PlaceFinding =>
	isHalfWritten(name) ? {kind: 'leftover', path} : {kind: 'foreign', path};

/** Is this the name of a repository's folder, or of Cistern's own? */
const isOwnName = (name: string): boolean => isOfRepository(name) || name === ownFolder;

export const linked = (path: string): PlaceFinding => ({kind: 'linked', path});

/** Finds everything in a repository's folder that is neither a part nor the record. */
export const findStraysOfRepository = async (
	{files, parts}: {readonly files: Files; readonly parts: readonly Part[]},
	source: string,
	folder: string,
): Promise<readonly PlaceFinding[]> => {
	const ours = new Set<string>([
		...parts.flatMap((part) => [part.name, ...(part.files ?? [])]),
		recordFile,
	]);
	const place = joinPath(source, folder);
	const names = await list(files, place);
	const links = await findLinksOfRepository(files, place, parts);
	const strays = names
		.filter((name) => !ours.has(name))
		.map((name) => {
			const path = joinPath(folder, name);
			// A damaged copy that a backup replaced and kept for inspection.
			return parts.some((part) => isDamagedOne(name, part.name))
				? ({kind: 'set-aside', path} as const)
				: stray(path, name);
		});
	return [...links.map((path) => linked(joinPath(folder, path))), ...strays];
};

/** Finds everything in a source's folder, and in Cistern's own below it, that does not belong there. */
export const findStraysOfSource = async (
	files: Files,
	source: string,
): Promise<readonly PlaceFinding[]> => {
	const own = joinPath(source, ownFolder);
	const inSource = [
		...(await files.listFiles(source)),
		...(await files.listLinks(source, 'here')).filter((name) => !isOwnName(name)),
	];
	const works = await files.listFolders(joinPath(own, workFolder));
	return [
		...(await findLinksOfSource(files, source)).map(linked),
		...inSource.toSorted().map((name) => stray(name, name)),
		...(await findStraysOfOwn(files, own)),
		...works.map(
			(name) => ({kind: 'leftover', path: joinPath(ownFolder, workFolder, name)}) as const,
		),
		...(await verifyRuns(files, source)),
	];
};

/** A folder named like one of Cistern's files is a stray too, and the other way round. */
const findStraysOfOwn = async (files: Files, own: string): Promise<readonly PlaceFinding[]> => {
	const folders = (await files.listFolders(own)).filter(
		(name) => !isOwnFolder(name) && name !== runsFile,
	);
	const others = (await files.listFiles(own)).filter((name) => !isOwnFile(name));
	const links = (await files.listLinks(own, 'here')).filter(
		(name) => !isOwnFolder(name) && !isOwnFile(name),
	);
	return [...folders, ...others, ...links]
		.sort()
		.map((name) => stray(joinPath(ownFolder, name), name));
};

/** A folder in the place of `runs.jsonl` is reported as an unreadable list of runs. */
const verifyRuns = async (files: Files, source: string): Promise<readonly PlaceFinding[]> => {
	const runs = await readRuns(files, source);
	switch (runs.state) {
		case 'missing':
			return [{kind: 'runs-missing'}];
		case 'closed':
			return [{kind: 'runs-closed', failure: runs.failure}];
		case 'read':
			return runs.unreadable === 0 ? [] : [{kind: 'runs-unreadable', lines: runs.unreadable}];
	}
};
