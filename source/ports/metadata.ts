import type {Failure} from '../domain/failure/failure.ts';
import type {JsonObject} from '../domain/json.ts';
import type {ProjectSettingsName, SettingsName} from '../domain/metadata/paths.ts';
import type {Repository} from '../domain/plan/repository.ts';

/**
 * Metadata: pull requests, settings and downloads of a repository, and the settings and snippets of
 * its workspace, as Bitbucket gives them. How they are kept: `git-metadata.ts`.
 */

export type RepositoryName = Pick<Repository, 'workspace' | 'slug' | 'uuid'>;

/** A list or an object that is asked for with the repository's name alone. */
export type RepositoryList =
	/** The repository itself: description, project, forking, website. */
	| 'repository'
	/** All pull requests' approvals, requests for changes, updates and comments, newest first. */
	| 'activity'
	| 'downloads'
	| Exclude<SettingsName, 'environment-variables'>;

/** A list or an object of the source's workspace. */
export type WorkspaceList =
	| 'workspace'
	| 'members'
	| 'workspace-permissions'
	| 'projects'
	| 'workspace-hooks'
	| 'workspace-variables'
	| 'snippets';

/** A list or an object of one project of the source's workspace. */
export type ProjectList = `project-${ProjectSettingsName}`;

/** Pull requests by id. Ids never change, so no item moves across a page. */
export type PullRequestWalk =
	/** The look: open ones, and those updated at `since` (RFC 3339) or later, with an id above `after`. */
	| {readonly to: 'newest'; readonly since: string | undefined; readonly after: number}
	/** All with an id below `before`, the greatest first. */
	| {readonly to: 'oldest'; readonly before: number | undefined};

/** A closed set of questions: addresses, `fields`, page lengths and scopes are the adapter's. */
export type MetadataRequest = (
	| {
			readonly kind: 'pull-requests';
			readonly repository: RepositoryName;
			readonly walk: PullRequestWalk;
			/** False: without `sort`, which large repositories may answer with 500. Follow `next` then. */
			readonly isSorted: boolean;
	  }
	| {
			readonly kind: 'pull-request' | 'tasks' | 'pull-request-commits' | 'pull-request-statuses';
			readonly repository: RepositoryName;
			readonly id: number;
	  }
	/** Replies and tombstones too. `since` (RFC 3339): only those updated later. */
	| {
			readonly kind: 'comments';
			readonly repository: RepositoryName;
			readonly id: number;
			readonly since?: string | undefined;
	  }
	| {
			readonly kind: 'commit-statuses' | 'commit-comments';
			readonly repository: RepositoryName;
			readonly commit: string;
	  }
	| {readonly kind: RepositoryList; readonly repository: RepositoryName}
	| {
			readonly kind: 'environment-variables';
			readonly repository: RepositoryName;
			/** The environment's uuid, with its braces. */
			readonly environment: string;
	  }
	| {readonly kind: WorkspaceList}
	| {readonly kind: ProjectList; readonly project: string}
) & {
	/** `next` of an earlier answer to the same question. */
	readonly page?: string | undefined;
};

export type MetadataKind = MetadataRequest['kind'];

export type MetadataRead = {
	readonly state: 'read';
	/** The page's items as they came, unknown fields included. A question about one object has a single value. */
	readonly values: readonly JsonObject[];
	readonly isList: boolean;
	/** Address of the next page, already checked to be on the API's own origin. */
	readonly next: string | undefined;
	/** The number of items in all pages, if Bitbucket said it. */
	readonly size: number | undefined;
	/** The answer's `Date`, in milliseconds since 1970. Undefined if it had none. */
	readonly at: number | undefined;
};

/** Bitbucket does not give it, and a second try does not help. Removes nothing that was saved. */
export type MetadataDenied =
	/** It is not there (404, 410), or Bitbucket has no such API any more. */
	| {readonly state: 'absent'; readonly failure: Failure}
	/** The plan, the credential or its scopes do not allow it (402, 403). */
	| {readonly state: 'refused'; readonly failure: Failure};

export type MetadataAnswer = MetadataRead | MetadataDenied;

export type SavedFile =
	/** The whole content, synced, in a new file with mode 0400. `sha256`: hex. */
	| {readonly state: 'saved'; readonly size: number; readonly sha256: string}
	/** Longer than is taken. No file is left. */
	| {readonly state: 'too-large'; readonly limit: number}
	| MetadataDenied;

/** A file of a snippet. `content`: its bytes in a new file; undefined if the answer lacked them. */
export type SnippetContent = {
	readonly name: string;
	readonly content: {readonly file: string; readonly size: number} | undefined;
};

export type SnippetAnswer =
	| {
			readonly state: 'read';
			/** As it came. */
			readonly snippet: JsonObject;
			/** At most `mostSnippetFiles` and one more. */
			readonly files: readonly SnippetContent[];
	  }
	/** Bitbucket does not give all of it in one answer. Ask for the names of its files. */
	| {readonly state: 'too-large'}
	| MetadataDenied;

/** Metadata of a source, with its credential. */
export interface MetadataServer {
	/**
	 * The refusal that a question would get for want of a scope. Undefined if it may be asked, and as
	 * long as no answer has told the scopes.
	 */
	foreseeRefusal(kind: MetadataKind): MetadataDenied | undefined;

	/** The scopes that the credential holds, once an answer has told them. */
	heldScopes(): readonly string[] | undefined;

	/**
	 * One request. Throws what may pass (429, 5xx, network), what concerns the whole source (401), and
	 * a 404 that says that the repository itself cannot be reached: it may be an outage.
	 */
	readMetadata(request: MetadataRequest, signal: AbortSignal): Promise<MetadataAnswer>;

	/**
	 * Saves a pull request's commits as a mailbox, byte for byte, in a new file. Costs two requests,
	 * because of a redirect. Throws `server-timeout` for one that is too large for Bitbucket, and that
	 * may be so for good.
	 */
	savePatch(
		repository: RepositoryName,
		id: number,
		file: string,
		signal: AbortSignal,
	): Promise<SavedFile>;

	/**
	 * Saves a download of at most `limit` bytes in a new file. Follows one redirect to a storage, https only and without the
	 * credential. Its request counts in a limit of its own, of 5,000 an hour.
	 */
	saveDownload(
		repository: RepositoryName,
		name: string,
		file: string,
		options: {readonly signal: AbortSignal; readonly limit: number},
	): Promise<SavedFile>;

	/**
	 * One request for a snippet of the source's workspace. `whole`: with the contents of its files,
	 * which go into the empty `folder`; `names`: without.
	 */
	readSnippet(
		id: string,
		options: {
			readonly folder: string;
			readonly form: 'whole' | 'names';
			readonly signal: AbortSignal;
		},
	): Promise<SnippetAnswer>;

	/** Saves a file of a snippet in a new file. Costs two requests, because of a redirect. */
	saveSnippetFile(id: string, name: string, file: string, signal: AbortSignal): Promise<SavedFile>;
}
