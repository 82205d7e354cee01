import {FailureError} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import type {JsonObject} from '../../domain/json.ts';
import {type CommitsState, hashOf, tipOf} from '../../domain/metadata/commits.ts';
import {patchOfPullRequest, pathOfPullRequest} from '../../domain/metadata/paths.ts';
import {joinPath, repoFolder} from '../../domain/plan/layout.ts';
import {formatSize} from '../../domain/text/format.ts';
import type {SavedFile} from '../../ports/metadata.ts';
import type {Session} from '../session.ts';
import type {Collecting, Step} from './collect.ts';
import {type Copy, listPullRequests, readPullRequests, readSaved} from './copy.ts';
import {parseList} from './draft.ts';
import {fetchCommits} from './fetch-commits.ts';
import {describeDenied} from './reader.ts';
import {readWhole} from './whole-answer.ts';

/**
 * Saves the commits of pull requests that the mirror of the code lacks: of those whose branch was gone
 * before the first backup, or lies in a fork. Bitbucket still has the list of them. git may give the
 * commits themselves; otherwise Bitbucket has their changes as one patch. All others are in the mirror,
 * which forgets no commit, and cost no request.
 */
export const readCommits: Step = async (work) => {
	if (work.reading.feed.endedAt === undefined) {
		return;
	}

	if (areAllUnchecked(work.session, work.reading.commits)) {
		const unchecked: number[] = [];
		for await (const ids of listPullRequests(work)) {
			unchecked.push(...ids);
		}

		await moveTo(work, {unchecked, isAssumed: undefined});
	}

	await findLacking(work);
	const newestFirst = stateOf(work).left.toSorted((one, other) => other - one);
	for await (const some of readPullRequests(work, newestFirst)) {
		for (const {id, value} of some) {
			work.tell(`commits of pull request ${id}`);
			const words = await saveCommits(work, id);
			const tip = tipOf(value)?.tip ?? '';
			const {left, lacking} = stateOf(work);
			await moveTo(work, {
				left: left.filter((one) => one !== id),
				lacking: words === undefined ? lacking : {...lacking, [id]: {tip, words}},
			});
		}
	}
};

/** Is anything to be compared, or asked for? */
export const areCommitsDue = (session: Session, {reading: {commits}}: Copy): boolean =>
	areAllUnchecked(session, commits) ||
	(commits ?? nothing).unchecked.length + (commits ?? nothing).left.length > 0;

/** A folder has all commits, so it compares again what a run without one took to be there. */
const areAllUnchecked = ({keeper}: Session, commits: CommitsState | undefined): boolean =>
	commits === undefined || (commits.isAssumed === true && keeper === undefined);

const nothing: CommitsState = {unchecked: [], left: [], lacking: {}};

const stateOf = ({reading}: Collecting): CommitsState => reading.commits ?? nothing;

const moveTo = (work: Collecting, news: Partial<CommitsState>): Promise<void> =>
	work.moveTo({commits: {...stateOf(work), ...news}});

/** Compares the tips of pull requests with the mirror. */
const findLacking = async (work: Collecting): Promise<void> => {
	const {unchecked} = stateOf(work);
	const found: number[] = [];
	let {isAssumed} = stateOf(work);
	for await (const some of readPullRequests(work, unchecked)) {
		const tips = some.flatMap(({id, value}) => {
			const tip = tipOf(value);
			return tip === undefined ? [] : [{id, ...tip}];
		});
		found.push(...(await findLackingOf(work, tips)));
		const hasMerged = tips.some(({merged}) => merged !== undefined);
		isAssumed = work.session.keeper !== undefined && hasMerged ? true : isAssumed;
	}

	if (unchecked.length > 0) {
		const {left, lacking} = stateOf(work);
		const rest = Object.entries(lacking).filter(([id]) => !found.includes(Number(id)));
		const commits = {
			unchecked: [],
			left: [...new Set([...left, ...found])],
			lacking: Object.fromEntries(rest),
			isAssumed,
		};
		await work.moveTo({commits});
	}
};

type Tip = {readonly id: number; readonly tip: string; readonly merged: string | undefined};

/** One process asks the mirror for all of them, and a second one for the lists that are saved. */
const findLackingOf = async (
	work: Collecting,
	tips: readonly Tip[],
): Promise<readonly number[]> => {
	const wanted = tips.flatMap(({tip, merged}) => [tip, ...(merged === undefined ? [] : [merged])]);
	const here = await readHere(work, [...new Set(wanted)]);
	const lengths = new Set(wanted.map(({length}) => length));
	const known = new Set([...lengths].flatMap((length) => here.map((oid) => oid.slice(0, length))));
	const isThere = ({tip, merged}: Tip): boolean =>
		known.has(tip) ||
		(merged !== undefined && (known.has(merged) || work.session.keeper !== undefined));
	const lacking = tips.filter((one) => !isThere(one));
	const lists = await readSaved(
		work,
		lacking.map(({id}) => pathOfPullRequest(id, 'commits')),
	);
	return lacking
		.filter(({id, tip}) => {
			const [newest] = parseList(lists.get(pathOfPullRequest(id, 'commits')));
			const isSaved = hashOf(newest)?.startsWith(tip) === true;
			return !isSaved && stateOf(work).lacking[id]?.tip !== tip;
		})
		.map(({id}) => id);
};

/** The wanted commits that the code has. Without a folder, only its tips are known. */
const readHere = async (
	{session: {git, keeper}, copy: {folder}}: Collecting,
	wanted: readonly string[],
): Promise<readonly string[]> => {
	const mirror = joinPath(folder, repoFolder);
	if (keeper !== undefined) {
		return [...(await git.readStoredTips(mirror)).values()];
	}

	const types = await git.readTypes(mirror, wanted);
	return [...types].filter(([, type]) => type === 'commit').map(([oid]) => oid);
};

/** Gives the reason where they cannot be had. */
const saveCommits = async (work: Collecting, id: number): Promise<string | undefined> => {
	const {repository} = work.copy;
	const answer = await readWhole(work, {kind: 'pull-request-commits', repository, id});
	const list: readonly JsonObject[] = answer.state === 'read' ? answer.values : [];
	work.draft.put({kind: 'commits', id, value: list});
	if (await tryGit(work, id, list)) {
		return undefined;
	}

	const patch = await fetchPatch(work, id);
	if ('words' in patch) {
		return patch.words;
	}

	work.draft.putFile(patchOfPullRequest(id), patch.file, patch.size);
	return undefined;
};

/** Then a server that gives no such commits is not asked for any more. */
const mostRefusals = 3;

const tryGit = async (
	work: Collecting,
	id: number,
	list: readonly JsonObject[],
): Promise<boolean> => {
	const {refusals = 0} = stateOf(work);
	const newest = hashOf(list[0]);
	// Without a folder, nothing holds commits that no ref of upstream's has.
	const canHold = work.session.keeper === undefined;
	if (!canHold || refusals >= mostRefusals || newest === undefined || !isWholeId(newest)) {
		return false;
	}

	const isHere = await fetchCommits(work, id, newest);
	await moveTo(work, {refusals: isHere ? undefined : refusals + 1});
	return isHere;
};

const isWholeId = (hash: string): boolean => hash.length === 40 || hash.length === 64;

/** Bitbucket answers with a redirect. */
const requestsOfPatch = 2;

/** Some patches take Bitbucket too long each time. */
const attemptsOfPatch = 2;

type Patch = {readonly file: string; readonly size: number} | {readonly words: string};

const fetchPatch = async (
	{session, copy: {repository}, take}: Collecting,
	id: number,
): Promise<Patch> => {
	const {files, bitbucket, signal, workFolder} = session;
	const file = joinPath(workFolder, `${repository.uuid}.patch-${id}`);
	await files.makeFolder(workFolder);
	try {
		const act = async (): Promise<SavedFile> => {
			await files.remove(file);
			return bitbucket.savePatch(repository, id, file, signal);
		};
		const saved = await take(requestsOfPatch, act, attemptsOfPatch);
		switch (saved.state) {
			case 'saved':
				return {file, size: saved.size};
			case 'too-large':
				return {words: `their patch is larger than ${formatSize(saved.limit)}`};
			default:
				return {words: describeDenied(saved)};
		}
	} catch (error) {
		if (error instanceof FailureError && error.failure.kind === 'server-timeout') {
			return {words: describeFailure(error.failure).what};
		}

		throw error;
	}
};
