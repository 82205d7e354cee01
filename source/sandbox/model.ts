/**
 * The sandbox's contents. Handles are live: after a rename the same object has the new slug, and a
 * changed property is served from then on.
 */
export type SandboxWorkspace = {
	readonly slug: string;
	readonly uuid: string;
	name: string;
	isPrivate: boolean;
};

/** The git server's answer for an empty repository. It is not known which one Bitbucket sends. */
type EmptyAnswer = 'zero-refs' | 'fork-exec-error' | 'not-found';

export type SandboxRepository = {
	readonly workspace: string;
	/** Changed by `renameRepository` only. */
	slug: string;
	readonly uuid: string;
	name: string;
	isPrivate: boolean;
	/** Listed as `mainbranch` once the repository is not empty. */
	mainBranch: string;
	/** Only says that the wiki was switched on, as in Bitbucket. */
	hasWiki: boolean;
	description: string;
	projectKey: string;
	/** Bytes, as listed. */
	size: number;
	/** Replaces the https clone link. */
	cloneUrl: string | undefined;
	isListed: boolean;
	whenEmpty: EmptyAnswer;
	/** The status of the wiki's address when there is no wiki. */
	missingWikiStatus: 404 | 410;
	/** RFC 3339. */
	readonly createdOn: string;
	/** The bare repository that is served. Tests may change it with git directly. */
	readonly path: string;
	/** The wiki's bare repository, if there is one. */
	readonly wikiPath: string | undefined;
};

export type SandboxAccount = {
	readonly email: string;
	readonly userName: string;
	readonly displayName: string;
	readonly uuid: string;
	/** The workspaces that it is a member of; undefined means all. */
	workspaces: readonly string[] | undefined;
};

export type ApiToken = {
	readonly kind: 'api-token';
	readonly token: string;
	readonly account: SandboxAccount;
	/** `read:repository:bitbucket` and the like. None implies another. */
	scopes: readonly string[];
	/** The workspaces that it is restricted to; undefined means all of the account's. */
	workspaces: readonly string[] | undefined;
	isExpired: boolean;
};

export type AccessToken = {
	readonly kind: 'repo' | 'project' | 'workspace';
	readonly token: string;
	/** Classic names: `repository`, `project`, `account`. */
	scopes: readonly string[];
	readonly workspace: string;
	/** The slugs that it may read; undefined means all of the workspace. */
	readonly repositories: readonly string[] | undefined;
	isExpired: boolean;
};

export type Token = ApiToken | AccessToken;

/** The lists of things that belong to repositories or workspaces, which are empty at first. */
export const listsByOwner = <Item>() => {
	const all = new Map<string, Item[]>();
	return ({uuid}: {readonly uuid: string}): Item[] => {
		const found = all.get(uuid) ?? [];
		all.set(uuid, found);
		return found;
	};
};

/** The sender of a request. */
export type Caller = {readonly kind: 'anonymous'} | {readonly kind: 'token'; readonly token: Token};

/** The endpoint of a request: the API, git over HTTP with LFS, the media server, or anything else. */
export type Service = 'api' | 'git' | 'media' | 'web';
