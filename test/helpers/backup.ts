import {createHash, randomUUID} from 'node:crypto';
import {tmpdir} from 'node:os';
import {connectBitbucket} from '../../source/adapters/bitbucket/bitbucket.ts';
import {gitAuthorization, redactor} from '../../source/adapters/bitbucket/credentials.ts';
import {openFiles} from '../../source/adapters/files/files.ts';
import {endMarkedProcesses} from '../../source/adapters/files/processes.ts';
import {runMarker} from '../../source/adapters/git/environment.ts';
import {findGit} from '../../source/adapters/git/installed-git.ts';
import {openGit} from '../../source/adapters/git/open-git.ts';
import {makeAgents} from '../../source/adapters/network/agents.ts';
import {runProgram} from '../../source/adapters/run-program.ts';
import {makeKeyPair} from '../../source/adapters/seal/age.ts';
import {openSettings} from '../../source/adapters/settings/open-settings.ts';
import {openStore} from '../../source/adapters/store/open-store.ts';
import {gitAddressFor} from '../../source/domain/access/git-address.ts';
import type {ExitCode} from '../../source/domain/failure/exit-code.ts';
import type {BackupEvent, SourceReport} from '../../source/domain/run/events.ts';
import type {Outcome} from '../../source/domain/run/outcome.ts';
import {Secret, type Settings, type Source} from '../../source/domain/settings/settings.ts';
import {followUps} from '../../source/engine/backup/follow-up-registry.ts';
import {backUp} from '../../source/engine/backup/run.ts';
import {noFilter} from '../../source/engine/backup/run-filter.ts';
import type {Run} from '../../source/engine/session.ts';
import {parts} from '../../source/parts/registry.ts';
import type {World} from '../../source/ports/world.ts';
import type {ApiToken} from '../../source/sandbox/model.ts';
import type {Sandbox} from '../../source/sandbox/start-sandbox.ts';
import {createFakeClock, type FakeClock} from './fake-clock.ts';

export const canaryToken = 'ATATT3xFfGF0canary-4f1d7c22e6a94b0e9d55';

/** The account that tests sign in with; `addAccess` makes it known to a sandbox. */
export const ann = {
	email: 'ann@example.com',
	userName: 'ann',
	displayName: 'Ann Example',
} as const;

export const readScopes = [
	'read:repository:bitbucket',
	'read:workspace:bitbucket',
	'read:user:bitbucket',
];

export const addAccess = (sandbox: Sandbox, scopes: readonly string[] = readScopes): ApiToken => {
	const account = sandbox.addAccount(ann);
	return sandbox.addApiToken({account, token: canaryToken, scopes});
};

export const makeSource = (sandbox: Sandbox, changes: Partial<Source> = {}): Source => ({
	title: 'acme',
	type: 'org',
	workspace: 'acme',
	credential: {
		kind: 'api-token',
		apiUser: ann.email,
		gitUser: ann.userName,
		token: new Secret(canaryToken),
	},
	includeRepos: [],
	ignoreRepos: [],
	apiUrl: sandbox.apiUrl,
	// Left out, the second backup would say that there is more to save.
	ofParts: {metadata: 'false'},
	tokenExpires: undefined,
	...changes,
});

/** One for all runs: what git is installed does not change between them. */
const installed = findGit(process.env);

export const makeWorld = (clock: FakeClock): World => {
	const agents = makeAgents();
	return {
		version: 'test',
		environment: process.env,
		settings: openSettings({
			platform: process.platform,
			home: tmpdir(),
			folder: tmpdir(),
			input: process.stdin,
		}),
		files: openFiles(),
		backups: {recall: async () => undefined, remember: async () => {}, forget: async () => {}},
		clock,
		telling: {
			host: 'backuphost',
			prepare: () => {},
			send: async () => ({state: 'sent'}),
			sendStart: async () => ({state: 'sent'}),
			recall: async () => undefined,
			remember: async () => {},
		},
		processors: 2,
		openStore: (store) => openStore(store, {agents, version: 'test'}),
		endProcesses: (run) => endMarkedProcesses(`${runMarker}=${run}`),
		runProgram,
		makeKeyPair,
		digest: (text) => createHash('sha256').update(text).digest('hex'),
		newRunName: () => `run-${randomUUID()}`,
		terminal: {
			writeOut: () => {},
			writeError: () => {},
			isInteractive: false,
			canAsk: false,
			hasColour: false,
			hasUnicode: true,
			columns: () => 80,
			outColumns: () => 80,
			errorColumns: () => 80,
			rows: () => 24,
			onResize: () => () => {},
			holdStill: () => () => {},
			ask: async () => '',
		},
		openGit: (run) =>
			openGit({
				installed,
				authorization: () => undefined,
				redact: (text) => text,
				origin: 'https://bitbucket.org',
				run,
			}),
		connect: (source, run) => {
			const bitbucket = connectBitbucket(source, {version: 'test', agents});
			const git = openGit({
				installed,
				authorization: () => gitAuthorization(source.credential),
				redact: redactor(source.credential),
				origin: gitAddressFor(source.apiUrl).origin,
				requestPack: bitbucket.requestPack,
				run,
			});
			return {bitbucket, git};
		},
	};
};

export type RunResult = {
	readonly exitCode: ExitCode;
	readonly events: readonly BackupEvent[];
	readonly reports: readonly SourceReport[];
	/** By full name. */
	readonly outcomes: ReadonlyMap<string, Outcome>;
};

/** One backup run by the engine alone, with real git, real HTTP and real files. */
export const runBackup = async (
	folder: string,
	sources: readonly Source[],
	options: {
		readonly clock?: FakeClock;
		readonly settings?: Partial<Settings>;
		readonly run?: Partial<Run>;
		readonly onEvent?: (event: BackupEvent) => void;
		/** Stands between the engine and the world. */
		readonly wrapWorld?: (world: World) => World;
	} = {},
): Promise<RunResult> => {
	const clock = options.clock ?? createFakeClock();
	const {wrapWorld = (plain) => plain} = options;
	const world = wrapWorld(makeWorld(clock));
	const events: BackupEvent[] = [];
	const exitCode = await backUp({
		world,
		settings: {
			localFolder: folder,
			sources,
			concurrency: undefined,
			maxWait: undefined,
			removeDeletedRepos: false,
			notices: [],
			...options.settings,
		},
		parts,
		followUps,
		leavesOut: new Set(),
		name: world.newRunName(),
		at: clock.now(),
		signal: new AbortController().signal,
		publish: (event) => {
			events.push(event);
			options.onEvent?.(event);
		},
		isWatched: true,
		filter: noFilter,
		concurrency: 4,
		maxWait: Number.POSITIVE_INFINITY,
		waitsForLock: false,
		startsOver: false,
		...options.run,
	});
	clock.advance(60_000);
	return {
		exitCode,
		events,
		reports: events.flatMap((event) => (event.type === 'source-finished' ? [event.report] : [])),
		outcomes: new Map(
			events.flatMap((event) =>
				event.type === 'repository-finished' ? [[event.repository, event.outcome]] : [],
			),
		),
	};
};
