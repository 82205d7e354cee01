import {type ExitCode, exitCodes} from './exit-code.ts';

/** Which of Bitbucket's two doors answered; they take different user names. */
export type Endpoint = 'api' | 'git';

export type NetworkProblem =
	| 'name-lookup'
	| 'connection-refused'
	| 'connection-reset'
	| 'timeout'
	/** The other side is not who it should be, or cannot prove it. */
	| 'tls'
	| 'cut-short'
	| 'unreachable'
	/** The proxy between us and Bitbucket lets nobody through without, or with this, sign-in. */
	| 'proxy-refused'
	| 'proxy-unreachable'
	/** Of another kind than those that git and the API can both go through. */
	| 'proxy-unsupported';

/** What a computer gives to a program up to a limit. */
export type Resource = 'files' | 'processes' | 'memory';

/** Everything that can go wrong with a request or a repository, told apart by what to do about it. */
export type Failure =
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
	| {readonly kind: 'rate-limited'; readonly retryAfter: number | undefined}
	| {readonly kind: 'server-error'; readonly status: number; readonly message: string}
	/** Bitbucket's own status 555: its inner time limit. */
	| {readonly kind: 'server-timeout'}
	| {readonly kind: 'unexpected-answer'; readonly detail: string}
	/** Nothing that Bitbucket sends: without end, or what git calls illegal. Asking again helps nobody. */
	| {readonly kind: 'answer-refused'; readonly detail: string}
	| {readonly kind: 'network'; readonly problem: NetworkProblem; readonly detail: string}
	/** The name of a branch or tag is not UTF-8: `name` is what can be shown of it. */
	| {readonly kind: 'ref-unreadable'; readonly name: string}
	| {readonly kind: 'address-refused'; readonly address: string; readonly reason: string}
	| {readonly kind: 'listing-incomplete'; readonly detail: string}
	| {readonly kind: 'git-failed'; readonly detail: string}
	/** Not installed, or older than 2.32: `found` is its version, `detail` what it said instead of one. */
	| {readonly kind: 'git-unusable'; readonly found: string | undefined; readonly detail: string}
	| {readonly kind: 'mirror-unusable'; readonly path: string; readonly detail: string}
	/** A file of a restored default branch that git does not write, since it could harm: `file` is its name. */
	| {readonly kind: 'checkout-refused'; readonly file: string}
	/** A remote to be pushed to: what the user's own git said. */
	| {readonly kind: 'remote-unusable'; readonly url: string; readonly detail: string}
	/** It wants a password, and the user's own git has none and may not ask. */
	| {readonly kind: 'remote-sign-in'; readonly url: string}
	/** `foreign`: one of its refs that the push would not have made. */
	| {
			readonly kind: 'remote-taken';
			readonly url: string;
			readonly refs: number;
			readonly foreign: string;
	  }
	/** `missing`: full names of the branches and tags that the remote did not take. */
	| {
			readonly kind: 'push-incomplete';
			readonly url: string;
			readonly missing: readonly string[];
			readonly detail: string;
	  }
	/** What lies there was written by a newer Cistern, in a form that this one does not know. */
	| {readonly kind: 'record-newer'; readonly path: string}
	/** A repository's record lies there, and the disk or this user's rights do not let it be read. */
	| {readonly kind: 'record-unreadable'; readonly path: string; readonly detail: string}
	/** Something about one repository's own folder; the others can be saved. */
	| {readonly kind: 'repository-unusable'; readonly path: string; readonly detail: string}
	/** A link lies in the place of a repository's folder, or of something in it. */
	| {readonly kind: 'repository-linked'; readonly path: string}
	| {readonly kind: 'disk-full'; readonly path: string}
	/** This computer gives the program, or a git of its, no more of something. */
	| {readonly kind: 'computer-limit'; readonly lacks: Resource}
	/** Our own mistake: what Node said, for a report. */
	| {readonly kind: 'defect'; readonly detail: string}
	/** `since` as RFC 3339. */
	| {
			readonly kind: 'folder-locked';
			readonly path: string;
			readonly pid: number;
			readonly host: string;
			readonly since: string;
			/** False: whether that run still lives cannot be seen from here. */
			readonly isVisible: boolean;
	  }
	| {readonly kind: 'folder-locked-by-version'; readonly path: string}
	/** The source's folder, or whatever it lies in. */
	| {readonly kind: 'folder-unusable'; readonly path: string; readonly detail: string};

/** Thrown by adapters and the engine; whoever stands for a repository or a source turns it into an outcome. */
export class FailureError extends Error {
	readonly failure: Failure;

	constructor(failure: Failure) {
		super(failure.kind);
		this.name = 'FailureError';
		this.failure = failure;
	}
}

/** The failure that was caught. Throws on what nobody foresaw. */
export const failureOf = (error: unknown): Failure => {
	if (error instanceof FailureError) {
		return error.failure;
	}

	throw error;
};

/** Ends the command: a sentence for the user, what to do now, and the exit code. Never a stack trace. */
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

/** Did the other side, or the line to it, end a connection before it was done? */
export const isCut = (failure: Failure): boolean =>
	failure.kind === 'network' &&
	(failure.problem === 'connection-reset' || failure.problem === 'cut-short');

const outages: ReadonlySet<NetworkProblem> = new Set([
	'name-lookup',
	'connection-refused',
	'unreachable',
	'proxy-unreachable',
]);

/** Is the host out of reach, whatever it is asked for? */
export const isOutage = (failure: Failure): boolean =>
	failure.kind === 'network' && outages.has(failure.problem);

const lasting: ReadonlySet<NetworkProblem> = new Set(['tls', 'proxy-refused', 'proxy-unsupported']);

/** Might the same request succeed a little later? Decides what is tried again. */
export const isPassing = (failure: Failure): boolean => {
	switch (failure.kind) {
		case 'rate-limited':
		case 'server-error':
		case 'server-timeout':
		case 'unexpected-answer':
			return true;
		case 'network':
			return !lasting.has(failure.problem);
		default:
			return false;
	}
};

/** Is it this computer that gives no more, whatever is asked of it? */
export const isLimit = (failure: Failure): boolean => failure.kind === 'computer-limit';

/** Does going on make no sense, for any repository? */
export const endsTheRun = (failure: Failure): boolean =>
	failure.kind === 'disk-full' ||
	isLimit(failure) ||
	failure.kind === 'folder-unusable' ||
	failure.kind === 'git-unusable';

/** What the disk says of a path, where it is known to concern a single repository. */
export const ofOneRepository = (failure: Failure): Failure =>
	failure.kind === 'folder-unusable' ? {...failure, kind: 'repository-unusable'} : failure;
