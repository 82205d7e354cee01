import {devNull} from 'node:os';
import type {Environment} from '../../domain/settings/variables.ts';
import {lowSpeedVariables, patience} from './patience.ts';

/** `http.proxy=…` and the like as key and value, in git's own spelling. */
export type GitConfig = readonly (readonly [key: string, value: string])[];

/** Marks every process that a run starts, and what those start in turn, so that they can be found. */
export const runMarker = 'CISTERN_RUN';

/** What git says is read: in English, and how far it is on one line, however narrow a terminal is. */
const spoken = {LC_ALL: 'C', LANGUAGE: 'C', COLUMNS: '200'} as const;

/** Variables that make git run another program, which simple-git refuses to hand on. */
const programs = new Set(['EDITOR', 'VISUAL', 'PAGER', 'PREFIX', 'SSH_ASKPASS']);

/**
 * What may not be decided by the user's configuration or by a config file in the mirror: no hook
 * runs, nothing but http(s) is spoken, no redirect is followed, no other program is asked.
 */
const enforced: GitConfig = [
	['core.hooksPath', devNull],
	['core.askPass', ''],
	['core.fsmonitor', 'false'],
	['core.pager', 'cat'],
	['credential.helper', ''],
	['fetch.recurseSubmodules', 'false'],
	['gc.auto', '0'],
	// The form of a mirror that its files are read in, whatever a later git prefers.
	['init.defaultObjectFormat', 'sha1'],
	['init.defaultRefFormat', 'files'],
	// In a mirror git would read a file of the default branch for each log, and fail with that branch.
	['log.mailmap', 'false'],
	['maintenance.auto', 'false'],
	['http.followRedirects', 'false'],
	// What is no transfer is over below this: git ends it by itself, helper included.
	['http.lowSpeedLimit', String(patience.leastSpeed)],
	['http.lowSpeedTime', String(patience.longestSilence)],
	['protocol.allow', 'never'],
	['protocol.http.allow', 'always'],
	['protocol.https.allow', 'always'],
	['safe.directory', '*'],
];

/** What the variables of git say of the way to a server; that it need not be trusted is not among it. */
const network =
	/^GIT_(?:SSL_(?:CAINFO|CAPATH|CERT|KEY|VERSION)|PROXY_SSL_\w+|HTTP_PROXY_AUTHMETHOD)$/i;

/** The user's own environment without what would change git's behaviour behind our back. */
export const plainEnvironment = (environment: Environment): Record<string, string> =>
	Object.fromEntries(
		Object.entries(environment).filter(
			(entry): entry is [string, string] =>
				entry[1] !== undefined &&
				(!/^GIT_/i.test(entry[0]) || network.test(entry[0])) &&
				!programs.has(entry[0].toUpperCase()),
		),
	);

/**
 * The whole environment of a git process that is isolated from the user's configuration. `config`
 * goes through variables and never through arguments, which other users could read.
 */
export const isolatedEnvironment = (
	environment: Environment,
	run: string,
	config: GitConfig,
): Record<string, string> => ({
	...plainEnvironment(environment),
	...spoken,
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

/** What holds a token of ours, which no remote but Bitbucket may see. */
const ourToken = 'CISTERN_TOKEN';

/**
 * The environment of a git that works as the user's own would from their shell, with their
 * configuration, credential helpers and keys. It asks in the terminal only where it may, and a
 * server that is silent does not hold it for ever. One that works through what was pushed says
 * little, for long.
 */
export const userEnvironment = (
	environment: Environment,
	run: string,
	mayAsk: boolean,
): Record<string, string> => ({
	...lowSpeedVariables(patience.leastSign, patience.longestTrickle),
	...Object.fromEntries(
		Object.entries(environment).filter(
			(entry): entry is [string, string] =>
				entry[1] !== undefined && !ofARepository.test(entry[0]) && entry[0] !== ourToken,
		),
	),
	...spoken,
	[runMarker]: run,
	...(mayAsk ? {} : {GIT_TERMINAL_PROMPT: '0'}),
});

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
