import type {Secret} from './secret.ts';

export const defaultApiUrl = 'https://api.bitbucket.org/2.0';

/** The git user name that works with every API token, whoever owns it (Atlassian, "Using API tokens"). */
export const tokenGitUser = 'x-bitbucket-api-token-auth';

/** How a source signs in: to the API and to git with different names, as Bitbucket wants it. */
export type Credential =
	| {readonly kind: 'none'}
	| {
			readonly kind: 'api-token';
			/** Atlassian e-mail address, the API's user name. */
			readonly apiUser: string;
			/** Bitbucket user name, or `tokenGitUser` where none was given. */
			readonly gitUser: string;
			readonly token: Secret;
	  }
	| {readonly kind: 'access-token'; readonly token: Secret};

export type SourceType = 'user' | 'org';

/** One workspace to back up. */
export type Source = {
	/** Names the source's folder below the backup folder. */
	readonly title: string;
	readonly type: SourceType;
	/** The workspace id, the part of a URL behind bitbucket.org/. */
	readonly workspace: string;
	readonly credential: Credential;
	/** Names or globs; empty means every repository. */
	readonly includeRepos: readonly string[];
	/** Names or globs; wins over `includeRepos`. */
	readonly ignoreRepos: readonly string[];
	readonly apiUrl: string;
	readonly lfs: 'report' | 'ignore';
	/** The day the token expires (`2027-03-01`), where the user noted it. */
	readonly tokenExpires: string | undefined;
};

export type Settings = {
	/** Absolute path of the backup folder; each source has a folder in it. */
	readonly localFolder: string;
	readonly sources: readonly Source[];
	/** How many git transfers run at once; undefined lets Cistern choose. */
	readonly concurrency: number | undefined;
	readonly removeDeletedRepos: boolean;
	/** What the user should know about these settings: sentences, said at every run. */
	readonly notices: readonly string[];
};
