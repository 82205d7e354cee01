import {workspaceFolder} from '../../domain/plan/layout.ts';
import {asUnlisted, type Repository} from '../../domain/plan/repository.ts';
import {
	type PartEntry,
	partsIn,
	type RepositoryRecord,
	usableRecord,
} from '../../domain/record/record.ts';
import {hasLost} from '../../domain/run/mending.ts';
import {isoTime} from '../../domain/text/format.ts';
import type {Part} from '../../parts/part.ts';
import {openWork, patientTurn} from '../backup/work.ts';
import {refusedLink, refuseLinksOfRepository} from '../saved/links.ts';
import {readRecordText, writeRecord} from '../saved/saved-state.ts';
import type {Session} from '../session.ts';
import {type Copy, makeCopy, openCopy} from './copy.ts';

/** The copy of the workspace's own metadata, before it is opened. */
export const makeWorkspaceCopy = (session: Session): Copy =>
	makeCopy(session, asRepository(session.source.workspace), workspaceFolder, newRecord(session));

/** Opens it as it was recorded, mended where it was damaged. */
export const openWorkspaceCopy = async (session: Session, copy: Copy): Promise<void> => {
	const {files, run} = session;
	const {folder} = copy;
	const parts = partsIn(workspaceFolder, run.parts);
	if ((await files.listLinks(session.folder, 'here')).includes(workspaceFolder)) {
		throw refusedLink(folder);
	}

	await refuseLinksOfRepository(files, folder, parts);
	const record = usableRecord(await readRecordText(files, folder), parts);
	if (record !== undefined) {
		copy.record = record;
		for (const part of parts) {
			await mend(session, copy, part);
		}
	}

	await openCopy(session, copy);
};

/** A workspace in the form of its repositories. It has no slug. */
const asRepository = (workspace: string): Repository =>
	asUnlisted({uuid: workspaceFolder, workspace, slug: '', isPrivate: true});

const newRecord = ({source, run}: Session): RepositoryRecord => ({
	uuid: workspaceFolder,
	workspace: source.workspace,
	slug: '',
	isPrivate: true,
	formerNames: [],
	firstSavedAt: isoTime(run.at),
	parts: {},
});

/** Checks a part whose files are not as recorded, as the backup of a repository does. */
const mend = async (session: Session, copy: Copy, part: Part): Promise<void> => {
	const {repository, folder, record} = copy;
	const known = record.parts[part.name];
	const place = {saved: undefined, folder, isUnrecorded: false, isSaving: true};
	const work = openWork(session, repository, place, patientTurn);
	const look = await part.look(work, known);
	if (part.decide(known, look, undefined).action === 'none') {
		return;
	}

	const {files, run} = session;
	await session.assertLockHeld();
	const write = async (entry: PartEntry, losses = record.losses): Promise<void> => {
		const parts = {...record.parts, [part.name]: entry};
		copy.record = {...record, parts, losses};
		await writeRecord(files, folder, copy.record);
	};
	const recordSoFar = (entry: PartEntry): Promise<void> => write(entry);
	const all = {...work, entries: record.parts, recordSoFar};
	const {entry, mending} = await part.save(all, known, look);
	if (mending === undefined || !hasLost(mending)) {
		await write(entry);
		return;
	}

	work.onNotice('its settings were damaged here, and a part of their history is lost');
	const loss = {...mending, at: isoTime(run.at)};
	await write(entry, [...(record.losses ?? []), loss]);
};
