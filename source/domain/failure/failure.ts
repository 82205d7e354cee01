import {type ExitCode, exitCodes} from './exit-code.ts';

/** The two services of Bitbucket that sign in separately, with different user names. */
export type Endpoint = 'api' | 'git';

export type NetworkProblem =
	| 'name-lookup'
	| 'connection-refused'
	| 'connection-reset'
	| 'timeout'
	/** The certificate of the other side is not trusted. */
	| 'tls'
	| 'cut-short'
	| 'unreachable'
	/** The proxy wants a sign-in, or refuses this one. */
	| 'proxy-refused'
	| 'proxy-unreachable'
	/** Not a kind of proxy that both git and the API can use. */
	| 'proxy-unsupported';

/** Resources that a computer limits for a program. */
export type Resource = 'files' | 'processes' | 'memory';

/** The title of the store, where it is a store that failed and not Bitbucket. */
type OfStore = {readonly store?: string};

/** A failure that a server reported, or that happened on the way to it. */
export type ServerFailure =
	| {readonly kind: 'credentials-refused'; readonly door: Endpoint}
	| {
			readonly kind: 'permission-missing';
			readonly door: Endpoint;
			/** Scopes as Bitbucket names them for this kind of token; empty where it did not say. */
			readonly required: readonly string[];
	  }
	| {readonly kind: 'forbidden'; readonly door: Endpoint; readonly message: string}
	| {readonly kind: 'not-found'; readonly door: Endpoint; readonly message: string}
	| {readonly kind: 'gone'; readonly door: Endpoint; readonly message: string}
	| {readonly kind: 'payment-required'; readonly message: string}
	/** `retryAfter` in milliseconds, where the server named a time. */
	| ({readonly kind: 'rate-limited'; readonly retryAfter: number | undefined} & OfStore)
	| ({readonly kind: 'server-error'; readonly status: number; readonly message: string} & OfStore)
	/** Bitbucket's own status 555: its inner time limit. */
	| {readonly kind: 'server-timeout'}
	| ({readonly kind: 'unexpected-answer'; readonly detail: string} & OfStore)
	/** Bitbucket never sends this: an endless answer, or one that git calls illegal. */
	| {readonly kind: 'answer-refused'; readonly detail: string}
	/** Upstream moved a branch or tag after it was looked at, and the old tip cannot be had any more. */
	| {readonly kind: 'refs-moved'}
	| ({
			readonly kind: 'network';
			readonly problem: NetworkProblem;
			readonly detail: string;
	  } & OfStore)
	/** The name of a ref is not UTF-8. `name` is its printable part. */
	| {readonly kind: 'ref-refused'; readonly names: readonly string[]}
	/**
	 * Upstream lacks objects of its own. `refs`: those that cannot be had whole; none if that is not
	 * known. `detail`: words of the server and of git.
	 */
	| {readonly kind: 'upstream-damaged'; readonly refs: readonly string[]; readonly detail: string}
	/** The LFS server refused files, or their content, though git had just signed in. `status`: HTTP's. */
	| {readonly kind: 'lfs-refused'; readonly status: number; readonly message: string}
	| {readonly kind: 'address-refused'; readonly address: string; readonly reason: string}
	| {readonly kind: 'listing-incomplete'; readonly detail: string}
	/** A remote to push to. `detail`: words of the user's own git. */
	| {readonly kind: 'remote-unusable'; readonly url: string; readonly detail: string}
	/** The remote wants a password, and the user's own git has none and may not ask. */
	| {readonly kind: 'remote-sign-in'; readonly url: string}
	/** LFS files are to be pushed, and the user's git has no git-lfs. */
	| {readonly kind: 'git-lfs-missing'}
	/** `foreign`: one of its refs that the push would not have made. */
	| {
			readonly kind: 'remote-taken';
			readonly url: string;
			readonly refs: number;
			readonly foreign: string;
	  }
	/**
	 * `missing`: full names of the refs that the remote did not take, out of `refs`.
	 * `detail`: words of the server and of git.
	 */
	| {
			readonly kind: 'push-incomplete';
			readonly url: string;
			readonly refs: number;
			readonly missing: readonly string[];
			readonly detail: string;
	  };

/** A failure on this computer. */
export type LocalFailure =
	| {readonly kind: 'git-failed'; readonly detail: string}
	/** Not installed, or older than 2.32. `found`: its version; `detail`: its answer where that is no version. */
	| {readonly kind: 'git-unusable'; readonly found: string | undefined; readonly detail: string}
	| {readonly kind: 'mirror-unusable'; readonly path: string; readonly detail: string}
	/** Git refuses to check out this file of a restored default branch, because it could run code. */
	| {readonly kind: 'checkout-refused'; readonly file: string}
	/** The disk that is restored to cannot take a file's name or size. `detail`: the system's words. */
	| {readonly kind: 'checkout-impossible'; readonly file: string; readonly detail: string}
	/** Written by a newer Cistern, in a format that this one does not know. */
	| {readonly kind: 'record-newer'; readonly path: string}
	/** A repository's record is there, but the disk or this user's rights keep it from being read. */
	| {readonly kind: 'record-unreadable'; readonly path: string; readonly detail: string}
	/** Concerns the folder of one repository; the others can be saved. */
	| {readonly kind: 'repository-unusable'; readonly path: string; readonly detail: string}
	/** A symbolic link stands in place of a repository's folder, or of something in it. */
	| {readonly kind: 'repository-linked'; readonly path: string}
	| {readonly kind: 'disk-full'; readonly path: string}
	/** It did not fit, though it was saved alone. Bytes; `size`: as Bitbucket counts it, 0 if unknown. */
	| {
			readonly kind: 'no-room';
			readonly path: string;
			readonly size: number;
			readonly free: number;
	  }
	/** This computer gives the program, or one of its git processes, no more of a resource. */
	| {readonly kind: 'computer-limit'; readonly lacks: Resource}
	/** A bug in Cistern. `detail`: Node's message, for a report. */
	| {readonly kind: 'defect'; readonly detail: string}
	/** `since` as RFC 3339. */
	| {
			readonly kind: 'folder-locked';
			readonly path: string;
			readonly pid: number;
			readonly host: string;
			readonly since: string;
			/** False if this computer cannot tell whether that run is alive. */
			readonly isVisible: boolean;
	  }
	| {readonly kind: 'folder-locked-by-version'; readonly path: string}
	/** Nothing is left of a backup that was complete `at` (RFC 3339), in a source's folder. */
	| {
			readonly kind: 'backup-missing';
			readonly path: string;
			readonly at: string;
			readonly repositories: number;
	  }
	/** The source's folder, or a folder around it. */
	| {readonly kind: 'folder-unusable'; readonly path: string; readonly detail: string};

/** A failure of a store, or of what lies there. `store`: its title. */
export type StoreFailure =
	/** Its credentials were refused, or may not do this. `detail`: the store's words. */
	| {
			readonly kind: 'store-refused';
			readonly store: string;
			readonly action: 'read' | 'write' | 'list';
			readonly detail: string;
	  }
	/** The folder or the bucket is not there, or cannot be used. */
	| {readonly kind: 'store-missing'; readonly store: string; readonly detail: string}
	| {readonly kind: 'store-full'; readonly store: string; readonly detail: string}
	| {readonly kind: 'object-missing'; readonly store: string; readonly name: string}
	/** An object is not as it was written. `name`: empty where it is not known. */
	| {
			readonly kind: 'object-damaged';
			readonly store: string;
			readonly name: string;
			readonly detail: string;
	  }
	/** A newer version of Cistern wrote it. */
	| {readonly kind: 'object-newer'; readonly store: string; readonly name: string}
	/** A public key of the settings that is none. */
	| {readonly kind: 'recipient-refused'; readonly recipient: string; readonly detail: string}
	/** None of the secret keys opens it. `store`: undefined where a key is none of age. */
	| {
			readonly kind: 'identity-refused';
			readonly store?: string | undefined;
			readonly detail: string;
	  };

/** Everything that can go wrong with a request or a repository. Each kind has its row in a table. */
export type Failure = ServerFailure | LocalFailure | StoreFailure;

export type FailureText = {
	/** The event, as a part of a sentence: no capital, no full stop. */
	readonly what: string;
	/** The likely cause and the next step, in whole sentences. */
	readonly advice: string;
};

export type FailureRow<One> = {
	/** Exit code of a command that fails with it. */
	readonly exitCode: ExitCode;
	/** Might the same request succeed a little later? Decides whether it is tried again. */
	readonly passes: boolean | ((failure: One) => boolean);
	/** How much it stops: one repository, its source, or the whole run. */
	readonly reach: 'repository' | 'source' | 'run';
} & (
	| {
			/** As in `FailureText`, and safe to print, whatever a server put into the failure. */
			readonly what: string | ((failure: One) => string);
			readonly advice: string | ((failure: One) => string);
	  }
	/** The same, where both depend on one thing. */
	| {readonly describe: (failure: One) => FailureText}
);

/** A row for each kind of failure in a union. */
export type FailureRows<Kinds extends {readonly kind: string}> = {
	readonly [Kind in Kinds['kind']]: FailureRow<Extract<Kinds, {readonly kind: Kind}>>;
};

/** Thrown by adapters and the engine. The work on a repository or a source turns it into an outcome. */
export class FailureError extends Error {
	readonly failure: Failure;

	constructor(failure: Failure) {
		super(failure.kind);
		this.name = 'FailureError';
		this.failure = failure;
	}
}

/** The failure that was caught. Throws every other error on: that is a bug. */
export const failureOf = (error: unknown): Failure => {
	if (error instanceof FailureError) {
		return error.failure;
	}

	throw error;
};

/** Undefined where it fails, if the failure is an expected one. Every other error is thrown on. */
export const ifPossible = async <Result>(
	act: Promise<Result>,
	isExpected: (failure: Failure) => boolean = () => true,
): Promise<Result | undefined> => {
	try {
		return await act;
	} catch (error) {
		if (error instanceof FailureError && isExpected(error.failure)) {
			return undefined;
		}

		throw error;
	}
};

/** Is a repository of git damaged, so that git cannot work with it? */
export const isUnusable = ({kind}: Failure): boolean => kind === 'mirror-unusable';

/** Ends the command with a sentence for the user, the next step, and the exit code. Never a stack trace. */
export class StopError extends Error {
	readonly advice: string | undefined;
	readonly exitCode: ExitCode;

	constructor(message: string, options: {advice?: string; exitCode?: ExitCode} = {}) {
		super(message);
		this.name = 'StopError';
		this.advice = options.advice;
		this.exitCode = options.exitCode ?? exitCodes.failed;
	}
}

/** The same failure, for a path that is known to concern a single repository. */
export const ofOneRepository = (failure: Failure): Failure =>
	failure.kind === 'folder-unusable' ? {...failure, kind: 'repository-unusable'} : failure;
