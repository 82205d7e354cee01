import {FailureError} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import {isJsonObject, type JsonObject, objectsOf, parseJson} from '../../domain/json.ts';
import {contentOfSnippet, pathOf} from '../../domain/metadata/paths.ts';
import {noSettings} from '../../domain/metadata/settings-state.ts';
import {
	areSnippetsDue,
	isSnippetId,
	isStillDenied,
	type ListedSnippet,
	type MissingSnippet,
	mostSnippetFiles,
	nameSnippetFiles,
	readListedSnippet,
	readSnippetFiles,
	type SnippetFile,
	type SnippetsState,
	whenListed,
} from '../../domain/metadata/snippets.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import {formatNumber, formatSize, isoTime} from '../../domain/text/format.ts';
import type {SnippetAnswer} from '../../ports/metadata.ts';
import type {Collecting, Step} from './collect.ts';
import {batch, type CopyInSession, readSaved} from './copy.ts';
import {describeDenied, isOfOneContent, type MetadataReader} from './reader.ts';

const listPath = pathOf({kind: 'workspace', name: 'snippets', value: []});

/**
 * Reads the contents of the snippets that are new or changed since they were saved. The list is a file
 * of the workspace's settings. A snippet that was deleted upstream stays as it was, and so does a file
 * that was removed from one.
 */
export const readSnippets: Step = async (work) => {
	const {settings = noSettings, snippets} = work.reading;
	const listedAt = whenListed(settings);
	const isRefused = work.session.bitbucket.foreseeRefusal('snippets') !== undefined;
	if (listedAt === undefined || isRefused || !areSnippetsDue(snippets, settings)) {
		return;
	}

	work.tell('snippets');
	await readEach(work, listedAt);
};

type Saved = {readonly files: number; readonly size: number};

/** This many refusals in a row, and the others are taken as refused too. */
const mostRefusals = 3;

const readEach = async (work: Collecting, listedAt: string): Promise<void> => {
	const {clock} = work.session;
	const listed = await readList(work);
	const here = await findHere(work, listed);
	const now = clock.now();
	const {missing = []} = work.reading.snippets ?? {};
	const denied = listed.filter((one) => !here.has(one.id) && isStillDenied({missing}, one, now));
	const wanted = listed.filter((one) => !here.has(one.id) && !denied.includes(one));
	let state: SnippetsState = {
		listedAt,
		saved: here.size,
		...addUp([...here.values()]),
		left: wanted.length,
		missing: missing.filter(({id}) => denied.some((one) => one.id === id)),
	};
	await work.moveTo({snippets: state});
	let refusals: readonly Unsaved[] = [];
	for (const one of wanted) {
		const [refusal] = refusals.length < mostRefusals ? [] : refusals;
		const result = refusal ?? (await saveSnippet(work, one));
		refusals = 'isRefused' in result && result.isRefused ? [...refusals, result] : [];
		state = addResult(state, one, result, isoTime(clock.now()));
		await work.moveTo({snippets: state});
	}
};

const addUp = (all: readonly Saved[]): Saved => ({
	files: all.reduce((sum, {files}) => sum + files, 0),
	size: all.reduce((sum, {size}) => sum + size, 0),
});

/** The same snippet may be on two pages of a list that moved meanwhile. */
const readList = async (at: CopyInSession): Promise<readonly ListedSnippet[]> => {
	const text = (await readSaved(at, [listPath])).get(listPath);
	const all = objectsOf(parseJson(text)).map(readListedSnippet);
	return [...new Map(all.map((one) => [one.id, one])).values()];
};

/** The snippets that are here as they are listed, by id. */
const findHere = async (
	at: CopyInSession,
	listed: readonly ListedSnippet[],
): Promise<ReadonlyMap<string, Saved>> => {
	const here = new Map<string, Saved>();
	const askable = listed.filter(({id}) => isSnippetId(id));
	for (let start = 0; start < askable.length; start += batch) {
		const some = askable.slice(start, start + batch);
		const texts = await readSaved(
			at,
			some.map(({id}) => pathOf({kind: 'snippet', id, value: {}})),
		);
		for (const {id, updatedOn} of some) {
			const saved = parseJson(texts.get(pathOf({kind: 'snippet', id, value: {}})));
			if (isJsonObject(saved) && saved['updated_on'] === updatedOn && isWhole(saved)) {
				const files = readSnippetFiles(saved);
				here.set(id, {files: files.length, size: addSizes(files)});
			}
		}
	}

	return here;
};

const isWhole = (snippet: JsonObject): boolean =>
	readSnippetFiles(snippet).length === objectsOf(snippet['files']).length;

const addSizes = (files: readonly SnippetFile[]): number =>
	files.reduce((sum, {size = 0}) => sum + size, 0);

/** `isRefused`: the next one may well be refused too. */
type Unsaved = Pick<MissingSnippet, 'why' | 'words'> & {readonly isRefused?: boolean};

const addResult = (
	state: SnippetsState,
	snippet: ListedSnippet,
	result: Saved | Unsaved,
	at: string,
): SnippetsState => {
	const left = state.left - 1;
	if ('words' in result) {
		const {why, words} = result;
		return {...state, left, missing: [...(state.missing ?? []), {...snippet, why, words, at}]};
	}

	const {files, size} = result;
	return {
		...state,
		left,
		saved: state.saved + 1,
		files: state.files + files,
		size: state.size + size,
	};
};

const denied = (words: string): Unsaved => ({why: 'denied', words});

/** Puts a snippet and its files into the draft. */
const saveSnippet = async (work: Collecting, {id}: ListedSnippet): Promise<Saved | Unsaved> => {
	if (!isSnippetId(id)) {
		return denied('no address leads to a snippet of such an id');
	}

	work.tell(`snippet ${id}`);
	try {
		const answer = await askFor(work, id);
		if (answer.state !== 'read') {
			return answer.state === 'too-large'
				? denied('it has no end')
				: {...denied(describeDenied(answer)), isRefused: answer.state === 'refused'};
		}

		return await saveFiles(work, id, answer);
	} catch (error) {
		if (error instanceof FailureError && isOfOneContent(error.failure)) {
			return {why: 'failed', words: describeFailure(error.failure).what};
		}

		throw error;
	}
};

/** One request brings all files. Where that is too much at once, they are asked for one by one. */
const askFor = async (reader: MetadataReader, id: string): Promise<SnippetAnswer> => {
	const {bitbucket, files, signal} = reader.session;
	const folder = folderOf(reader, id);
	const ask = (form: 'whole' | 'names'): Promise<SnippetAnswer> =>
		reader.take(1, async () => {
			await files.remove(folder);
			await files.makeFolder(folder);
			return bitbucket.readSnippet(id, {folder, form, signal});
		});
	const answer = await ask('whole');
	return answer.state === 'too-large' ? ask('names') : answer;
};

const folderOf = ({session}: MetadataReader, id: string): string =>
	joinPath(session.workFolder, `snippet-${id}`);

type Whole = Extract<SnippetAnswer, {state: 'read'}>;

const saveFiles = async (
	work: Collecting,
	id: string,
	{snippet, files}: Whole,
): Promise<Saved | Unsaved> => {
	if (files.length > mostSnippetFiles) {
		return denied(`it has more than ${formatNumber(mostSnippetFiles)} files`);
	}

	const sorted = files.toSorted((left, right) => (left.name < right.name ? -1 : 1));
	const names = nameSnippetFiles(sorted.map(({name}) => name));
	const saved: SnippetFile[] = [];
	const reasons: string[] = [];
	for (const [index, {name, content}] of sorted.entries()) {
		const got = content ?? (await fetchFile(work, id, name, index));
		if ('words' in got) {
			saved.push({name});
			reasons.push(`${name}: ${got.words}`);
			continue;
		}

		const {size} = got;
		const savedAs = names[index] ?? '';
		work.draft.putFile(contentOfSnippet(id, savedAs), got.file, size);
		saved.push({name, savedAs, size});
	}

	work.draft.put({kind: 'snippet', id, value: {...snippet, files: saved}});
	const [reason] = reasons;
	return reason === undefined
		? {files: saved.length, size: addSizes(saved)}
		: denied(`${formatNumber(reasons.length)} of its files could not be had (${reason})`);
};

/** Bitbucket answers with a redirect to the newest version. */
const requestsOfFile = 2;

type Content = {readonly file: string; readonly size: number};

const fetchFile = async (
	reader: MetadataReader,
	id: string,
	name: string,
	index: number,
): Promise<Content | {readonly words: string}> => {
	const {bitbucket, files, signal} = reader.session;
	const file = joinPath(folderOf(reader, id), `one-${index}`);
	const saved = await reader.take(requestsOfFile, async () => {
		await files.remove(file);
		return bitbucket.saveSnippetFile(id, name, file, signal);
	});
	switch (saved.state) {
		case 'saved':
			return {file, size: saved.size};
		case 'too-large':
			return {words: `it is larger than ${formatSize(saved.limit)}`};
		default:
			return {words: describeDenied(saved)};
	}
};
