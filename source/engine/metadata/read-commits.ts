import {FailureError} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import {type CommitsState, hashOf, tipOf} from '../../domain/metadata/commits.ts';
import type {JsonObject} from '../../domain/metadata/normalise.ts';
import {patchOfPullRequest, pathOfPullRequest} from '../../domain/metadata/paths.ts';
import {joinPath, repoFolder} from '../../domain/plan/layout.ts';
import {formatSize} from '../../domain/text/format.ts';
import type {Collected, Step} from './collect.ts';
import {batch, type Copy, listPullRequests, readSaved, readSavedObjects} from './copy.ts';
import {parseList} from './draft.ts';
import {describeDenied, type MetadataReader} from './reader.ts';
import {readWhole} from './whole-answer.ts';

/**
 * Saves the commits of pull requests that the mirror of the code lacks: of those whose branch was gone
 * before the first backup, or lies in a fork. Bitbucket still has the list of them, and their changes
 * as one patch. All others are in the mirror, which forgets no commit, and cost no request.
 */
export const readCommits: Step = async (reader, copy, collected) => {
	if (collected.reading.feed.endedAt === undefined) {
		return;
	}

	if (collected.reading.commits === undefined) {
		const unchecked: number[] = [];
		for await (const ids of listPullRequests(reader.session, copy)) {
			unchecked.push(...ids);
		}

		await moveTo(collected, {unchecked, left: [], lacking: {}});
	}

	await findLacking(reader, copy, collected);
	for (const id of stateOf(collected).left.toSorted((one, other) => other - one)) {
		reader.tell(`commits of pull request ${id}`, copy.repository);
		const {tip, words} = await saveCommits(reader, copy, collected, id);
		const {left, lacking, ...state} = stateOf(collected);
		await moveTo(collected, {
			...state,
			left: left.filter((one) => one !== id),
			lacking: words === undefined ? lacking : {...lacking, [id]: {tip, words}},
		});
	}
};

const nothing: CommitsState = {unchecked: [], left: [], lacking: {}};

const stateOf = ({reading}: Collected): CommitsState => reading.commits ?? nothing;

const moveTo = (collected: Collected, commits: CommitsState): Promise<void> =>
	collected.moveTo({...collected.reading, commits});

/** Compares the tips of pull requests with the mirror, with one process for each batch. */
const findLacking = async (
	reader: MetadataReader,
	copy: Copy,
	collected: Collected,
): Promise<void> => {
	const {unchecked} = stateOf(collected);
	if (unchecked.length === 0) {
		return;
	}

	for (let start = 0; start < unchecked.length; start += batch) {
		const ids = unchecked.slice(start, start + batch);
		const found = await findLackingOf(reader, copy, collected, ids);
		const {left, lacking} = stateOf(collected);
		await moveTo(collected, {
			unchecked: unchecked.slice(start + batch),
			left: [...new Set([...left, ...found])],
			lacking: Object.fromEntries(
				Object.entries(lacking).filter(([id]) => !found.includes(Number(id))),
			),
		});
	}
};

const findLackingOf = async (
	{session}: MetadataReader,
	copy: Copy,
	collected: Collected,
	ids: readonly number[],
): Promise<readonly number[]> => {
	const files = await readSavedObjects(
		session,
		copy,
		ids.map((id) => pathOfPullRequest(id, 'pull-request')),
	);
	const tips = ids.flatMap((id) => {
		const value = files.get(pathOfPullRequest(id, 'pull-request'));
		const tip = value && tipOf(value);
		return tip === undefined ? [] : [{id, ...tip}];
	});
	const wanted = tips.flatMap(({tip, merged}) => [tip, ...(merged === undefined ? [] : [merged])]);
	const mirror = joinPath(copy.folder, repoFolder);
	const types = await session.git.readTypes(mirror, [...new Set(wanted)]);
	const here = [...types].filter(([, type]) => type === 'commit').map(([oid]) => oid);
	const lengths = new Set(wanted.map(({length}) => length));
	const known = new Set([...lengths].flatMap((length) => here.map((oid) => oid.slice(0, length))));
	const lacking = tips.filter(
		({tip, merged}) => !known.has(tip) && (merged === undefined || !known.has(merged)),
	);
	const lists = await readSaved(
		session,
		copy,
		lacking.map(({id}) => pathOfPullRequest(id, 'commits')),
	);
	return lacking
		.filter(({id, tip}) => {
			const [newest] = parseList(lists.get(pathOfPullRequest(id, 'commits')));
			const isSaved = hashOf(newest)?.startsWith(tip) === true;
			return !isSaved && stateOf(collected).lacking[id]?.tip !== tip;
		})
		.map(({id}) => id);
};

/** Gives the tip, and the reason where its commits cannot be had. */
const saveCommits = async (
	reader: MetadataReader,
	copy: Copy,
	{draft}: Collected,
	id: number,
): Promise<{readonly tip: string; readonly words?: string}> => {
	const {repository} = copy;
	const path = pathOfPullRequest(id, 'pull-request');
	const saved = await readSavedObjects(reader.session, copy, [path]);
	const tip = tipOf(saved.get(path) ?? {})?.tip ?? '';
	const answer = await readWhole(reader, {kind: 'pull-request-commits', repository, id});
	const list: readonly JsonObject[] = answer.state === 'read' ? answer.values : [];
	const patch = await fetchPatch(reader, copy, id);
	draft.put({kind: 'commits', id, value: list});
	if ('words' in patch) {
		return {tip, words: patch.words};
	}

	draft.putFile(patchOfPullRequest(id), patch.file, patch.size);
	return {tip};
};

type Patch = {readonly file: string; readonly size: number} | {readonly words: string};

const fetchPatch = async (
	reader: MetadataReader,
	{repository}: Copy,
	id: number,
): Promise<Patch> => {
	const {files, bitbucket, signal, workFolder} = reader.session;
	const file = joinPath(workFolder, `${repository.uuid}.patch-${id}`);
	await files.makeFolder(workFolder);
	try {
		const saved = await reader.take(2, async () => {
			await files.remove(file);
			return bitbucket.savePatch(repository, id, file, signal);
		});
		switch (saved.state) {
			case 'saved':
				return {file, size: saved.size};
			case 'too-large':
				return {words: `their patch is larger than ${formatSize(saved.limit)}`};
			default:
				return {words: describeDenied(saved)};
		}
	} catch (error) {
		// Bitbucket gives up on some patches each time.
		if (error instanceof FailureError && error.failure.kind === 'server-timeout') {
			return {words: describeFailure(error.failure).what};
		}

		throw error;
	}
};
