import {type Failure, FailureError, ofOneRepository} from '../../domain/failure/failure.ts';
import {isLimit, isRefusal} from '../../domain/failure/failure-table.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import {isInScope, unmatchedIncludes} from '../../domain/plan/name-filter.ts';
import {packNames} from '../../domain/plan/packed-names.ts';
import {
	countPlan,
	decide,
	type Elsewhere,
	type Look,
	type Looked,
	makePlan,
	type PartLook,
	type PlanItem,
	type SourcePlan,
	sizeToClone,
} from '../../domain/plan/plan.ts';
import {fullName, type Repository} from '../../domain/plan/repository.ts';
import {type SavedRepository, type SavedState, sizeOf} from '../../domain/record/record.ts';
import type {RunLine} from '../../domain/run/run-line.ts';
import {isInRange, rangeOf} from '../../domain/store/shard.ts';
import {asFailure, attemptsOf, unfinishedAttempts} from '../retry/attempt.ts';
import {runPool} from '../retry/pool.ts';
import {readSavedState} from '../saved/saved-state.ts';
import type {Session} from '../session.ts';
import {compareInventory} from './inventory.ts';
import {isAbsentWorkspace, type listPages, openPages} from './list.ts';
import {failUnreadable, findHidden, isAbsentLook, type Listed, slugsOf} from './unlisted.ts';
import {openWork, patientTurn, type Turn} from './work.ts';

/** Milliseconds: a repository that is silent for this long is put aside. Others answer in a moment. */
const hastySilence = 5000;

/** Asks every repository once, and puts aside one that gives no good answer. */
export const hastyTurn: Turn = {maxSilence: hastySilence, letsOthersPast: () => true};

/**
 * Looks at everything in scope and plans what is to be done. Writes nothing. `turn`: how each
 * repository is asked; `earlier`: the lines of earlier runs.
 */
export const lookAndPlan = async (
	session: Session,
	turn: Turn,
	earlier: readonly RunLine[],
): Promise<SourcePlan> => {
	const {source, run, state, end, publish} = session;
	const {facts} = state;
	const isWanted = (slug: string): boolean => isInScope(slug, source) && run.filter.isAsked(slug);
	// The first page is on its way while the records are read.
	const pages = openPages(session);
	const saved = await readSavedState(session.files, session.folder, run.parts, session.records);
	await compareInventory(session, saved, earlier);
	facts.sizeBefore = saved.repositories.reduce((sum, {record}) => sum + sizeOf(record), 0);
	const seen = await lookAtSource(session, pages, saved, isWanted, turn);
	const {own, others, listing} = seen;
	const {failure, unreadable} = listing;
	facts.listed = failure === undefined;
	facts.unread = unreadable.length;
	if (failure === undefined) {
		warnOfUnmatched(session, seen, saved.repositories);
	} else if (isRefusal(failure) || isLimit(failure)) {
		end(failure);
	} else {
		facts.problem ??= failure;
	}

	const isListingWhole =
		(failure === undefined && unreadable.length === 0) || isAbsentWorkspace(listing);
	const elsewhere = isListingWhole
		? await countElsewhere(session, saved.repositories, seen, isWanted)
		: undefined;
	const planned = makePlan({
		parts: run.parts,
		looked: facts.problem === undefined ? explainOwnRefusals(seen.looked) : seen.looked,
		listed: {has: (uuid) => own.has(uuid), size: own.size + others.size},
		saved: saved.repositories,
		unrecorded: saved.unrecorded,
		closed: saved.closed,
		copies: saved.copies,
		isComplete: isListingWhole,
		isInScope: isWanted,
		elsewhere,
	});
	const bad = failUnreadable(session, saved.repositories, seen, isWanted);
	const plan: SourcePlan = {...planned, items: [...planned.items, ...bad]};
	const inScope = plan.items.length;
	facts.inScope = failure !== undefined && inScope === 0 ? undefined : inScope;
	facts.shrinkage = plan.shrinkage;
	const looked = new Set([...plan.items.map(({saved}) => saved), ...plan.gone]);
	facts.unseen = saved.repositories
		.filter((one) => !looked.has(one) && isWanted(one.record.slug))
		.map(({record}) => fullName(record));
	facts.gone = plan.gone.map(({record}) => fullName(record));
	publish({
		type: 'plan-made',
		inScope,
		counts: countPlan(plan),
		size: sizeToClone(plan.items),
	});
	return plan;
};

/**
 * A shard judges a listing by all repositories of the workspace. It needs to know of those of other
 * shards only where the listing lacks one of its own.
 */
const countElsewhere = async (
	{keeper}: Session,
	saved: readonly SavedRepository[],
	{own, others}: Listed,
	isWanted: (slug: string) => boolean,
): Promise<Elsewhere | undefined> => {
	const lacksOne = saved.some(
		({record}) => record.goneSince === undefined && isWanted(record.slug) && !own.has(record.uuid),
	);
	if (!lacksOne) {
		return undefined;
	}

	const listed = new Set([...others].map(([uuid]) => uuid));
	return keeper?.countElsewhere((uuid) => listed.has(uuid), isWanted);
};

/** A name that fits only a repository gone upstream is no mistake: that repository is saved. */
const warnOfUnmatched = (
	{source, state, notice}: Session,
	listed: Listed,
	saved: readonly SavedRepository[],
): void => {
	if (source.includeRepos.length === 0) {
		return;
	}

	const slugs = slugsOf(listed);
	const known = [...slugs, ...saved.map(({record}) => record.slug)];
	state.facts.unmatched = unmatchedIncludes(known, source);
	for (const name of unmatchedIncludes(slugs, source)) {
		notice(
			`includeRepos names "${name}", but the workspace ${source.workspace} has no such repository.`,
		);
	}
};

type SourceLook = Listed & {
	/** In scope and asked for, in the order of the listing. */
	readonly looked: readonly Looked[];
};

/** Requests for refs at once. They are light, and mostly waiting. */
const looksAtOnce = 32;

/** Looks at each repository of the listing while further pages come. */
const lookAtSource = async (
	session: Session,
	pages: ReturnType<typeof listPages>,
	state: SavedState,
	isAsked: (slug: string) => boolean,
	turn: Turn,
): Promise<SourceLook> => {
	const {run, publish, signIn} = session;
	const range = rangeOf(run.stateless?.shard);
	const byUuid = new Map(state.repositories.map((saved) => [saved.record.uuid, saved]));
	const unrecorded = new Set(state.unrecorded);
	const asked: Repository[] = [];
	const looks = new Map<string, Look>();
	const own = new Map<string, string>();
	const others = packNames();
	const unlisted = new Set<string>();
	let listed: Listed = {own, others, listing: {failure: undefined, found: 0, unreadable: []}};

	const askedFor = async function* (): AsyncGenerator<Repository> {
		let step = await pages.next();
		for (; step.done !== true; step = await pages.next()) {
			for (const repository of step.value) {
				const {uuid, slug} = repository;
				if (!isInRange(range, uuid)) {
					others.add(uuid, slug);
					continue;
				}

				own.set(uuid, slug);
				if (isAsked(slug)) {
					asked.push(repository);
					yield repository;
				}
			}
		}

		listed = {own, others: step.value.others ?? others, listing: step.value};
		const {found} = step.value;
		publish({type: 'listing-progressed', found, done: true});
		const hidden = findHidden(session, state.repositories, listed, isAsked);
		for (const repository of hidden) {
			unlisted.add(repository.uuid);
			asked.push(repository);
			yield repository;
		}
	};

	await runPool(askedFor(), looksAtOnce, async (repository) => {
		const saved = byUuid.get(repository.uuid);
		const old = `${repository.workspace}#${repository.slug}`;
		const isUnrecorded = saved === undefined && unrecorded.has(old);
		const place = {saved, folder: saved?.folder ?? old, isUnrecorded};
		looks.set(repository.uuid, await lookAt(session, repository, place, turn));
	});
	await signIn.conclude();
	// In the order of the listing: the plan must not depend on which answer came first.
	const looked = asked.flatMap((repository): Looked[] => {
		const look = looks.get(repository.uuid);
		const isDoubtful = look === undefined || (unlisted.has(repository.uuid) && isAbsentLook(look));
		return isDoubtful ? [] : [{repository, look}];
	});
	return {...listed, looked};
};

type Place = {
	readonly saved: SavedRepository | undefined;
	/** Its name below the source's folder. */
	readonly folder: string;
	/** May an older backup have left the folder? */
	readonly isUnrecorded: boolean;
};

/** Looks at a repository, publishes that, and judges the result. A failure is a result too. */
const lookAt = async (
	session: Session,
	repository: Repository,
	place: Place,
	turn: Turn,
): Promise<Look> => {
	const {publish, signIn} = session;
	const name = fullName(repository);
	const look = await lookAtParts(session, repository, place, turn);
	if (look.state === 'put-aside') {
		publish({type: 'repository-put-aside', repository: name, failure: look.failure});
		return look;
	}

	if (look.state === 'failed') {
		await signIn.sawFailure(look.failure);
	} else {
		signIn.sawSuccess();
	}

	publish({type: 'repository-looked-at', repository: name});
	return look;
};

const lookAtParts = async (
	session: Session,
	repository: Repository,
	place: Place,
	turn: Turn,
): Promise<Look> => {
	const {saved} = place;
	const folder = joinPath(session.folder, place.folder);
	const work = openWork(session, repository, {...place, folder, isSaving: false}, turn);
	const parts: Record<string, PartLook> = {};
	for (const part of session.run.parts) {
		try {
			parts[part.name] = await part.look(work, saved?.record.parts[part.name]);
		} catch (error) {
			const failure = asFailure(error);
			// A failure because the run ends, or because this computer has reached a limit, says nothing
			// about the repository.
			if (session.signal.aborted || isLimit(failure)) {
				throw error;
			}

			const unfinished = unfinishedAttempts(error);
			if (unfinished !== undefined) {
				const {attempts} = unfinished;
				return {state: 'put-aside', failure: unfinished.failure, attempts};
			}

			if (part.isRequired || !(error instanceof FailureError)) {
				return {state: 'failed', failure: ofOneRepository(failure), attempts: attemptsOf(error)};
			}

			parts[part.name] = {state: 'unknown', failure};
		}
	}

	return {state: 'seen', parts};
};

/** Looks again at a repository that was put aside, for as long as it takes, and decides about it. */
export const lookAgain = async (session: Session, item: PlanItem): Promise<PlanItem> => {
	if (item.look.state !== 'put-aside') {
		return item;
	}

	const {repository, saved, isUnrecorded = false} = item;
	const turn = {...patientTurn, earlier: item.look};
	const look = await lookAt(session, repository, {...item, isUnrecorded}, turn);
	return {...item, look, ...decide(session.run.parts, repository, saved, look, isUnrecorded)};
};

/**
 * If git lets the same credentials into other repositories, a repository that refuses them has its
 * own reasons: advice about user name and scopes would mislead.
 */
const explainOwnRefusals = (looked: readonly Looked[]): readonly Looked[] =>
	looked.some(({look}) => look.state === 'seen')
		? looked.map(({repository, look}) =>
				look.state === 'failed' && isRefusal(look.failure)
					? {repository, look: {...look, failure: ownRefusal}}
					: {repository, look},
			)
		: looked;

const ownRefusal: Failure = {
	kind: 'forbidden',
	door: 'git',
	message: 'git lets this token into other repositories, and not into this one',
};
