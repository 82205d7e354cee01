import {type Failure, FailureError, failureOf} from '../../domain/failure/failure.ts';
import {historyRef} from '../../domain/history/history.ts';
import {
	joinPath,
	type MirrorName,
	recordFile,
	repoFolder,
	wikiFolder,
} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {
	formatRecord,
	parseRecord,
	type ReadRecord,
	type RepositoryRecord,
	type SavedEntry,
} from '../../domain/record/record.ts';
import {lostTips} from '../../domain/run/mending.ts';
import {describeDamage, type Finding, isDamage, isOfMirror} from '../../domain/verify/finding.ts';
import type {RepositoryVerdict} from '../../domain/verify/verdict.ts';
import {mirrorEntryOf} from '../../parts/code/mirror.ts';
import type {ProofTools} from '../../parts/code/read-state.ts';
import {type MirrorToVerify, verifyMirror} from '../../parts/code/verify.ts';
import {parts} from '../../parts/registry.ts';
import type {Files} from '../../ports/files.ts';
import type {SavedSource} from '../saved/find-repositories.ts';
import {readRecordText} from '../saved/saved-state.ts';
import {findStraysOfRepository} from './strays.ts';

export type VerifyTools = ProofTools & {
	/** May damage be written into the records? Not where the folder is not writable. */
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
		return await verifyReadable(tools, source, folder);
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
	const read = text === undefined ? undefined : parseRecord(text, parts);
	const record = read?.state === 'read' ? read.record : undefined;
	const findings = [
		...(await verifyFolder(tools, place, read)),
		...(await findStraysOfRepository(tools.files, source.folder, folder)),
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
			return verifyMirrors(tools, await findMirrors(tools, place, read.record));
		case 'newer':
			return [{kind: 'record-newer'}];
		case 'damaged':
			return [
				{kind: 'record-damaged'},
				...(await verifyMirrors(tools, await findMirrors(tools, place, undefined))),
			];
		case undefined:
			return verifyUnrecorded(tools, place);
	}
};

/** A folder without a record is Cistern's only if a mirror has Cistern's history. */
const verifyUnrecorded = async (tools: VerifyTools, place: string): Promise<readonly Finding[]> => {
	const mirrors = await findMirrors(tools, place, undefined);
	if (mirrors.length === 0) {
		return [{kind: 'foreign', path: place.slice(place.lastIndexOf('/') + 1)}];
	}

	const isOurs = await Promise.all(
		mirrors.map(({path}) =>
			tools.git.readTips(path).then(
				(tips) => tips.has(historyRef),
				// A mirror that cannot be read may be Cistern's.
				() => true,
			),
		),
	);
	return isOurs.includes(true)
		? [{kind: 'record-missing'}, ...(await verifyMirrors(tools, mirrors))]
		: [{kind: 'unrecorded'}];
};

const verifyMirrors = async (
	tools: VerifyTools,
	mirrors: readonly MirrorToVerify[],
): Promise<readonly Finding[]> => {
	const findings: Finding[] = [];
	for (const mirror of mirrors) {
		findings.push(...(await verifyMirror(tools, mirror)));
	}

	return findings;
};

/** The recorded mirrors, and those that exist. */
const findMirrors = async (
	{files}: VerifyTools,
	place: string,
	record: RepositoryRecord | undefined,
): Promise<readonly MirrorToVerify[]> => {
	const lost = lostTips(record?.losses ?? []);
	const both = [
		{
			name: repoFolder,
			path: joinPath(place, repoFolder),
			record: mirrorEntryOf(record?.parts[repoFolder]),
			lost,
		},
		{
			name: wikiFolder,
			path: joinPath(place, wikiFolder),
			record: mirrorEntryOf(record?.parts[wikiFolder]),
			lost,
		},
	] as const;
	const isThere = await Promise.all(both.map(({path}) => files.exists(path)));
	return both.filter((mirror, index) => mirror.record !== undefined || isThere[index] === true);
};

/**
 * Writes the damage into the record. True also where there is no usable record: the next backup
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
		await markDamage(files, joinPath(place, recordFile), read.record, findings);
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
 * Records the damage of each mirror, so that the next backup no longer trusts it, and removes the
 * mark of a mirror that is whole again. Writes only where that changes the record.
 */
const markDamage = async (
	files: Files,
	path: string,
	record: RepositoryRecord,
	findings: readonly Finding[],
): Promise<void> => {
	const marked = Object.fromEntries(
		Object.entries(record.parts).map(([name, entry]) => [
			name,
			entry.state === 'saved' ? withDamage(entry, damageOf(name, findings)) : entry,
		]),
	);
	if (Object.entries(marked).some(([name, entry]) => entry !== record.parts[name])) {
		await files.writeText(path, formatRecord({...record, parts: marked}));
	}
};

/** In words. A mirror that could only not be checked is not damaged. */
const damageOf = (name: MirrorName, findings: readonly Finding[]): string | undefined => {
	const found = findings
		.filter(isOfMirror)
		.filter((one) => one.mirror === name && isDamage(one) && one.kind !== 'not-checked');
	return found.length === 0 ? undefined : describeDamage(found);
};

/** The same entry if its damage is the same. */
const withDamage = (entry: SavedEntry, damage: string | undefined): SavedEntry => {
	if (entry.damage === damage) {
		return entry;
	}

	const {damage: _, ...whole} = entry;
	return damage === undefined ? whole : {...whole, damage};
};
