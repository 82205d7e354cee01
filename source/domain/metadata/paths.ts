import {isJsonList, isJsonObject} from '../json.ts';
import {isDeviceName} from '../plan/layout.ts';
import {formatJson, normalise, type Sets, sortFields, sortItems} from './normalise.ts';

/**
 * Settings of a repository, by the names of their files. Each file holds one answer, so that a refusal
 * of one touches no other.
 */
export type SettingsName =
	/** Those of its project too, with `reviewer_type`. */
	| 'default-reviewers'
	| 'hooks'
	| 'user-permissions'
	| 'group-permissions'
	| 'branching-model'
	| 'branching-model-settings'
	| 'branch-restrictions'
	| 'deploy-keys'
	| 'pipelines'
	| 'pipeline-variables'
	| 'pipeline-schedules'
	| 'pipeline-key-pair'
	| 'pipeline-known-hosts'
	| 'environments'
	| 'environment-variables';

/** Settings of a workspace, by the names of their files. */
export type WorkspaceSettingsName =
	| 'workspace'
	| 'members'
	| 'permissions'
	| 'projects'
	| 'hooks'
	| 'variables'
	| 'snippets';

/** Settings of a project, by the names of their files. */
export type ProjectSettingsName =
	| 'default-reviewers'
	| 'user-permissions'
	| 'group-permissions'
	| 'branching-model'
	| 'branching-model-settings'
	| 'deploy-keys';

/** The files that a pull request may have; `pull-request` is the one that it always has. */
export type PullRequestFile = 'pull-request' | 'comments' | 'tasks' | 'activity' | 'commits';

/** A file of metadata and its content as Bitbucket gave it. */
export type MetadataFile = {readonly value: unknown} & (
	| {readonly kind: 'repository' | 'downloads'}
	| {readonly kind: 'settings'; readonly name: SettingsName}
	| {readonly kind: PullRequestFile; readonly id: number}
	/** Statuses and comments of a commit, by its full id. */
	| {readonly kind: 'tip'; readonly commit: string}
	| {readonly kind: 'workspace'; readonly name: WorkspaceSettingsName}
	| {readonly kind: 'snippet'; readonly id: string}
	| {
			readonly kind: 'project';
			readonly key: string;
			readonly uuid: string;
			readonly name: ProjectSettingsName;
	  }
	/**
	 * Cistern's own: names by account id, addresses of images in texts, and how far the reading came.
	 */
	| {readonly kind: 'people' | 'images' | 'reading'}
);

/** `secrets`: names of the fields that held a secret and are not in `text`. */
export type FormattedFile = {
	readonly path: string;
	readonly text: string;
	readonly secrets: readonly string[];
};

/** Throws `answer-refused` for a value that is nested too deeply. */
export const fileOf = (file: MetadataFile): FormattedFile => {
	const path = pathOf(file);
	if (file.kind === 'reading' || file.kind === 'people' || file.kind === 'images') {
		return {path, text: formatJson(sortFields(file.value)), secrets: []};
	}

	const {value, secrets} = normalise(file.value, setsOf(file));
	return {path, text: formatJson(inOrder(file, value)), secrets};
};

export const readingPath = 'reading.json';
export const peoplePath = 'people.json';
export const imagesPath = 'images.json';
export const pullRequestsFolder = 'pull-requests';

/** Where a file lies in the tree. No name that a user chose becomes a path as it is. */
export const pathOf = (file: MetadataFile): string => {
	switch (file.kind) {
		case 'repository':
		case 'downloads':
			return `${file.kind}.json`;
		case 'people':
			return peoplePath;
		case 'images':
			return imagesPath;
		case 'reading':
			return readingPath;
		case 'settings':
			return `settings/${file.name}.json`;
		case 'workspace':
			return `${file.name}.json`;
		case 'snippet':
			return `${folderOfSnippet(file.id)}/snippet.json`;
		case 'project':
			return `projects/${nameOfProject(file.key, file.uuid)}/${file.name}.json`;
		case 'tip':
			return `tips/${requireMatch(file.commit, /^[0-9a-f]{12,64}$/)}.json`;
		case 'pull-request':
		case 'comments':
		case 'tasks':
		case 'activity':
		case 'commits':
			return pathOfPullRequest(file.id, file.kind);
	}
};

export const pathOfPullRequest = (id: number, file: PullRequestFile): string =>
	`${folderOfPullRequest(id)}/${file}.json`;

/** The changes of a pull request whose commits could not be had, as one patch. */
export const patchOfPullRequest = (id: number): string => `${folderOfPullRequest(id)}/patch`;

/**
 * A folder for each hundred: git writes a folder anew for each change in it, and one of thousands of
 * entries would grow the backup each night.
 */
const folderOfPullRequest = (id: number): string => {
	if (!Number.isSafeInteger(id) || id < 1) {
		throw new Error(`${id} is no number of a pull request`);
	}

	const hundred = `${Math.floor(id / 100) * 100}`.padStart(6, '0');
	return `${pullRequestsFolder}/${hundred}/${id}`;
};

/** A file of a snippet, byte for byte. `savedAs`: one of `nameSnippetFiles`. */
export const contentOfSnippet = (id: string, savedAs: string): string =>
	`${folderOfSnippet(id)}/files/${savedAs}`;

const folderOfSnippet = (id: string): string =>
	`snippets/${requireMatch(id, /^[A-Za-z0-9]{1,40}$/)}`;

/** Is it the path of the file that describes a snippet? */
export const isSnippetPath = (path: string): boolean => /^snippets\/\w+\/snippet\.json$/.test(path);

/** Undefined for a path that is not below a pull request's folder. */
export const readPullRequestPath = (
	path: string,
): {readonly id: number; readonly file: string} | undefined => {
	const [, id, file] = /^pull-requests\/\d{6,}\/(\d{1,16})\/([^/]+)$/.exec(path) ?? [];
	return id === undefined || file === undefined ? undefined : {id: Number(id), file};
};

/** The setting that a file holds, as `deploy-keys` or `projects/MAIN/deploy-keys`. */
export const readSettingPath = (path: string): string | undefined => {
	const [, name] = /^(?:settings\/)?((?:projects\/[^/]+\/)?[a-z-]+)\.json$/.exec(path) ?? [];
	return name === undefined || noSettings.has(path) ? undefined : name;
};

/** Files beside the settings of a repository or a workspace. */
const noSettings: ReadonlySet<string> = new Set([
	'downloads.json',
	imagesPath,
	peoplePath,
	readingPath,
]);

/** A key is made of capitals, digits and underscores. For any other, the uuid takes its place. */
const nameOfProject = (key: string, uuid: string): string =>
	/^[A-Z][A-Z0-9_]{0,63}$/.test(key) && !isDeviceName(key)
		? key
		: requireMatch(uuid.replaceAll(/[{}]/g, ''), /^[0-9a-f-]{1,64}$/i);

const requireMatch = (text: string, form: RegExp): string => {
	if (!form.test(text)) {
		throw new Error('a name from Bitbucket cannot be the name of a file');
	}

	return text;
};

const setsOf = ({kind}: MetadataFile): Sets =>
	/^(pull-request|comments|tasks|activity|commits)$/.test(kind) ? 'people' : 'all';

/**
 * Comments and tasks by their numbers, activity by its dates; other lists stay as they are. A draft
 * of a comment is its author's alone and is left out.
 */
const inOrder = ({kind}: MetadataFile, value: unknown): unknown => {
	if (!isJsonList(value)) {
		return value;
	}

	switch (kind) {
		case 'comments':
			return sortItems(
				value.filter((one) => !(isJsonObject(one) && one['pending'] === true)),
				numberOf,
			);
		case 'tasks':
			return sortItems(value, numberOf);
		case 'activity':
			return sortItems(value, dateOf);
		default:
			return value;
	}
};

/** With zeros before it, so that numbers are in order as texts. */
const numberOf = (item: unknown): string =>
	isJsonObject(item) ? `${item['id'] ?? ''}`.padStart(20, '0') : '';

/** An entry of the activity holds its pull request, and beside it what happened, with a date. */
const dateOf = (entry: unknown): string => {
	const [date] = Object.values(isJsonObject(entry) ? entry : {}).flatMap((event) => {
		const {date, created_on} = isJsonObject(event) ? event : {};
		return date ?? created_on ?? [];
	});
	return `${date ?? ''}`;
};
