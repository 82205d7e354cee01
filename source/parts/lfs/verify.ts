import {FailureError} from '../../domain/failure/failure.ts';
import {joinPath, repoFolder} from '../../domain/plan/layout.ts';
import {findAbsentFiles, findForeignFiles} from '../../domain/verify/file-findings.ts';
import type {FileOfPart, MirrorFinding} from '../../domain/verify/finding.ts';
import type {FoundPointer} from '../../ports/lfs.ts';
import type {PartCopy} from '../part.ts';
import {hasNone, type LfsEntry, mostNamed} from './entry.ts';
import {readMissing} from './missing.ts';

const mirror = 'lfs';

/** Reads every LFS file, and looks for all that pointers name. */
export const verifyLfs = async (
	copy: PartCopy,
	known: LfsEntry | undefined,
): Promise<readonly MirrorFinding[]> => {
	const {git, files, folder, signal} = copy;
	const place = joinPath(folder, repoFolder);
	if (!(await files.exists(place))) {
		return [];
	}

	const {objects, strays, parts} = await git.listLfs(place);
	const damaged = await git.findDamagedLfs(place, objects.keys(), {signal});
	const pointers =
		hasNone(known) && objects.size === 0
			? new Map<string, FoundPointer>()
			: await findPointers(copy, place, new Set(objects.keys()), damaged);
	const listed = (await readMissing(copy)) ?? new Map<string, unknown>();
	// Where nothing was fetched yet, nothing that was saved is missing.
	const isNew = known === undefined || known.unfinished === true || known.looked === undefined;
	const lacking = [...pointers.values()].filter(({oid}) => !objects.has(oid));
	const absent = lacking.filter(({oid}) => isNew || listed.has(oid));
	const missing = lacking.filter((one) => !absent.includes(one));
	const name = nameFiles(copy, place, pointers);
	return [
		...(await name(
			damaged.map((oid) => ({kind: 'file-damaged', oid, size: objects.get(oid) ?? 0})),
		)),
		...(await name(missing.map(({oid, size}) => ({kind: 'file-missing', oid, size})))),
		...findAbsentFiles(mirror, absent),
		...(parts.length === 0 ? [] : [{mirror, kind: 'unfinished'} as const]),
		...findForeignFiles(mirror, strays),
	];
};

/** The pointers to files that are damaged or not here. None where the code cannot be read: its part says so. */
const findPointers = async (
	{git, signal}: PartCopy,
	place: string,
	here: ReadonlySet<string>,
	damaged: readonly string[],
): Promise<ReadonlyMap<string, FoundPointer>> => {
	const bad = new Set(damaged);
	const found = new Map<string, FoundPointer>();
	try {
		for await (const pointer of git.findPointers(place, {of: 'refs'}, signal)) {
			if (bad.has(pointer.oid) || !here.has(pointer.oid)) {
				found.set(pointer.oid, pointer);
			}
		}
	} catch (error) {
		signal.throwIfAborted();
		if (!(error instanceof FailureError)) {
			throw error;
		}
	}

	return found;
};

type Bad = {readonly kind: 'file-damaged' | 'file-missing'} & Pick<FileOfPart, 'oid' | 'size'>;

/** The first of them with the newest commit that has them, which takes a while to find. */
const nameFiles =
	({git, signal}: PartCopy, place: string, pointers: ReadonlyMap<string, FoundPointer>) =>
	async (bad: readonly Bad[]): Promise<readonly MirrorFinding[]> => {
		const findings: MirrorFinding[] = [];
		for (const [index, file] of bad.entries()) {
			const {path, blob} = pointers.get(file.oid) ?? {};
			const commit =
				blob === undefined || index >= mostNamed
					? undefined
					: await git.findCommitWith(place, blob, signal);
			findings.push({
				mirror,
				...file,
				path,
				commit: commit?.oid,
				at: commit?.at,
			});
		}

		return findings;
	};
