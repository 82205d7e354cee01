import {type Failure, FailureError, failureOf} from '../../domain/failure/failure.ts';
import {historyRef} from '../../domain/history/history.ts';
import {joinPath, recordFile, repoFolder, wikiFolder} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {RepositoryRecord} from '../../domain/record/record.ts';
import {parseRecord, type ReadRecord} from '../../domain/record/record-file.ts';
import {lostTips} from '../../domain/run/mending.ts';
import type {Finding} from '../../domain/verify/finding.ts';
import type {RepositoryVerdict} from '../../domain/verify/verdict.ts';
import type {SavedSource} from '../saved/find-repositories.ts';
import {readRecordText} from '../saved/saved-state.ts';
import {findStraysOfRepository} from './find-strays.ts';
import {markDamage} from './mark-damage.ts';
import {type MirrorToVerify, type VerifyMirrorTools, verifyMirror} from './verify-mirror.ts';

export type VerifyTools = VerifyMirrorTools & {
	/** May what is found be written down? Not where the folder cannot be written to. */
	readonly canMark: boolean;
};

/** Verifies what lies in one folder of a source, and marks its record with what is damaged. */
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
	const read = text === undefined ? undefined : parseRecord(text);
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
		isMarked: await tryToMark(tools, place, {read, findings}),
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

/** Without a record it is Cistern's only if its mirror has Cistern's history. */
const verifyUnrecorded = async (tools: VerifyTools, place: string): Promise<readonly Finding[]> => {
	const mirrors = await findMirrors(tools, place, undefined);
	if (mirrors.length === 0) {
		return [{kind: 'foreign', path: place.slice(place.lastIndexOf('/') + 1)}];
	}

	const isOurs = await Promise.all(
		mirrors.map(({path}) =>
			tools.git.readTips(path).then(
				(tips) => tips.has(historyRef),
				// What cannot be read at all may have been ours.
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

/** Those that are recorded, and those that are there. */
const findMirrors = async (
	{files}: VerifyTools,
	place: string,
	record: RepositoryRecord | undefined,
): Promise<readonly MirrorToVerify[]> => {
	const wiki = record?.wiki?.state === 'saved' ? record.wiki.mirror : undefined;
	const lost = lostTips(record?.losses ?? []);
	const both = [
		{name: repoFolder, path: joinPath(place, repoFolder), record: record?.repo, lost},
		{name: wikiFolder, path: joinPath(place, wikiFolder), record: wiki, lost},
	] as const;
	const isThere = await Promise.all(both.map(({path}) => files.exists(path)));
	return both.filter((mirror, index) => mirror.record !== undefined || isThere[index] === true);
};

/** What has no record that could be read is looked at again by the next backup anyway. */
const tryToMark = async (
	{files, canMark}: VerifyTools,
	place: string,
	{read, findings}: {read: ReadRecord | undefined; findings: readonly Finding[]},
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
