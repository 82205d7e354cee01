/**
 * What the sandbox holds. Handles are live: after a rename the same object has the new slug, and
 * changing a property changes what is served from then on.
 */
export type SandboxWorkspace = {
	readonly slug: string;
	readonly uuid: string;
	name: string;
	isPrivate: boolean;
};

/** What git is told about a repository nobody pushed to; which one Bitbucket sends is not known. */
export type EmptyAnswer = 'zero-refs' | 'fork-exec-error' | 'not-found';

export type SandboxRepository = {
	readonly workspace: string;
	/** Changed by `renameRepository` only. */
	slug: string;
	readonly uuid: string;
	name: string;
	isPrivate: boolean;
	/** Listed as `mainbranch` once there is something in the repository. */
	mainBranch: string;
	/** Only says that a wiki was switched on, as in Bitbucket. */
	hasWiki: boolean;
	/** Bytes, as listed. */
	size: number;
	/** Replaces the https clone link. */
	cloneUrl: string | undefined;
	isListed: boolean;
	whenEmpty: EmptyAnswer;
	/** What the wiki's address answers where there is no wiki. */
	missingWikiStatus: 404 | 410;
	/** RFC 3339. */
	readonly createdOn: string;
	/** The bare repository that is served, to push to or change with git directly. */
	readonly path: string;
	/** The wiki's bare repository, where there is one. */
	readonly wikiPath: string | undefined;
};

export type SandboxAccount = {
	readonly email: string;
	readonly userName: string;
	readonly displayName: string;
	readonly uuid: string;
	/** Workspaces it is a member of; undefined means all of them. */
	workspaces: readonly string[] | undefined;
};

export type ApiToken = {
	readonly kind: 'api-token';
	readonly token: string;
	readonly account: SandboxAccount;
	/** `read:repository:bitbucket` and so on; none implies another. */
	scopes: readonly string[];
	/** Workspaces it is restricted to; undefined means all that the account is in. */
	workspaces: readonly string[] | undefined;
	isExpired: boolean;
};

export type AccessToken = {
	readonly kind: 'repo' | 'project' | 'workspace';
	readonly token: string;
	/** Classic names: `repository`, `project`, `account`. */
	scopes: readonly string[];
	readonly workspace: string;
	/** Slugs it may read; undefined means all of the workspace. */
	readonly repositories: readonly string[] | undefined;
	isExpired: boolean;
};

export type Token = ApiToken | AccessToken;

/** Who sent a request. */
export type Caller = {readonly kind: 'anonymous'} | {readonly kind: 'token'; readonly token: Token};

/** Which door a request came to: the API, git over HTTP, or anything else. */
export type Service = 'api' | 'git' | 'web';
