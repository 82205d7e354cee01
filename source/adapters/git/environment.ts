import {devNull} from 'node:os';
import {isLoopback} from '../../domain/access/git-address.ts';
import type {Environment} from '../../domain/settings/variables.ts';
import {transferLimits} from '../network/transfer-limits.ts';

/** `http.proxy=…` and the like as key and value, in git's own spelling. */
export type GitConfig = readonly (readonly [key: string, value: string])[];

/** Marks every process that a run starts, and their children, so that they can be found. */
export const runMarker = 'CISTERN_RUN';

/** git's output is parsed: English, and each progress line on one line however narrow the terminal is. */
const parseable = {LC_ALL: 'C', LANGUAGE: 'C', COLUMNS: '200'} as const;

/**
 * git takes memory for each object that it compresses, and glibc would give it back each time: a `git
 * fast-import` of small files took thirty times the processor time. These are the bounds to which
 * glibc itself goes with larger pieces (mallopt(3)). Other C libraries do not know the names.
 */
const memoryVariables = {
	MALLOC_MMAP_THRESHOLD_: String(32 * 1024 * 1024),
	MALLOC_TRIM_THRESHOLD_: String(64 * 1024 * 1024),
} as const;

/**
 * Makes git pass over a file among a mirror's refs that names nothing. Another program may have left
 * it there; git would neither fetch into that mirror nor walk over its branches.
 */
export const passOverForeignRefs = {GIT_REF_PARANOIA: '0'} as const;

/** Variables that make git run another program. simple-git refuses to pass them on. */
const programs = new Set(['EDITOR', 'VISUAL', 'PAGER', 'PREFIX', 'SSH_ASKPASS']);

/** Makes git end a transfer that stays below `speed` for `seconds`, whatever is configured. */
export const lowSpeedVariables = (
	speed: number,
	seconds: number,
): Readonly<Record<string, string>> => ({
	GIT_HTTP_LOW_SPEED_LIMIT: String(speed),
	GIT_HTTP_LOW_SPEED_TIME: String(seconds),
});

/**
 * Settings that neither the user's configuration nor a config file in the mirror may change: no hook
 * runs, only http(s) is spoken, no redirect is followed, no other program is started.
 */
const enforced: GitConfig = [
	['core.hooksPath', devNull],
	['core.askPass', ''],
	// git can make these again from the objects, and a wrong one must not pass for damage.
	['core.commitGraph', 'false'],
	['core.fsmonitor', 'false'],
	['core.multiPackIndex', 'false'],
	['core.pager', 'cat'],
	['credential.helper', ''],
	['fetch.recurseSubmodules', 'false'],
	['gc.auto', '0'],
	// Our code reads a mirror's files in this form, whatever a later git prefers.
	['init.defaultObjectFormat', 'sha1'],
	['init.defaultRefFormat', 'files'],
	// git would read a file of the default branch for each log, and fail when that branch is damaged.
	['log.mailmap', 'false'],
	['maintenance.auto', 'false'],
	['http.followRedirects', 'false'],
	// For requests that are no transfer. git ends those that are slower.
	['http.lowSpeedLimit', String(transferLimits.minSpeed)],
	['http.lowSpeedTime', String(transferLimits.maxSilence)],
	['pack.useBitmaps', 'false'],
	['protocol.allow', 'never'],
	['protocol.http.allow', 'always'],
	['protocol.https.allow', 'always'],
	['safe.directory', '*'],
];

/** git's variables for the way to a server. GIT_SSL_NO_VERIFY is left out on purpose. */
const network =
	/^GIT_(?:SSL_(?:CAINFO|CAPATH|CERT|KEY|VERSION)|PROXY_SSL_\w+|HTTP_PROXY_AUTHMETHOD)$/i;

const pick = (
	environment: Environment,
	isWanted: (name: string) => boolean,
): Record<string, string> =>
	Object.fromEntries(
		Object.entries(environment).filter(
			(entry): entry is [string, string] => entry[1] !== undefined && isWanted(entry[0]),
		),
	);

/** The user's own environment without the variables that would change how git works. */
export const plainEnvironment = (environment: Environment): Record<string, string> =>
	pick(
		environment,
		(name) => (!/^GIT_/i.test(name) || network.test(name)) && !programs.has(name.toUpperCase()),
	);

/**
 * The environment of a git that is isolated from the user's configuration. `config` is passed in
 * variables, never in arguments, because other users can read arguments.
 */
export const isolatedEnvironment = (
	environment: Environment,
	run: string,
	config: GitConfig,
): Record<string, string> => ({
	...plainEnvironment(environment),
	...parseable,
	...memoryVariables,
	[runMarker]: run,
	GIT_CONFIG_NOSYSTEM: '1',
	GIT_CONFIG_GLOBAL: devNull,
	GIT_TERMINAL_PROMPT: '0',
	GIT_NO_REPLACE_OBJECTS: '1',
	...configVariables([...enforced, ...config]),
});

/** Variables that name a repository, or a program that is not needed to reach a remote. */
const ofARepository =
	/^(GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX|TEMPLATE_DIR|SHALLOW_FILE|GRAFT_FILE|CONFIG|EDITOR|SEQUENCE_EDITOR|PAGER|EXTERNAL_DIFF)|EDITOR|VISUAL|PAGER|PREFIX)$/i;

/** Hold or name a token of ours, which only Bitbucket may see. */
const ourTokens = new Set(['CISTERN_TOKEN', 'CISTERN_TOKEN_FILE']);

/**
 * The environment of a git that works as it would from the user's own shell, with their
 * configuration, credential helpers and keys. It asks in the terminal only when it may, and does not
 * wait for ever for a silent server. The limit is low: a server that processes a push may send little
 * for a long time.
 */
export const userEnvironment = (
	environment: Environment,
	run: string,
	mayAsk: boolean,
): Record<string, string> => ({
	...lowSpeedVariables(transferLimits.minKeepAlive, transferLimits.maxTrickle),
	...pick(environment, (name) => !ofARepository.test(name) && !ourTokens.has(name)),
	...parseable,
	[runMarker]: run,
	...(mayAsk ? {} : {GIT_TERMINAL_PROMPT: '0'}),
});

/**
 * Signs git in with a header that is bound to one origin (`https://bitbucket.org`). git sends it
 * nowhere else, not even after a redirect, and needs one request fewer than with a helper.
 */
export const credentialConfig = (authorization: string | undefined, origin: string): GitConfig =>
	authorization === undefined
		? []
		: [[`http.${origin}/.extraHeader`, `Authorization: ${authorization}`]];

/**
 * Settings that depend on the server: no proxy for this machine, and the company's certificate
 * authority that Node was given, when the usual authorities were not enough.
 */
export const serverConfig = (origin: string, authority: string | undefined): GitConfig => [
	...(isLoopback(new URL(origin).hostname) ? [[`http.${origin}/.proxy`, ''] as const] : []),
	...(authority === undefined
		? []
		: [['http.sslCAInfo', authority] as const, ['http.schannelUseSSLCAInfo', 'true'] as const]),
];

/** `GIT_CONFIG_COUNT` and its pairs (git-config(1), "ENVIRONMENT"). */
const configVariables = (config: GitConfig): Record<string, string> => ({
	GIT_CONFIG_COUNT: String(config.length),
	...Object.fromEntries(
		config.flatMap(([key, value], index) => [
			[`GIT_CONFIG_KEY_${index}`, key],
			[`GIT_CONFIG_VALUE_${index}`, value],
		]),
	),
});
