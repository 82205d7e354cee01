import {gather} from '../../domain/metadata/gather.ts';
import {type CommentOrigin, mergeActivity, mergeComments} from '../../domain/metadata/merge.ts';
import type {News} from '../../domain/metadata/news.ts';
import {isJsonList, isJsonObject, type JsonObject} from '../../domain/metadata/normalise.ts';
import {
	fileOf,
	imagesPath,
	type MetadataFile,
	pathOfPullRequest,
	peoplePath,
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

type Comments = {readonly read: readonly JsonObject[]; readonly origin: CommentOrigin};

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

	const count = (value: unknown): void => {
		size += JSON.stringify(value).length;
	};

	return {
		get size() {
			return size;
		},
		put: (file) => {
			const {path} = fileOf(file);
			gather(file.value, {people, images});
			const text = format(file);
			whole.set(path, text);
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
			comments.set(id, [...(comments.get(id) ?? []), {read, origin}]);
			count(read);
		},
		addActivity: (id, entries) => {
			gather(entries, {people, images});
			activity.set(id, [...(activity.get(id) ?? []), ...entries]);
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
			const isNew = ([path]: readonly [string, string]): boolean => !saved.has(path);
			const files = new Map([...[...found].filter(isNew), ...whole]);

			let news = 0;
			for (const id of comments.keys()) {
				const path = pathOfPullRequest(id, 'comments');
				const text = saved.get(path);
				const value = format({kind: 'comments', id, value: commentsOf(id, text)});
				news += countNews(parseList(text), parseList(value));
				files.set(path, value);
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

			const known = parseAddresses(saved.get(imagesPath));
			const all = [...new Set([...known, ...images])].toSorted();
			if (images.size > 0) {
				files.set(imagesPath, format({kind: 'images', value: all}));
			}

			for (const [path, text] of files) {
				if (saved.get(path) === text || (isNothing(path, text) && !saved.has(path))) {
					files.delete(path);
				}
			}

			const pullRequests = [...files.keys()].filter((path) => path.endsWith('/pull-request.json'));
			const changed = pullRequests.filter((path) => saved.has(path)).length;
			return {
				files,
				contents,
				added: pullRequests.length - changed,
				changed,
				comments: news,
				images: images.size === 0 ? undefined : all.length,
				patches: contents.size,
				downloads: downloads.length,
				bytes: downloads.reduce((sum, bytes) => sum + bytes, 0),
				settings: settingsOf([...files.keys()]),
				changedSettings: settingsOf([...files.keys()].filter((path) => saved.has(path))),
				secrets: [...secrets],
			};
		},
	};
};

const settingsOf = (paths: readonly string[]): readonly string[] =>
	paths.flatMap((path) => readSettingPath(path) ?? []);

/**
 * A file that has no items is only written where it takes the place of some. Of settings it says that
 * they were read, and that there are none.
 */
const isNothing = (path: string, text: string): boolean =>
	text === '[]\n' && readSettingPath(path) === undefined;

/** The objects of a file's list. One that cannot be read is written anew. */
export const parseList = (text: string | undefined): readonly JsonObject[] =>
	listOf(text).filter(isJsonObject);

const parseAddresses = (text: string | undefined): readonly string[] =>
	listOf(text).filter((one) => typeof one === 'string');

const parseObject = (text: string | undefined): JsonObject => {
	const value = parse(text);
	return isJsonObject(value) ? value : {};
};

const listOf = (text: string | undefined): readonly unknown[] => {
	const value = parse(text);
	return isJsonList(value) ? value : [];
};

const parse = (text: string | undefined): unknown => {
	try {
		return JSON.parse(text ?? '');
	} catch {
		return undefined;
	}
};

const countNews = (before: readonly JsonObject[], after: readonly JsonObject[]): number => {
	const known = new Map(before.map((one) => [one['id'], JSON.stringify(one)]));
	return after.filter((one) => known.get(one['id']) !== JSON.stringify(one)).length;
};
