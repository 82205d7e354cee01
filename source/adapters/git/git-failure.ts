import {isIP} from 'node:net';
import {
	type Failure,
	FailureError,
	type NetworkProblem,
	type Resource,
} from '../../domain/failure/failure.ts';
import {failureOfStatus} from '../../domain/failure/status-failure.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';

type Context = {readonly mirror: string; readonly isTransfer?: boolean};

/**
 * git says "Out of diskspace" of a half-written pack. It gives no reason when it fails in the middle
 * of a ref or a configuration, but the last two of these texts appear only then.
 */
const diskWords =
	/No space left on device|Out of diskspace|Disk quota exceeded|File too large|couldn't write '|failed to write new configuration file/i;
const folderWords =
	/Read-only file system|Permission denied|Input\/output error|File name too long/i;

/** git's words if a disk knows no file permissions or refuses to change them, as some SMB and FUSE disks do. */
export const noRights = /chmod on .* failed: Operation not (?:permitted|supported)/;

/**
 * git's words at a limit of the computer. A single repository may need more memory than there is, so
 * memory counts only when not even a process can be started.
 */
const limitWords: readonly (readonly [RegExp, Resource])[] = [
	[/Too many open files/i, 'files'],
	[
		/(fork|thread|async process).*Resource temporarily unavailable|getaddrinfo\(\) thread failed to start/i,
		'processes',
	],
	[/fork.*Cannot allocate memory/i, 'memory'],
];

/** Only these words mean a damaged mirror: git also fails when it is killed or lacks memory. */
const damageWords =
	/not a git repository|bad object|missing (\w+ )?object|could not read [0-9a-f]{40}|failed to traverse|bad config|corrupt|unexpected line|unterminated line|unable to (read|parse|find)|does not point to a valid|broken|not a valid|nonexistent object|malformed|bad (tree|signature|file(?! descriptor))|inflate|is garbage|unknown repository|couldn't read \S+: is a directory/i;

/** A line of the server's, which git passes on. */
const remoteLine = /^[ \t]*remote: ?([^\n]*\n?)/gim;

/** Words of a server that say more than progress and rulers, on one line. */
export const serverWords = (stderr: string): string =>
	[...stderr.matchAll(remoteLine)]
		.map(([, line = '']) => line.replaceAll('\0', '').trim())
		.filter((line) => /\p{L}/u.test(line) && !/^\w+ing (objects|deltas)\b|^Total \d/.test(line))
		.join(' ');

/** Turns git's output into a failure. */
export const failureOfGit = (
	stderr: string,
	{mirror, isTransfer = false}: Context,
): FailureError => {
	// A server may complain about its own disk, which is not ours.
	const local = localFailure(stderr.replaceAll(remoteLine, ''), mirror);
	const known = local ?? (isTransfer ? transferFailure(stderr) : undefined);
	if (known !== undefined) {
		return new FailureError(known);
	}

	const detail = wordsOf(stderr);
	return new FailureError(
		!isTransfer && damageWords.test(stderr)
			? {kind: 'mirror-unusable', path: mirror, detail}
			: {kind: 'git-failed', detail},
	);
};

/** git's words when its index-pack ended without printing anything. */
const endedSilently = /^fatal: (fetch-pack: invalid index-pack output|index-pack failed)$/;

const wordsOf = (stderr: string): string => {
	const words = shortenWords(stderr);
	return words === '' || endedSilently.test(words)
		? 'it ended without output; it may have been killed for lack of memory or at a limit on the size of files'
		: words;
};

const localFailure = (stderr: string, mirror: string): Failure | undefined => {
	const lacks = limitWords.find(([words]) => words.test(stderr))?.[1];
	if (lacks !== undefined) {
		return {kind: 'computer-limit', lacks};
	}

	if (diskWords.test(stderr)) {
		return {kind: 'disk-full', path: mirror};
	}

	if (noRights.test(stderr)) {
		const detail = 'its disk does not let git change the rights of a file (chmod)';
		return {kind: 'folder-unusable', path: mirror, detail};
	}

	return folderWords.test(stderr)
		? {kind: 'folder-unusable', path: mirror, detail: shortenWords(stderr)}
		: undefined;
};

/** A tip that was asked for is not there any more, or not advertised any more. */
export const refusedWant = /not our ref|unadvertised object/i;

/** The answer is not git's protocol: a proxy's page, or a broken server. */
const garbledWords = /bad line length|expected flush after|protocol error: (?!unexpected 'Error)/i;

/** The server stopped in the middle of the protocol and gave a reason of its own. */
const brokenUpstreamWords = /possible repository corruption on the remote side/i;

/**
 * git's words on a server that does not find its own objects. A server whose git was killed also
 * speaks of corruption, but not like this.
 */
const lostUpstreamWords =
	/unable to (?:read|find)|bad (?:tree )?object|could not read|failed to traverse|is (?:empty|corrupt)|missing/i;

const transferFailure = (stderr: string): Failure | undefined => {
	const status = /The requested URL returned error: (\d{3})/.exec(stderr)?.[1];
	if (status !== undefined) {
		return failureOfAnswer(Number(status), stderr);
	}

	if (/Authentication failed|could not read (Username|Password)/i.test(stderr)) {
		return {kind: 'credentials-refused', door: 'git'};
	}

	if (/repository '.*' not found/i.test(stderr)) {
		return {kind: 'not-found', door: 'git', message: shortenWords(stderr)};
	}

	// Bitbucket says this of repositories that exist; trying again often helps.
	if (/fork\/exec .*git-upload-pack/.test(stderr)) {
		return {kind: 'server-error', status: 200, message: shortenWords(stderr)};
	}

	if (/transport '.*' not allowed/.test(stderr)) {
		return {kind: 'address-refused', address: '', reason: shortenWords(stderr)};
	}

	if (refusedWant.test(stderr)) {
		return {kind: 'refs-moved'};
	}

	const words = serverWords(stderr);
	if (brokenUpstreamWords.test(words) && lostUpstreamWords.test(words)) {
		return {kind: 'upstream-damaged', refs: [], detail: toPrintable(words).slice(0, 300)};
	}

	const problem = networkProblemOf(stderr);
	if (problem !== undefined) {
		return {kind: 'network', problem, detail: shortenWords(stderr)};
	}

	return garbledWords.test(stderr) && !brokenUpstreamWords.test(stderr)
		? {kind: 'unexpected-answer', detail: shortenWords(stderr)}
		: undefined;
};

const failureOfAnswer = (status: number, stderr: string): Failure => {
	// git and curl only repeat the status, at length.
	const remote = [...stderr.matchAll(remoteLine)].map(([, words = '']) => words);
	const message = shortenWords(remote.join(''));
	if (status === 407) {
		return {kind: 'network', problem: 'proxy-refused', detail: message};
	}

	if (status >= 300 && status < 400) {
		const reason = `a redirect is not followed, because it would get the token (${status})`;
		return {kind: 'address-refused', address: '', reason};
	}

	return failureOfStatus(status, 'git', message);
};

/** Holds an address, perhaps with a user name. The words after it are enough. */
const accessPrefix = /^fatal: unable to access '[^']*': /;

/** git's error on one line and safe to show: no progress, no address, no sign-in. */
export const shortenWords = (stderr: string): string => {
	const lines = stderr
		// git names an existing lock file in one line and then explains it at length.
		.replace(/\n\s*Another git process seems to be running.*/s, '')
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

/**
 * Words of git and curl (LC_ALL=C) about the network between us and the server. The order counts: a
 * TLS connection that was cut reads much like one that is not trusted.
 */
const networkWords: readonly (readonly [RegExp, NetworkProblem])[] = [
	[/code 4\d\d from proxy|CONNECT tunnel failed, response 4\d\d/i, 'proxy-refused'],
	[/could not resolve proxy|proxy CONNECT aborted/i, 'proxy-unreachable'],
	[/could not resolve host|getaddrinfo\(\)/i, 'name-lookup'],
	[/timed out|timeout|operation too slow/i, 'timeout'],
	[
		/certificate|CERT_E_|untrusted|self.signed|wrong version number|handshake fail|fatal alert|unsupported protocol/i,
		'tls',
	],
	[/network is unreachable|no route to host|code 5\d\d from proxy|response 5\d\d/i, 'unreachable'],
	[/connection refused|failed to connect|couldn't connect/i, 'connection-refused'],
	[/early EOF|hung up|unexpected disconnect|transfer closed|curl 18\b/i, 'cut-short'],
	[
		/connection (was )?reset|recv failure|send failure|empty reply|not closed cleanly|broken pipe|HTTP2 framing|SSL|TLS|schannel|curl (35|52|55|56|92)\b/i,
		'connection-reset',
	],
];

/** Undefined when git's words are not about the network. */
export const networkProblemOf = (stderr: string): NetworkProblem | undefined =>
	blamesProxy(stderr)
		? 'proxy-unreachable'
		: networkWords.find(([words]) => words.test(stderr))?.[1];

/** curl names the host that it could not reach. Another host than the one we asked for is the proxy. */
const blamesProxy = (stderr: string): boolean => {
	const asked = /unable to access 'https?:\/\/(?:[^/@']*@)?([^/:'[]+)/i.exec(stderr)?.[1];
	const reached = /failed to connect to (\S+) port/i.exec(stderr)?.[1];
	return (
		asked !== undefined &&
		reached !== undefined &&
		isIP(reached) === 0 &&
		asked.toLowerCase() !== reached.toLowerCase()
	);
};
