import {joinPath, workspaceFolder} from '../../domain/plan/layout.ts';
import type {Repository} from '../../domain/plan/repository.ts';
import {
	type PartEntry,
	parseRecord,
	partsIn,
	type RepositoryRecord,
} from '../../domain/record/record.ts';
import {hasLost} from '../../domain/run/mending.ts';
import type {Part} from '../../parts/part.ts';
import {openWork, patientTurn} from '../backup/work.ts';
import {assertLockHeld} from '../lock.ts';
import {refusedLink, refuseLinksOfRepository} from '../saved/links.ts';
import {readRecordText, writeRecord} from '../saved/saved-state.ts';
import type {Session} from '../session.ts';
import {type Copy, openRecorded} from './copy.ts';

/** Opens the copy of the workspace's own metadata, mended where it was damaged. */
export const openWorkspaceCopy = async (session: Session): Promise<Copy> => {
	const {files, source, run} = session;
	const folder = joinPath(session.folder, workspaceFolder);
	const parts = partsIn(workspaceFolder, run.parts);
	if ((await files.listLinks(session.folder, 'here')).includes(workspaceFolder)) {
		throw refusedLink(folder);
	}

	await refuseLinksOfRepository(files, folder, parts);
	const repository = asRepository(source.workspace);
	const text = await readRecordText(files, folder);
	const read = text === undefined ? undefined : parseRecord(text, parts);
	if (read?.state !== 'read') {
		return openRecorded(session, repository, workspaceFolder, newRecord(session));
	}

	let {record} = read;
	for (const part of parts) {
		record = await mend(session, {repository, folder, record}, part);
	}

	return openRecorded(session, repository, workspaceFolder, record);
};

/** A workspace in the form of its repositories. It has no slug. */
const asRepository = (workspace: string): Repository => ({
	uuid: workspaceFolder,
	workspace,
	slug: '',
	isPrivate: true,
	mainBranch: undefined,
	hasWiki: false,
	size: 0,
	cloneUrl: '',
});

const newRecord = ({source, run}: Session): RepositoryRecord => ({
	uuid: workspaceFolder,
	workspace: source.workspace,
	slug: '',
	isPrivate: true,
	formerNames: [],
	firstSavedAt: new Date(run.at).toISOString(),
	parts: {},
});

type Place = Pick<Copy, 'repository' | 'folder' | 'record'>;

/** Checks a part whose files are not as recorded, as the backup of a repository does. */
const mend = async (
	session: Session,
	{repository, folder, record}: Place,
	part: Part,
): Promise<RepositoryRecord> => {
	const known = record.parts[part.name];
	const place = {saved: undefined, folder, isUnrecorded: false, isSaving: true};
	const work = openWork(session, repository, place, patientTurn);
	const look = await part.look(work, known);
	if (part.decide(known, look, undefined).action === 'none') {
		return record;
	}

	const {files, run} = session;
	await assertLockHeld(files, session.folder, run);
	const write = async (entry: PartEntry, losses = record.losses): Promise<RepositoryRecord> => {
		const parts = {...record.parts, [part.name]: entry};
		const next = {...record, parts, losses};
		await writeRecord(files, folder, next);
		return next;
	};
	const recordSoFar = async (entry: PartEntry): Promise<void> => void (await write(entry));
	const all = {...work, entries: record.parts, recordSoFar};
	const {entry, mending} = await part.save(all, known, look);
	if (mending === undefined || !hasLost(mending)) {
		return write(entry);
	}

	work.onNotice('its settings were damaged here, and a part of their history is lost');
	const loss = {...mending, at: new Date(run.at).toISOString()};
	return write(entry, [...(record.losses ?? []), loss]);
};
