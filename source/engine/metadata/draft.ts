import {
	isJsonList,
	isJsonObject,
	type JsonObject,
	objectsOf,
	parseJson,
} from '../../domain/json.ts';
import {gather} from '../../domain/metadata/gather.ts';
import {type CommentOrigin, mergeActivity, mergeComments} from '../../domain/metadata/merge.ts';
import type {News} from '../../domain/metadata/news.ts';
import {
	fileOf,
	imagesPath,
	isSnippetPath,
	type MetadataFile,
	pathOf,
	pathOfPullRequest,
	peoplePath,
	readPullRequestPath,
	readSettingPath,
} from '../../domain/metadata/paths.ts';

/** Everything that was read of a repository and is not saved yet. */
export type Draft = {
	/** Bytes, about. */
	readonly size: number;
	/** Takes the place of what is saved. */
	put(file: MetadataFile): void;
	/** The bytes of a file on the disk, which is removed once they are saved. */
	putFile(path: string, file: string, bytes: number): void;
	/** A pull request that a walk found. One that is saved already was read by a look, and stays. */
	putNew(id: number, value: JsonObject): void;
	addComments(id: number, comments: readonly JsonObject[], origin: CommentOrigin): void;
	addActivity(id: number, entries: readonly JsonObject[]): void;
	/** The content of a download came, of so many bytes. It lies beside the repository of files. */
	countDownload(bytes: number): void;
	/** All comments of a pull request that are known, given the text of its saved file. */
	commentsOf(id: number, saved: string | undefined): readonly JsonObject[];
	/** Files whose content is needed before `finish`. */
	paths(): readonly string[];
	/** The files that differ from what is saved, by path. */
	finish(saved: ReadonlyMap<string, string>): Finished;
};

type Finished = News & {
	readonly files: ReadonlyMap<string, string>;
	/** Files on the disk, by their paths among the others. */
	readonly contents: ReadonlyMap<string, string>;
	/** Images in all texts so far; undefined where this draft has none. */
	readonly images: number | undefined;
	/** Names of fields that held a secret and were left out. */
	readonly secrets: readonly string[];
};

type Comments = {readonly read: JsonObject[]; readonly origin: CommentOrigin};

export const createDraft = (): Draft => {
	const whole = new Map<string, string>();
	const found = new Map<string, string>();
	const comments = new Map<number, Comments[]>();
	const activity = new Map<number, JsonObject[]>();
	const secrets = new Set<string>();
	const people = new Map<string, string>();
	const images = new Set<string>();
	const contents = new Map<string, string>();
	const downloads: number[] = [];
	let size = 0;

	const format = (file: MetadataFile): string => {
		const formatted = fileOf(file);
		for (const name of formatted.secrets) {
			secrets.add(name);
		}

		return formatted.text;
	};

	const commentsOf: Draft['commentsOf'] = (id, saved) =>
		(comments.get(id) ?? [])
			.reduce((known, {read, origin}) => mergeComments(known, read, origin), parseList(saved))
			.filter((one) => one['pending'] !== true);

	/** The files of lists that grow: what is saved of each, and all that was read since. */
	const merge = (saved: Texts): Texts => {
		const files = new Map<string, string>();
		for (const id of comments.keys()) {
			const path = pathOfPullRequest(id, 'comments');
			files.set(path, format({kind: 'comments', id, value: commentsOf(id, saved.get(path))}));
		}

		for (const [id, entries] of activity) {
			const path = pathOfPullRequest(id, 'activity');
			const value = mergeActivity(parseList(saved.get(path)), entries);
			files.set(path, format({kind: 'activity', id, value}));
		}

		if (people.size > 0) {
			const value = {...parseObject(saved.get(peoplePath)), ...Object.fromEntries(people)};
			files.set(peoplePath, format({kind: 'people', value}));
		}

		if (images.size > 0) {
			const all = new Set([...parseAddresses(saved.get(imagesPath)), ...images]);
			files.set(imagesPath, format({kind: 'images', value: [...all].toSorted()}));
		}

		return files;
	};

	const count = (value: unknown): void => {
		size += JSON.stringify(value).length;
	};

	return {
		get size() {
			return size;
		},
		put: (file) => {
			gather(file.value, {people, images});
			const text = format(file);
			whole.set(pathOf(file), text);
			size += text.length;
		},
		putFile: (path, file, bytes) => {
			contents.set(path, file);
			size += bytes;
		},
		putNew: (id, value) => {
			gather(value, {people, images});
			const text = format({kind: 'pull-request', id, value});
			found.set(pathOfPullRequest(id, 'pull-request'), text);
			size += text.length;
		},
		addComments: (id, read, origin) => {
			gather(read, {people, images});
			const groups = comments.get(id) ?? [];
			const last = groups.at(-1);
			const group: Comments = last?.origin === origin ? last : {read: [], origin};
			append(group.read, read);
			comments.set(id, group === last ? groups : [...groups, group]);
			count(read);
		},
		addActivity: (id, entries) => {
			gather(entries, {people, images});
			const all = activity.get(id) ?? [];
			append(all, entries);
			activity.set(id, all);
			count(entries);
		},
		countDownload: (bytes) => {
			downloads.push(bytes);
			size += bytes;
		},
		commentsOf,
		paths: () => [
			...(people.size === 0 ? [] : [peoplePath]),
			...(images.size === 0 ? [] : [imagesPath]),
			...whole.keys(),
			...found.keys(),
			...[...comments.keys()].map((id) => pathOfPullRequest(id, 'comments')),
			...[...activity.keys()].map((id) => pathOfPullRequest(id, 'activity')),
		],
		finish: (saved) => {
			const merged = merge(saved);
			const news = [...found].filter(([path]) => !saved.has(path));
			const all = new Map([...news, ...whole, ...merged]);
			const files = new Map(
				[...all].filter(([path, text]) => isOther(path, text, saved.get(path))),
			);
			return {
				files,
				contents,
				images: images.size === 0 ? undefined : parseAddresses(merged.get(imagesPath)).length,
				secrets: [...secrets],
				...countNews(files, saved),
				patches: [...contents.keys()].filter(isOfPullRequest).length,
				downloads: downloads.length,
				bytes: downloads.reduce((sum, bytes) => sum + bytes, 0),
			};
		},
	};
};

/**
 * A file that has no items is only written where it takes the place of some. Of settings it says that
 * they were read, and that there are none.
 */
const isOther = (path: string, text: string, before: string | undefined): boolean =>
	before === undefined ? text !== '[]\n' || readSettingPath(path) !== undefined : text !== before;

/** A feed brings the comments of a pull request one by one, and may bring many. */
const append = (list: JsonObject[], items: readonly JsonObject[]): void => {
	for (const item of items) {
		list.push(item);
	}
};

type Texts = ReadonlyMap<string, string>;

const isOfPullRequest = (path: string): boolean => readPullRequestPath(path) !== undefined;

type Counts = Pick<
	News,
	'added' | 'changed' | 'comments' | 'snippets' | 'settings' | 'changedSettings'
>;

const countNews = (files: Texts, saved: Texts): Counts => {
	const paths = [...files.keys()];
	const before = paths.filter((path) => saved.has(path));
	const count = (some: readonly string[]): number =>
		some.filter((path) => path.endsWith('/pull-request.json')).length;
	return {
		added: count(paths) - count(before),
		changed: count(before),
		comments: [...files]
			.filter(([path]) => path.endsWith('/comments.json'))
			.reduce((sum, [path, text]) => sum + countChanged(saved.get(path), text), 0),
		snippets: paths.filter(isSnippetPath).length,
		settings: settingsOf(paths),
		changedSettings: settingsOf(before),
	};
};

const settingsOf = (paths: readonly string[]): readonly string[] =>
	paths.flatMap((path) => readSettingPath(path) ?? []);

/** The objects of a file's list. One that cannot be read is written anew. */
export const parseList = (text: string | undefined): readonly JsonObject[] =>
	objectsOf(parseJson(text));

const parseAddresses = (text: string | undefined): readonly string[] => {
	const value = parseJson(text);
	return isJsonList(value) ? value.filter((one) => typeof one === 'string') : [];
};

const parseObject = (text: string | undefined): JsonObject => {
	const value = parseJson(text);
	return isJsonObject(value) ? value : {};
};

/** Items that are new in a list, or changed. */
const countChanged = (before: string | undefined, after: string): number => {
	const known = new Map(parseList(before).map((one) => [one['id'], JSON.stringify(one)]));
	return parseList(after).filter((one) => known.get(one['id']) !== JSON.stringify(one)).length;
};
