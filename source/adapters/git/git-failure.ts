import {type Failure, FailureError, type Resource} from '../../domain/failure/failure.ts';
import {toPrintable, withWords} from '../../domain/text/printable-text.ts';
import {networkProblemOf} from './network-words.ts';

type Context = {readonly mirror: string; readonly isTransfer?: boolean};

/**
 * A pack that was half written is "Out of diskspace", in git's own words. Of a ref or a
 * configuration that it had begun to write it gives no reason; what cannot be begun has others.
 */
const diskWords =
	/No space left on device|Out of diskspace|Disk quota exceeded|File too large|couldn't write '|failed to write new configuration file/i;
const folderWords =
	/Read-only file system|Permission denied|Input\/output error|File name too long/i;

/**
 * What a git says that may open or start no more, of itself or of a git that it started. One
 * repository may want more memory than there is, and the others less: only where not even a
 * process can be started does it concern all.
 */
const limitWords: readonly (readonly [RegExp, Resource])[] = [
	[/Too many open files/i, 'files'],
	[
		/(fork|thread|async process).*Resource temporarily unavailable|getaddrinfo\(\) thread failed to start/i,
		'processes',
	],
	[/fork.*Cannot allocate memory/i, 'memory'],
];

/** Only what says so speaks of a damaged mirror: git may also be killed, or lack memory. */
const damageWords =
	/not a git repository|bad object|missing (\w+ )?object|could not read [0-9a-f]{40}|failed to traverse|bad config|corrupt|unexpected line|unterminated line|unable to (read|parse|find)|does not point to a valid|broken|not a valid|nonexistent object|malformed|bad (tree|signature|file(?! descriptor))|inflate|is garbage|unknown repository|couldn't read \S+: is a directory/i;

/** What the server says of its own disk is not about ours. */
const withoutRemote = (stderr: string): string =>
	stderr
		.split('\n')
		.filter((line) => !/^\s*remote:/i.test(line))
		.join('\n');

/** What the server said itself, and git passed on. */
const remoteWords = (stderr: string): string =>
	stderr
		.split('\n')
		.flatMap((line) => /^\s*remote: ?(.*)/i.exec(line)?.[1] ?? [])
		.join('\n');

/** Translates what git printed into a failure. */
export const failureOfGit = (stderr: string, context: Context): FailureError =>
	new FailureError(
		localFailure(withoutRemote(stderr), context) ??
			(context.isTransfer === true ? transferFailure(stderr) : undefined) ?? {
				...(context.isTransfer !== true && damageWords.test(stderr)
					? {kind: 'mirror-unusable' as const, path: context.mirror}
					: {kind: 'git-failed' as const}),
				detail: wordsOf(stderr),
			},
	);

/** What git says of the index-pack that it starts, where that one said nothing itself. */
const endedSilently = /^fatal: (fetch-pack: invalid index-pack output|index-pack failed)$/;

const wordsOf = (stderr: string): string => {
	const words = shortenWords(stderr);
	return words === '' || endedSilently.test(words)
		? 'it ended without a word, as when it is killed for lack of memory or at a limit on the size of files'
		: words;
};

const localFailure = (stderr: string, {mirror}: Context): Failure | undefined => {
	const lacks = limitWords.find(([words]) => words.test(stderr))?.[1];
	if (lacks !== undefined) {
		return {kind: 'computer-limit', lacks};
	}

	if (diskWords.test(stderr)) {
		return {kind: 'disk-full', path: mirror};
	}

	if (folderWords.test(stderr)) {
		return {kind: 'folder-unusable', path: mirror, detail: shortenWords(stderr)};
	}

	return undefined;
};

/** The answer is not git's protocol: a page of a proxy's, or a server that is out of order. */
const garbledWords = /bad line length|expected flush after|protocol error: (?!unexpected 'Error)/i;

/** It breaks off in the middle of the protocol then, for a reason of its own that it tells. */
const brokenUpstreamWords = /possible repository corruption on the remote side/i;

const transferFailure = (stderr: string): Failure | undefined => {
	const status = /The requested URL returned error: (\d{3})/.exec(stderr)?.[1];
	if (status !== undefined) {
		return failureOfStatus(Number(status), stderr);
	}

	if (/Authentication failed|could not read (Username|Password)/i.test(stderr)) {
		return {kind: 'credentials-refused', door: 'git'};
	}

	if (/repository '.*' not found/i.test(stderr)) {
		return {kind: 'not-found', door: 'git', message: shortenWords(stderr)};
	}

	// Bitbucket's own, seen with repositories that exist; trying again often helps.
	if (/fork\/exec .*git-upload-pack/.test(stderr)) {
		return {kind: 'server-error', status: 200, message: shortenWords(stderr)};
	}

	if (/transport '.*' not allowed/.test(stderr)) {
		return {kind: 'address-refused', address: '', reason: shortenWords(stderr)};
	}

	const problem = networkProblemOf(stderr);
	if (problem !== undefined) {
		return {kind: 'network', problem, detail: shortenWords(stderr)};
	}

	return garbledWords.test(stderr) && !brokenUpstreamWords.test(stderr)
		? {kind: 'unexpected-answer', detail: shortenWords(stderr)}
		: undefined;
};

const failureOfStatus = (status: number, stderr: string): Failure => {
	// What git and curl say beside the status repeats it, at length.
	const message = shortenWords(remoteWords(stderr));
	switch (status) {
		case 401:
			return {kind: 'credentials-refused', door: 'git'};
		case 402:
			return {kind: 'payment-required', message};
		case 403:
			return {kind: 'permission-missing', door: 'git', required: []};
		case 404:
			return {kind: 'not-found', door: 'git', message};
		case 410:
			return {kind: 'gone', door: 'git', message};
		case 429:
			return {kind: 'rate-limited', retryAfter: undefined};
		case 407:
			return {kind: 'network', problem: 'proxy-refused', detail: message};
		case 555:
			return {kind: 'server-timeout'};
		default:
			if (status >= 300 && status < 400) {
				const reason = `a redirect is not followed, the token would go along (${status})`;
				return {kind: 'address-refused', address: '', reason};
			}

			return status >= 500
				? {kind: 'server-error', status, message}
				: {kind: 'unexpected-answer', detail: withWords(`status ${status}`, message)};
	}
};

/** Says nothing that is not said better where the failure is shown, and may hold a user name. */
const accessPrefix = /^fatal: unable to access '[^']*': /;

/** Git explains a lock file that is there at length, behind the line that says which. */
const withoutAdvice = (stderr: string): string =>
	stderr.replace(/\n\s*Another git process seems to be running.*/s, '');

/**
 * The lines that say what went wrong, without progress, address and sign-in, on one line and safe
 * to show.
 */
export const shortenWords = (stderr: string): string => {
	const lines = withoutAdvice(stderr)
		.split(/[\r\n]+/)
		.map((line) => line.trim().replace(accessPrefix, ''))
		.filter(
			(line) =>
				line !== '' &&
				!/^(remote: )?\w+ing objects|^remote: Total |^Cloning into |^From |^hint:/.test(line),
		);
	const words = lines
		.slice(-4)
		.join(' ')
		.replaceAll(/\/\/[^/@\s']+@/g, '//');
	return toPrintable(words).slice(0, 300);
};
