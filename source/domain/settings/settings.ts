import type {PartSettings} from '../record/gap.ts';
import type {Environment} from './variables.ts';

export const defaultApiUrl = 'https://api.bitbucket.org/2.0';

/** The git user name that works with every API token, of any account (Atlassian, "Using API tokens"). */
export const tokenGitUser = 'x-bitbucket-api-token-auth';

/** How a source signs in. Bitbucket wants different names at its API and at git. */
export type Credential =
	| {readonly kind: 'none'}
	| {
			readonly kind: 'api-token';
			/** Atlassian e-mail address, the API's user name. */
			readonly apiUser: string;
			/** Bitbucket user name, or `tokenGitUser` if none was given. */
			readonly gitUser: string;
			readonly token: Secret;
	  }
	| {readonly kind: 'access-token'; readonly token: Secret};

/** The account of a credential, in words. */
export const accountOf = (credential: Credential): string => {
	switch (credential.kind) {
		case 'none':
			return 'no account';
		case 'access-token':
			return 'an access token';
		case 'api-token': {
			const {apiUser, gitUser} = credential;
			return gitUser === tokenGitUser ? apiUser : gitUser;
		}
	}
};

export type SourceType = 'user' | 'org';

/** One entry of `stores`: a second place for the backup. */
export type StoreSettings = {
	readonly title: string;
	readonly place: StorePlace;
	/** The public keys that it is sealed for; `none`: everyone who sees the store can read it. */
	readonly recipients: readonly string[] | 'none';
	/** Milliseconds after which a part is sent whole again. */
	readonly fullAfter: number;
	/** The secret key of runs without a folder: it opens index objects and steps. */
	readonly runner?: Secret | undefined;
};

export type StorePlace =
	/** Absolute path. */
	{readonly type: 'folder'; readonly path: string} | ({readonly type: 's3'} & S3Place);

export type S3Place = {
	readonly title: string;
	/** Undefined for AWS. */
	readonly endpoint: string | undefined;
	readonly region: string;
	readonly bucket: string;
	/** Before all names, without a slash at its ends; `''` for none. */
	readonly prefix: string;
	/** Does the bucket stand in the path, and not in the host's name? */
	readonly pathStyle: boolean;
	readonly keys: S3Keys;
	/** Milliseconds for which each object is locked; undefined leaves it to the bucket. */
	readonly retention: number | undefined;
};

export type S3Keys =
	| {
			readonly kind: 'given';
			readonly accessKeyId: string;
			readonly secretAccessKey: Secret;
			readonly sessionToken: Secret | undefined;
	  }
	/** A command that prints them, in the form of AWS's `credential_process`. */
	| {
			readonly kind: 'command';
			readonly command: string;
			/** The program's own, without the secrets of the settings. */
			readonly environment: Environment;
	  };

/** One workspace to back up. */
export type Source = {
	/** Name of the source's folder in the backup folder. */
	readonly title: string;
	readonly type: SourceType;
	/** The workspace id, the part of a URL after bitbucket.org/. */
	readonly workspace: string;
	readonly credential: Credential;
	/** Names or globs; empty means every repository. */
	readonly includeRepos: readonly string[];
	/** Names or globs; wins over `includeRepos`. */
	readonly ignoreRepos: readonly string[];
	readonly apiUrl: string;
	/** Settings of single parts, by their keys. */
	readonly ofParts: PartSettings;
	/** Titles of the stores that it is sent to, in order; left out if there is none. */
	readonly storeTitles?: readonly string[];
	/** The same stores with their secrets, for a command that opens them. */
	readonly stores?: readonly StoreSettings[];
	/** The day on which the token expires (`2027-03-01`), if the user noted it. */
	readonly tokenExpires: string | undefined;
};

type AfterBackup = {
	/** The program and its arguments. */
	readonly words: readonly string[];
	/** Without the variables that hold a secret of the settings. */
	readonly environment: Environment;
};

export type Settings = {
	/** Absolute path of the backup folder; each source has a folder in it. Empty where it may be left out, and is. */
	readonly localFolder: string;
	readonly sources: readonly Source[];
	/** How many git transfers run at once; undefined lets Cistern choose. */
	readonly concurrency: number | undefined;
	/** Milliseconds that a backup waits for a host altogether; undefined for up to three hours in a row. */
	readonly maxWait: number | undefined;
	readonly removeDeletedRepos: boolean;
	/** Milliseconds that a backup reads metadata of a source; undefined for the usual six hours. */
	readonly metadataTime?: number | undefined;
	/** Absolute path of the file that gets the metrics, if there is to be one. */
	readonly metricsFile?: string | undefined;
	/** The user's own command after each backup. */
	readonly afterBackup?: AfterBackup | undefined;
	/** Sentences about these settings, printed at every run. */
	readonly notices: readonly string[];
};

/**
 * A token or password that cannot be printed by accident: as a string, in JSON and in Node's
 * inspect it reads `[secret]`. Only `reveal` returns the text.
 */
export class Secret {
	readonly #text: string;

	constructor(text: string) {
		this.#text = text;
	}

	reveal(): string {
		return this.#text;
	}

	/** The last four characters, enough to tell two tokens apart and too few to use one. */
	ending(): string {
		return this.#text.length > 12 ? this.#text.slice(-4) : '';
	}

	toString(): string {
		return '[secret]';
	}

	toJSON(): string {
		return '[secret]';
	}

	[Symbol.for('nodejs.util.inspect.custom')](): string {
		return '[secret]';
	}
}

/**
 * Git transfers at once when the user names no number. A transfer mostly waits for the network, so
 * each processor runs several; 16 fill a line and are few for a host.
 */
export const usualTransfers = (processors: number): number =>
	Math.min(16, Math.max(4, 4 * processors));
