import {type Failure, FailureError, failureOf} from '../../domain/failure/failure.ts';
import {isOfRepository, joinPath} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {
	parseRecord,
	partsIn,
	type ReadRecord,
	type RepositoryRecord,
	savedEntries,
} from '../../domain/record/record.ts';
import {type Finding, isOfMirror} from '../../domain/verify/finding.ts';
import {describeDamage, isDamage} from '../../domain/verify/finding-table.ts';
import type {RepositoryVerdict} from '../../domain/verify/verdict.ts';
import {type CopyTools, isStandalone, type Part, type Standalone} from '../../parts/part.ts';
import type {Files} from '../../ports/files.ts';
import type {SavedSource} from '../saved/find-repositories.ts';
import {isMercurial, readRecordText, writeRecord} from '../saved/saved-state.ts';
import {findStraysOfRepository} from './strays.ts';

export type VerifyTools = CopyTools & {
	readonly parts: readonly Part[];
	/** May damage be written into the records? Not if the folder is not writable. */
	readonly canMark: boolean;
};

/** Verifies one folder of a source, and writes the damage into its record. */
export const verifyRepository = async (
	tools: VerifyTools,
	source: SavedSource,
	folder: string,
): Promise<RepositoryVerdict> => {
	tools.signal.throwIfAborted();
	try {
		const parts = partsIn(folder, tools.parts);
		return await verifyReadable({...tools, parts}, source, folder);
	} catch (error) {
		const failure = failureOf(error);
		return {
			source: source.source,
			repository: folder,
			folder,
			findings: [{kind: 'folder-unreadable', failure}],
			isMarked: false,
			goneSince: undefined,
		};
	}
};

const verifyReadable = async (
	tools: VerifyTools,
	source: SavedSource,
	folder: string,
): Promise<RepositoryVerdict> => {
	const place = joinPath(source.folder, folder);
	const text = await readRecordText(tools.files, place);
	const read = text === undefined ? undefined : parseRecord(text, tools.parts);
	const record = read?.state === 'read' ? read.record : undefined;
	const findings = [
		...(await verifyFolder(tools, place, read)),
		...(await findStraysOfRepository(tools, source.folder, folder)),
	];
	return {
		source: source.source,
		repository: record === undefined ? folder : fullName(record),
		folder,
		findings,
		isMarked: await tryToMark(tools, place, read, findings),
		goneSince: record?.goneSince,
	};
};

const verifyFolder = async (
	tools: VerifyTools,
	place: string,
	read: ReadRecord | undefined,
): Promise<readonly Finding[]> => {
	switch (read?.state) {
		case 'read':
			return verifyParts(tools, place, read.record);
		case 'newer':
			return [{kind: 'record-newer'}];
		case 'damaged':
			return [{kind: 'record-damaged'}, ...(await verifyParts(tools, place, undefined))];
		case undefined:
			return (await isMercurial(tools.files, place))
				? [{kind: 'mercurial'}]
				: verifyUnrecorded(tools, place);
	}
};

/** Verifies the recorded parts, and those that exist. */
const verifyParts = async (
	tools: VerifyTools,
	place: string,
	record: RepositoryRecord | undefined,
): Promise<readonly Finding[]> => {
	const there = await findFolders(tools, place);
	const findings: Finding[] = [];
	for (const part of tools.parts) {
		const known = record?.parts[part.name];
		const isThere = part.isCompanion ? there.length > 0 : there.includes(part);
		if (known?.state === 'saved' || isThere) {
			const losses = record?.losses ?? [];
			findings.push(...(await part.verify({...tools, folder: place}, known, losses)));
		}
	}

	return findings;
};

/** The parts that have a folder here, except those that lie in the folder of another. */
const findFolders = async (
	{files, parts}: VerifyTools,
	place: string,
): Promise<readonly Standalone[]> => {
	const found: Standalone[] = [];
	for (const part of parts.filter(isStandalone)) {
		if (await files.exists(joinPath(place, part.name))) {
			found.push(part);
		}
	}

	return found;
};

const isEmptyFolder = async (files: Files, place: string): Promise<boolean> =>
	(await files.listFolders(place)).length === 0 && (await files.listFiles(place)).length === 0;

/** A folder without a record is Cistern's only if one of its parts is. */
const verifyUnrecorded = async (tools: VerifyTools, place: string): Promise<readonly Finding[]> => {
	const there = await findFolders(tools, place);
	if (there.length === 0) {
		const name = place.slice(place.lastIndexOf('/') + 1);
		const isEmpty = isOfRepository(name) && (await isEmptyFolder(tools.files, place));
		return [isEmpty ? {kind: 'repository-missing'} : {kind: 'foreign', path: name}];
	}

	// A copy that cannot be read may be Cistern's.
	const isOurs = await Promise.all(
		there.map((part) => part.isOurs({...tools, folder: place}).catch(() => true)),
	);
	return isOurs.includes(true)
		? [{kind: 'record-missing'}, ...(await verifyParts(tools, place, undefined))]
		: [{kind: 'unrecorded'}];
};

/**
 * Writes the damage into the record. True also if there is no usable record: the next backup
 * checks such a repository anyway.
 */
const tryToMark = async (
	{files, canMark}: VerifyTools,
	place: string,
	read: ReadRecord | undefined,
	findings: readonly Finding[],
): Promise<boolean> => {
	if (read?.state !== 'read') {
		return read?.state !== 'newer';
	}

	if (!canMark) {
		return false;
	}

	try {
		await markDamage(files, place, read.record, findings);
		return true;
	} catch (error) {
		if (error instanceof FailureError && isOfFolder(error.failure)) {
			return false;
		}

		throw error;
	}
};

const isOfFolder = ({kind}: Failure): boolean => kind === 'folder-unusable' || kind === 'disk-full';

/**
 * Records the damage of each part, so that the next backup no longer trusts its copy, and removes
 * the mark of a part that is whole again. Writes only if that changes the record.
 */
const markDamage = async (
	files: Files,
	place: string,
	record: RepositoryRecord,
	findings: readonly Finding[],
): Promise<void> => {
	const changed = savedEntries(record).flatMap(([name, {damage: before, ...entry}]) => {
		const damage = damageOf(name, findings);
		return damage === before
			? []
			: [[name, damage === undefined ? entry : {...entry, damage}] as const];
	});
	if (changed.length > 0) {
		const parts = {...record.parts, ...Object.fromEntries(changed)};
		await writeRecord(files, place, {...record, parts});
	}
};

/** In words. A copy that could only not be checked is not damaged. */
const damageOf = (part: string, findings: readonly Finding[]): string | undefined => {
	const found = findings
		.filter(isOfMirror)
		.filter((one) => one.mirror === part && isDamage(one) && one.kind !== 'not-checked');
	return found.length === 0 ? undefined : describeDamage(found);
};
