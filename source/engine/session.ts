import type {Failure} from '../domain/failure/failure.ts';
import {joinPath, ownFolder, workFolder} from '../domain/plan/layout.ts';
import {fullName, type Repository} from '../domain/plan/repository.ts';
import type {Digest} from '../domain/record/refs-digest.ts';
import type {BackupEvent, Listener} from '../domain/run/events.ts';
import type {Settings, Source} from '../domain/settings/settings.ts';
import type {Bitbucket} from '../ports/bitbucket.ts';
import type {Clock} from '../ports/clock.ts';
import type {Files} from '../ports/files.ts';
import type {Git} from '../ports/git.ts';
import type {World} from '../ports/world.ts';
import type {RunFilter} from './backup/run-filter.ts';
import type {FolderClaim} from './lock.ts';
import {type AttemptOptions, attempt} from './retry/attempt.ts';
import {createHostGate, type HostGate} from './retry/host-gate.ts';
import {type SignInWatch, watchSignIn} from './retry/sign-in-watch.ts';

/** A whole run: what all its sources share. */
export type Run = {
	readonly world: World;
	readonly settings: Settings;
	readonly name: string;
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly signal: AbortSignal;
	readonly publish: Listener;
	/** Is anybody told how far a transfer is? */
	readonly isWatched: boolean;
	readonly filter: RunFilter;
	/** Git transfers at once. */
	readonly concurrency: number;
	readonly waitsForLock: boolean;
	/** Lines for a log about an event that came at `now` (milliseconds since 1970). */
	readonly describe: (event: BackupEvent, now: number) => readonly string[];
};

/** Everything that work on one source needs. */
export type SourceRun = {
	readonly source: Source;
	/** Absolute paths of the source's folder and of the place for work in progress. */
	readonly folder: string;
	readonly workFolder: string;
	readonly files: Files;
	readonly git: Git;
	readonly bitbucket: Bitbucket;
	readonly clock: Clock;
	readonly digest: Digest;
	readonly run: Pick<Run, 'name' | 'at' | 'isWatched'>;
	/** Aborts with the run, and when the source's credentials turn out to be refused. */
	readonly signal: AbortSignal;
	readonly publish: Listener;
	readonly apiGate: HostGate;
	readonly gitGate: HostGate;
	/** How often and how long to try; waits for a repository are told under its name. */
	readonly patience: (repository?: Repository) => Omit<AttemptOptions, 'gate'>;
};

export const openSourceRun = (
	run: Run,
	source: Source,
	signal: AbortSignal,
	publish: Listener,
): SourceRun => {
	const {world} = run;
	const {clock} = world;
	const {bitbucket, git} = world.connect(source, run.name);
	const folder = joinPath(run.settings.localFolder, source.title);
	const apiGate = openGate(run, bitbucket.apiHost, source, publish);
	return {
		source,
		folder,
		workFolder: joinPath(folder, ownFolder, workFolder, run.name),
		files: world.files,
		git,
		bitbucket,
		clock,
		digest: world.digest,
		run,
		signal,
		publish,
		apiGate,
		gitGate:
			bitbucket.gitHost === bitbucket.apiHost
				? apiGate
				: openGate(run, bitbucket.gitHost, source, publish),
		patience: (repository) => ({
			clock,
			signal,
			...(repository === undefined
				? {}
				: announceWaits(source, repository, bitbucket.gitHost, publish)),
		}),
	};
};

/** Watches a source's refusals; `end` is called where its credentials are the cause. */
export const watchSource = (
	{bitbucket, signal, patience, apiGate}: SourceRun,
	end: (failure: Failure) => void,
): SignInWatch =>
	watchSignIn({
		readAccount: () => attempt(() => bitbucket.readAccount(signal), {...patience(), gate: apiGate}),
		onRefused: end,
	});

const isoTime = (time: number): string => new Date(time).toISOString();

const openGate = (
	{world, concurrency}: Run,
	host: string,
	source: Source,
	publish: Listener,
): HostGate =>
	createHostGate(host, world.clock, concurrency, {
		onClose: (_, failure, until) =>
			publish({
				type: 'wait-started',
				source: source.title,
				host,
				failure,
				until: isoTime(until),
			}),
		onOpen: () => publish({type: 'wait-ended', source: source.title, host}),
	});

const announceWaits = (
	source: Source,
	repository: Repository,
	host: string,
	publish: Listener,
): Pick<AttemptOptions, 'onWait' | 'onWaited'> => {
	const about = {source: source.title, host, repository: fullName(repository)};
	return {
		onWait: (failure, until) =>
			publish({
				type: 'wait-started',
				...about,
				failure,
				until: isoTime(until),
			} satisfies BackupEvent),
		onWaited: () => publish({type: 'wait-ended', ...about}),
	};
};

/** To be the only run in the source's folder. */
export const claimOf = ({
	source,
	folder,
	files,
	clock,
	signal,
	run,
	publish,
}: SourceRun): FolderClaim => ({
	files,
	clock,
	signal,
	folder,
	run: run.name,
	onWait: (text) => publish({type: 'noticed', source: source.title, text}),
});
