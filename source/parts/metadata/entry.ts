import {formatRefs, unbornHead} from '../../domain/history/history.ts';
import {isJsonObject, type JsonObject} from '../../domain/json.ts';
import {filesFolder} from '../../domain/metadata/downloads.ts';
import {joinPath, lfsFolder} from '../../domain/plan/layout.ts';
import type {MissingEntry} from '../../domain/record/record.ts';
import type {Git} from '../../ports/git.ts';
import type {FileChange, ImportOptions} from '../../ports/git-metadata.ts';
import {isMirrorEntry, type MirrorEntry, readStamp} from '../code/mirror.ts';
import type {PartCopy} from '../part.ts';

export const metadataName = 'metadata';

/** The entry of a repository of metadata. */
export type SavedMetadata = MirrorEntry & {
	/** Its newest commit. */
	readonly commit: string;
	/**
	 * Repeats what `reading.json` of that commit says, so that a run in which nothing changed starts no
	 * process. Empty where only the file knows.
	 */
	readonly reading: JsonObject;
};

/** `missing`: it was saved once, and this computer has lost it. */
export type MetadataEntry = SavedMetadata | MissingEntry;

export const isSavedMetadata = (json: unknown): json is SavedMetadata =>
	isMirrorEntry(json) &&
	'commit' in json &&
	typeof json.commit === 'string' &&
	'reading' in json &&
	isJsonObject(json.reading);

type Tools = Pick<PartCopy, 'git' | 'files' | 'digest' | 'folder'>;

const mirrorOf = (folder: string): string => joinPath(folder, metadataName);

/** The state of the branch at a commit, in the form of a mirror's refs. */
export const refsTextOf = (commit: string): string =>
	formatRefs(unbornHead, new Map([[unbornHead, commit]]));

/**
 * Adds a commit with these files, and gives its id. Makes the repository if there is none. The lock
 * must be held.
 */
export const importMetadata = async (
	{git, folder}: {readonly git: Git; readonly folder: string},
	files: Iterable<FileChange> | AsyncIterable<FileChange>,
	options: ImportOptions,
): Promise<string> => {
	const mirror = mirrorOf(folder);
	if ((await git.readStamp(mirror)) === undefined) {
		await git.createMirror(mirror);
	} else {
		await git.configureMirror(mirror);
	}

	const isFirst = (await git.readMetadataTip(mirror)) === undefined;
	return git.importFiles(mirror, isFirst ? withReadme(files) : files, options);
};

/** In the first commit of a repository. */
export async function* withReadme(
	files: Iterable<FileChange> | AsyncIterable<FileChange>,
): AsyncGenerator<FileChange> {
	yield {path: 'README.md', text: readme};
	yield* files;
}

/** For a person who has nothing but this repository. */
const readme = `# Metadata

Cistern saved here what surrounds the code. Of a repository: pull requests with their comments, tasks
and activity, downloads and settings. Of a workspace: its own settings, those of its projects, and
snippets. Everything but the files of snippets is JSON, as Bitbucket gave it, without secrets. Each
commit is a state that was read; an earlier commit has the words of a comment that was edited or
deleted later.

    git log -p -- pull-requests/000100/142            the story of pull request 142
    git log -p -- settings                            what changed in the settings
    git grep -n "some words" main -- '*/comments.json'  where something was discussed
`;

/**
 * The entry of the repository as it is now, packed where that pays. To be called after the last
 * import of a run and before the record is written. `changedAt`: milliseconds since 1970.
 */
export const describeMetadata = async (
	{git, files, digest, folder}: Tools,
	commit: string,
	{reading, changedAt}: {readonly reading: JsonObject; readonly changedAt: number},
): Promise<SavedMetadata> => {
	const mirror = mirrorOf(folder);
	await git.packObjects(mirror);
	const contents = joinPath(folder, filesFolder);
	const hasContents = await files.exists(contents);
	return {
		state: 'saved',
		size:
			(await files.measure(mirror, lfsFolder)) + (hasContents ? await files.measure(contents) : 0),
		changedAt: new Date(changedAt).toISOString(),
		refs: {digest: digest(refsTextOf(commit)), count: 1},
		print: await readStamp(git, mirror),
		keptTips: 0,
		commit,
		reading,
	};
};
