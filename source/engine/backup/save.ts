import {FailureError} from '../../domain/failure/failure.ts';
import {endsTheRun} from '../../domain/failure/failure-table.ts';
import {ifAny} from '../../domain/given.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import type {PlanItem, SourcePlan} from '../../domain/plan/plan.ts';
import {fullName, type Repository} from '../../domain/plan/repository.ts';
import {describeParts} from '../../domain/record/describe-parts.ts';
import {
	mainEntry,
	type PartEntry,
	type RepositoryRecord,
	sizeOf,
} from '../../domain/record/record.ts';
import {hasLost, type Loss, type Mending} from '../../domain/run/mending.ts';
import {countChanges, type Outcome, type RefChange} from '../../domain/run/outcome.ts';
import type {Part, PartSaved, SaveWork} from '../../parts/part.ts';
import {unfinishedAttempts} from '../retry/attempt.ts';
import {refuseLinksOfRepository} from '../saved/links.ts';
import {writeRecord} from '../saved/saved-state.ts';
import type {Session} from '../session.ts';
import {markGone} from './gone.ts';
import {lookAgain} from './look.ts';
import {moveFolders} from './move-folders.ts';
import {saveInOrder, type TurnEnd} from './order.ts';
import {outcomeOf, type SaveOptions} from './outcome.ts';
import {openWork, patientTurn, type Turn} from './work.ts';

/**
 * Carries a plan out: first folders move, then repositories that are gone are marked, then each
 * repository is saved by itself. Returns the new names of the folders that moved, by uuid.
 */
export const savePlan = async (
	session: Session,
	plan: SourcePlan,
	options: SaveOptions,
): Promise<ReadonlyMap<string, string>> => {
	const {places, findObstacle} = await moveFolders(session, plan);
	reportRenames(session, plan);
	reportUnusualFolders(session, plan);
	reportSuccessors(session, plan, places);
	await markGone(session, plan, {...options, places});
	const toSave: PlanItem[] = [];
	for (const planned of plan.items) {
		const failure = planned.failure ?? findObstacle(planned);
		const item: PlanItem = failure === undefined ? planned : {...planned, action: 'fail', failure};
		if (item.action === 'none') {
			await options.onOutcome(fullName(item.repository), unchanged(session, item), true);
		} else {
			toSave.push(item);
		}
	}

	await saveInOrder(session, toSave, {
		save: (item, turn) => saveItem(session, item, options.lastGood, turn),
		finish: (item, outcome, isFromSaving) =>
			options.onOutcome(fullName(item.repository), outcome, isFromSaving),
	});
	return places;
};

const unchanged = (session: Session, {repository, saved}: PlanItem): Outcome => ({
	result: 'unchanged',
	...describeEntries(session, repository, saved?.record.parts ?? {}),
});

const describeEntries = (
	{run, source}: Session,
	repository: Repository,
	entries: RepositoryRecord['parts'],
): Pick<Extract<Outcome, {result: 'unchanged'}>, 'gaps' | 'json'> => {
	const about = {repository: fullName(repository), settings: source.ofParts};
	const parts = run.parts.filter(({isReadLater}) => isReadLater !== true);
	const {gaps, json} = describeParts(parts, entries, about);
	return {gaps, json: json.outcome};
};

const saveItem = async (
	session: Session,
	planned: PlanItem,
	lastGood: SaveOptions['lastGood'],
	turn: Turn,
): Promise<TurnEnd> => {
	const end = (outcome: Outcome, isFromSaving = true): TurnEnd => ({
		state: 'ended',
		outcome,
		isFromSaving,
	});
	let item = planned;
	const good = item.saved && lastGood(item.saved);
	try {
		if (!session.signal.aborted && item.failure === undefined) {
			item = await lookAgain(session, planned);
		}

		const {failure, look} = item;
		if (failure !== undefined) {
			const attempts = look.state === 'failed' ? look.attempts : 1;
			return end({result: 'failed', failure, attempts, lastGood: good}, false);
		}

		if (session.signal.aborted) {
			return end({result: 'left-out'});
		}

		return end(
			item.action === 'none' ? unchanged(session, item) : await saveRepository(session, item, turn),
		);
	} catch (error) {
		const repository = fullName(item.repository);
		const earlier = session.signal.aborted ? undefined : unfinishedAttempts(error);
		// A part of a new mirror would take the space of others until the run ends.
		const draft = joinPath(session.workFolder, item.repository.uuid);
		await session.files.remove(draft).catch(() => undefined);
		if (earlier !== undefined) {
			const size = item.action === 'clone' ? {size: item.repository.size} : {};
			session.publish({
				type: 'repository-put-aside',
				repository,
				failure: earlier.failure,
				...size,
			});
			return {state: 'put-aside', earlier};
		}

		const outcome = await outcomeOf(error, session, good);
		await noteDamage(session, item, outcome);
		return end(outcome);
	}
};

type SavedPart = PartSaved & {readonly part: Part};

type SavedParts = {
	readonly entries: Readonly<Record<string, PartEntry>>;
	readonly done: readonly SavedPart[];
};

/**
 * Saves the parts of one repository and writes its record last: everything that is recorded is on
 * the disk. Throws a `FailureError`; then each part is as it was, or as far as it safely came.
 */
const saveRepository = async (session: Session, item: PlanItem, turn: Turn): Promise<Outcome> => {
	const {clock, files} = session;
	const {saved, action, repository} = item;
	const started = clock.elapsed();
	const folder = joinPath(session.folder, item.folder);
	if (action !== 'record') {
		session.publish({
			type: 'repository-started',
			repository: fullName(repository),
			...(action === 'clone' ? {action, size: repository.size} : {action: 'update'}),
		});
	}

	await session.assertLockHeld();
	if (action !== 'record') {
		await refuseLinksOfRepository(files, folder, session.run.parts);
	}

	if (saved !== undefined) {
		await session.keeper?.lend({...saved, folder: item.folder});
	}

	const {entries, done} = await saveParts(session, item, folder, turn);
	const {record, mended} = await recordParts(session, item, {entries, done});
	await session.keeper?.take({folder: item.folder, record}, saved);
	const lacking = done.flatMap((one) => one.lacking ?? [])[0];
	if (lacking !== undefined) {
		throw new FailureError(lacking);
	}

	const changes = done.flatMap((one) => (one.part.isRequired ? one.changes : []));
	const {gaps, json} = describeEntries(session, repository, record.parts);
	const ofParts = {gaps, json: Object.assign({}, json, ...done.map((one) => one.json))};
	const isSame = done.every(
		({changes, received, fetched = 0}) => changes.length === 0 && received + fetched === 0,
	);
	if (saved !== undefined && mended.length === 0 && isSame) {
		return {result: 'unchanged', ...ofParts};
	}

	return {
		result: 'saved',
		how: howSaved(item, done),
		refs: mainEntry(record).refs?.count ?? 0,
		changes: countChanges(changes),
		kept: changes.filter(isLossUpstream).map(({ref}) => ref),
		received: done.reduce((sum, {received}) => sum + received, 0),
		grown: sizeOf(record) - (saved === undefined ? 0 : sizeOf(saved.record)),
		duration: clock.elapsed() - started,
		...ofParts,
		...newsOf(done),
		mended: ifAny(mended),
	};
};

const newsOf = (
	done: SavedParts['done'],
): Pick<Extract<Outcome, {result: 'saved'}>, 'fetched' | 'notes'> => {
	const fetched = done.flatMap(({part, fetched = 0}) =>
		fetched === 0 ? [] : [[part.name, fetched] as const],
	);
	const notes = done.flatMap(({note}) => note ?? []);
	return {
		...(fetched.length === 0 ? {} : {fetched: Object.fromEntries(fetched)}),
		notes: ifAny(notes),
	};
};

const saveParts = async (
	session: Session,
	item: PlanItem,
	folder: string,
	turn: Turn,
): Promise<SavedParts> => {
	const {repository, saved} = item;
	const place = {saved, folder, isUnrecorded: false, isSaving: true};
	const work = openWork(session, repository, place, turn);
	// Once the repository itself is saved, the rest of it is not put aside.
	const patient = openWork(session, repository, place, patientTurn);
	const entries: Record<string, PartEntry> = {...saved?.record.parts};
	const done: SavedPart[] = [];
	for (const part of session.run.parts) {
		const recordSoFar = async (entry: PartEntry): Promise<void> => {
			entries[part.name] = entry;
			await recordParts(session, item, {entries, done});
		};
		const kept = session.keeper?.filesOf({
			id: repository.uuid,
			folder: item.folder,
			part: part.name,
		});
		const saving = {...(part.isRequired ? work : patient), entries, recordSoFar, kept};
		const result = await savePart(session, part, saving, item);
		if (result !== undefined) {
			const {entry, lacking} = result;
			const isPartial = lacking !== undefined && entry.state === 'saved';
			entries[part.name] = isPartial ? {...entry, isPartial} : entry;
			done.push({...result, part});
		}
	}

	return {entries, done};
};

/** Undefined if there was nothing to do, or if a part failed that may. */
const savePart = async (
	{signal}: Session,
	part: Part,
	work: SaveWork,
	{saved, look, parts}: PlanItem,
): Promise<PartSaved | undefined> => {
	const seen = look.state === 'seen' ? look.parts[part.name] : undefined;
	if (seen === undefined || (parts[part.name] ?? 'none') === 'none') {
		return undefined;
	}

	try {
		return await part.save(work, saved?.record.parts[part.name], seen);
	} catch (error) {
		if (
			part.isRequired ||
			signal.aborted ||
			!(error instanceof FailureError) ||
			endsTheRun(error.failure)
		) {
			throw error;
		}

		return undefined;
	}
};

const recordParts = async (
	session: Session,
	item: PlanItem,
	{entries, done}: SavedParts,
): Promise<{readonly record: RepositoryRecord; readonly mended: readonly Mending[]}> => {
	const at = new Date(session.run.at).toISOString();
	const mended = [...done.flatMap(({mending}) => mending ?? []), ...lostWithFolder(session, item)];
	const losses = mended.filter(hasLost).map((one) => ({...one, at}));
	const record = makeRecord(item, {...entries}, losses, at);
	await writeRecord(session.files, joinPath(session.folder, item.folder), record);
	return {record, mended};
};

/** A repository whose whole folder vanished has lost its history and its old tips with it. */
const lostWithFolder = ({state, run}: Session, {repository}: PlanItem): readonly Mending[] => {
	const mirror = run.parts[0]?.name;
	return mirror !== undefined && state.facts.vanished.some(({uuid}) => uuid === repository.uuid)
		? [{mirror, setAside: undefined, rescued: 0, lost: [], unnamed: 0, history: 'lost'}]
		: [];
};

/** Former names and losses of earlier runs stay in the record. */
const makeRecord = (
	{repository, saved}: PlanItem,
	parts: Readonly<Record<string, PartEntry>>,
	newLosses: readonly Loss[],
	at: string,
): RepositoryRecord => {
	const {uuid, workspace, slug, isPrivate} = repository;
	const losses = [...(saved?.record.losses ?? []), ...newLosses];
	const former = saved === undefined ? [] : [...saved.record.formerNames, fullName(saved.record)];
	return {
		uuid,
		workspace,
		slug,
		isPrivate,
		formerNames: [...new Set(former)].filter((name) => name !== fullName(repository)),
		firstSavedAt: saved?.record.firstSavedAt ?? at,
		parts,
		losses: ifAny(losses),
	};
};

/** The old state is still here, below a ref of ours or another one of upstream's. */
const isLossUpstream = ({kind}: RefChange): boolean =>
	kind === 'rewritten' || kind === 'moved' || kind === 'deleted';

const howSaved = (
	{saved}: PlanItem,
	done: SavedParts['done'],
): Extract<Outcome, {result: 'saved'}>['how'] => {
	if (saved !== undefined) {
		return 'updated';
	}

	return done[0]?.how === 'cloned' ? 'new' : 'taken-over';
};

/** Marks a mirror that git could not work with, so that the next run checks it completely. */
const noteDamage = async (
	{files, folder, run}: Session,
	{saved, folder: name}: PlanItem,
	outcome: Outcome,
): Promise<void> => {
	const isDamaged = outcome.result === 'failed' && outcome.failure.kind === 'mirror-unusable';
	if (!isDamaged || saved === undefined) {
		return;
	}

	const parts = {...saved.record.parts};
	for (const part of run.parts) {
		const entry = parts[part.name];
		if (part.isRequired && entry?.state === 'saved') {
			parts[part.name] = {...entry, damage: 'git could not work with its mirror'};
		}
	}

	const record = {...saved.record, parts};
	// The failure is reported in any case, and an error of this note adds nothing to it.
	await writeRecord(files, joinPath(folder, name), record).catch(() => undefined);
};

const reportRenames = ({publish}: Session, {items}: SourcePlan): void => {
	for (const {repository, saved} of items) {
		const formerName = saved === undefined ? undefined : fullName(saved.record);
		if (formerName !== undefined && formerName !== fullName(repository)) {
			publish({
				type: 'repository-renamed',
				repository: fullName(repository),
				formerName,
			});
		}
	}
};

/** Said once, when a repository first gets a folder of another name. */
const reportUnusualFolders = ({notice}: Session, {items}: SourcePlan): void => {
	for (const {repository, saved, folder, action} of items) {
		const {workspace, slug} = repository;
		if (action === 'clone' && saved === undefined && folder !== `${workspace}#${slug}`) {
			notice(
				`${fullName(repository)} is saved in "${folder}": a folder cannot have its name everywhere, or another has it.`,
			);
		}
	}
};

/** A name is used again, long after its first repository was found gone. */
const reportSuccessors = (
	{notice}: Session,
	{items, gone, newlyGone}: SourcePlan,
	places: ReadonlyMap<string, string>,
): void => {
	const before = gone.filter((one) => !newlyGone.includes(one));
	const byName = new Map(before.map((one) => [fullName(one.record), one]));
	for (const {repository, saved} of items) {
		const first = saved === undefined ? byName.get(fullName(repository)) : undefined;
		if (first !== undefined) {
			const place = places.get(first.record.uuid) ?? first.folder;
			notice(
				`${fullName(repository)} is another repository than the one that had this name before. The backup of that one stays, in "${place}".`,
			);
		}
	}
};
