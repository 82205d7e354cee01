import type {JsonObject} from '../../domain/json.ts';
import {tipOf} from '../../domain/metadata/commits.ts';
import {areTipsDue} from '../../domain/metadata/tips.ts';
import {joinPath, repoFolder} from '../../domain/plan/layout.ts';
import {mirrorEntryOf} from '../../parts/code/mirror.ts';
import type {MetadataRequest} from '../../ports/metadata.ts';
import type {Collecting, Step} from './collect.ts';
import {type Copy, type CopyInSession, readPullRequests} from './copy.ts';
import type {MetadataReader} from './reader.ts';
import {readWhole} from './whole-answer.ts';

/** The digest of the code's refs, as the record has it. */
export const refsOf = ({record}: Copy): string | undefined =>
	mirrorEntryOf(record.parts[repoFolder])?.refs.digest;

/**
 * Reads the results of builds of the default branch's newest commit, with the comments on it, and
 * those of open pull requests. Bitbucket has no list of either, so other commits cost a request each.
 */
export const readTips: Step = async (work) => {
	const refs = refsOf(work.copy);
	const {feed, open, tips} = work.reading;
	if (feed.endedAt === undefined || refs === undefined || !areTipsDue(tips, refs)) {
		return;
	}

	work.tell('results of builds');
	const {left = Object.keys(open).map(Number)} = tips ?? {};
	const main = await findMainTip(work);
	const isKnown = main === tips?.main && tips?.isRunning !== true;
	const runs = isKnown ? undefined : await saveMainTip(work, main);
	// Once more by the next run, and no further: some builds never end.
	const isRunning = main === tips?.main ? undefined : runs;
	await work.moveTo({tips: {refs, main, isRunning, left}});
	let rest = left;
	for await (const some of readPullRequests(work, left)) {
		for (const {id, value} of some) {
			await saveOpenTip(work, id, tipOf(value)?.tip);
			rest = rest.filter((one) => one !== id);
			await work.moveTo({tips: {refs, main, isRunning, left: rest}});
		}
	}

	await work.moveTo({tips: {refs, main, isRunning, left: []}});
};

/** Undefined in an empty repository. Starts no process. */
const findMainTip = async ({
	session: {git},
	copy: {folder},
}: CopyInSession): Promise<string | undefined> => {
	const mirror = joinPath(folder, repoFolder);
	const {head = ''} = (await git.readStamp(mirror)) ?? {};
	return (await git.readStoredTips(mirror)).get(head.replace(/^ref: /, ''));
};

/** Returns true where a build still runs. */
const saveMainTip = async (
	work: Collecting,
	commit: string | undefined,
): Promise<true | undefined> => {
	if (commit === undefined) {
		return undefined;
	}

	const {repository} = work.copy;
	const statuses = await readList(work, {kind: 'commit-statuses', repository, commit});
	const comments = await readList(work, {kind: 'commit-comments', repository, commit});
	if (statuses.length + comments.length > 0) {
		work.draft.put({kind: 'tip', commit, value: {statuses, comments}});
	}

	return statuses.some(({state}) => state === 'INPROGRESS') ? true : undefined;
};

const saveOpenTip = async (
	work: Collecting,
	id: number,
	tip: string | undefined,
): Promise<void> => {
	if (tip === undefined || work.reading.open[id] === undefined) {
		return;
	}

	const {repository} = work.copy;
	const statuses = await readList(work, {kind: 'pull-request-statuses', repository, id});
	if (statuses.length > 0) {
		work.draft.put({kind: 'tip', commit: tip, value: {statuses}});
	}
};

/** None of a list that Bitbucket does not give: a commit may be gone upstream meanwhile. */
const readList = async (
	reader: MetadataReader,
	request: MetadataRequest,
): Promise<readonly JsonObject[]> => {
	const answer = await readWhole(reader, request);
	return answer.state === 'read' ? answer.values : [];
};
