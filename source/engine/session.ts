import type {ExitCode} from '../domain/failure/exit-code.ts';
import {type Failure, FailureError} from '../domain/failure/failure.ts';
import {joinPath, ownFolder, workFolder} from '../domain/plan/layout.ts';
import type {ListingShare} from '../domain/plan/listing.ts';
import type {SourcePlan} from '../domain/plan/plan.ts';
import {fullName, type Repository} from '../domain/plan/repository.ts';
import type {Fields, NamedGap} from '../domain/record/gap.ts';
import type {Digest} from '../domain/record/record.ts';
import type {Listener, SourceEvent} from '../domain/run/events.ts';
import {foldSource, type SourceState, startSource} from '../domain/run/source-state.ts';
import type {Settings, Source} from '../domain/settings/settings.ts';
import type {Shard} from '../domain/store/shard.ts';
import {isoTime} from '../domain/text/format.ts';
import type {Part} from '../parts/part.ts';
import type {Bitbucket} from '../ports/bitbucket.ts';
import type {Clock} from '../ports/clock.ts';
import type {Files} from '../ports/files.ts';
import type {Git} from '../ports/git.ts';
import type {World} from '../ports/world.ts';
import type {RunFilter} from './backup/run-filter.ts';
import type {Keeper} from './keeper.ts';
import {assertLockHeld, type FolderClaim, whileHeld} from './lock.ts';
import {type AttemptOptions, attempt} from './retry/attempt.ts';
import {createHostGate, type HostGate} from './retry/host-gate.ts';
import {type SignInWatch, watchSignIn} from './retry/sign-in-watch.ts';
import {holdRecords, type KnownRecords} from './saved/known-records.ts';

/** A whole run: everything that its sources share. */
export type Run = {
	readonly world: World;
	readonly settings: Settings;
	/** The parts of each repository, in order. */
	readonly parts: readonly Part[];
	/** The work that follows the saving of each source's repositories, in order. */
	readonly followUps: readonly FollowUp[];
	/** Names of follow-ups that this run does not do, whatever the settings say. */
	readonly leavesOut: ReadonlySet<string>;
	readonly name: string;
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly signal: AbortSignal;
	readonly publish: Listener;
	/** Does a view show the progress of transfers? */
	readonly isWatched: boolean;
	readonly filter: RunFilter;
	/** Git transfers at once. */
	readonly concurrency: number;
	/** Milliseconds that requests wait for a host altogether. */
	readonly maxWait: number;
	readonly waitsForLock: boolean;
	/** Begin anew where a remembered backup is not there any more. */
	readonly startsOver: boolean;
	/** Left out where the folder keeps what is saved. */
	readonly stateless?: Stateless | undefined;
};

/** How a run keeps its sources without a folder. */
export type Stateless = {
	/** The title of the store that keeps them. */
	readonly store: string;
	readonly openKeeper: (session: Session) => Keeper;
	/** The only repositories that this run works on; undefined for all. */
	readonly shard: Shard | undefined;
	/** Listings that another run has read, by the title of the source. */
	readonly listings: ReadonlyMap<string, ListingShare>;
};

/**
 * Work on a source that follows the saving of its repositories, and may take hours. The run's line
 * is written before it, so that a kill in the middle takes nothing from what is saved already.
 */
export type FollowUp = {
	/** Its name in JSON. If a part has the same name, the gaps at its end replace those of the part. */
	readonly name: string;
	/** Do the settings of this source ask for it? */
	isWanted(source: Source): boolean;
	/** A sentence for users whose settings do not name this follow-up. Each source shows it once. */
	readonly offer?: string;
	/**
	 * Begins what needs nothing of this run, beside the looks and the saving. Gives the work that
	 * follows, which throws a `FailureError` only if nothing can be said of how far it came.
	 */
	begin(session: Session): (plan: SourcePlan) => Promise<FollowUpEnd>;
};

/** How a follow-up of one source ended. */
export type FollowUpEnd = {
	/** Everything upstream that it has not brought to the backup. One gap makes the run incomplete. */
	readonly gaps: readonly NamedGap[];
	/** Its fields of the source's report and of the run's line. */
	readonly json: Fields;
	/** Sentences for the summary. */
	readonly notes: readonly string[];
	/** Where it is worse than gaps make it. */
	readonly exitCode?: ExitCode;
};

/** Everything that work on one source needs. */
export type Session = {
	readonly run: Run;
	readonly source: Source;
	/** Absolute paths of the source's folder and of the place for work in progress. */
	readonly folder: string;
	readonly workFolder: string;
	/** Those that need no reading: they were read in this run, or a store gave them. */
	readonly records: KnownRecords;
	readonly files: Files;
	readonly git: Git;
	readonly bitbucket: Bitbucket;
	readonly clock: Clock;
	readonly digest: Digest;
	/** Aborts with the run, and after `end`. */
	readonly signal: AbortSignal;
	/** Ends the work on this source because of a failure that concerns all of it. */
	readonly end: (failure: Failure) => void;
	/** How the source went so far. `publish` counts each event. */
	readonly state: SourceState;
	readonly publish: (event: SourceEvent) => void;
	/** Publishes a sentence about the source. */
	readonly notice: (text: string) => void;
	readonly apiGate: HostGate;
	readonly gitGate: HostGate;
	/** To be called before something is put into place. Throws as `assertLockHeld` does. */
	readonly assertLockHeld: () => Promise<void>;
	/** The gate of any host. */
	readonly gateOf: (host: string) => HostGate;
	/** Tells whether refused requests mean that the source's credentials are refused. */
	readonly signIn: SignInWatch;
	/** Everything that `attempt` needs beside a gate. Waits are told under the repository's name. */
	readonly retryOptions: (repository?: Repository) => Omit<AttemptOptions, 'gate'>;
	/** Undefined where the folder keeps what is saved. */
	readonly keeper?: Keeper;
};

export const openSession = (run: Run, source: Source): Session => {
	const {world} = run;
	const {clock, digest} = world;
	const {bitbucket, git} = world.connect(source, run.name);
	const folder = joinPath(run.settings.localFolder, source.title);
	const records: KnownRecords = new Map();
	const files = holdRecords(world.files, folder, records);
	const state = startSource({
		source: source.title,
		workspace: source.workspace,
		folder,
		store: run.stateless?.store,
		shard: run.stateless?.shard,
	});
	const tell: Listener = (event) => {
		foldSource(state, event, clock.now());
		run.publish(event);
	};

	/** With the source as the second field, after the type: the order in which JSON shows them. */
	const publish: Session['publish'] = (event) =>
		tell(Object.assign({type: event.type, source: source.title}, event));
	const notice = (text: string): void => tell({type: 'noticed', source: source.title, text});

	const ending = new AbortController();
	const end = (failure: Failure): void => {
		state.facts.problem ??= failure;
		ending.abort(new FailureError(failure));
	};

	const signal = AbortSignal.any([run.signal, ending.signal]);
	const gates = new Map<string, HostGate>();
	const gateOf = (host: string): HostGate => {
		const gate = gates.get(host) ?? openGate(run, host, publish);
		gates.set(host, gate);
		return gate;
	};

	const apiGate = gateOf(bitbucket.apiHost);
	const retryOptions: Session['retryOptions'] = (repository) => ({
		clock,
		signal,
		...(repository && announceWaits(repository, bitbucket.gitHost, publish)),
	});
	const session: Session = {
		run,
		source,
		folder,
		workFolder: joinPath(folder, ownFolder, workFolder, run.name),
		records,
		files,
		git,
		bitbucket,
		clock,
		digest,
		signal,
		end,
		state,
		publish,
		notice,
		assertLockHeld: () => assertLockHeld(files, folder, run),
		apiGate,
		gitGate: gateOf(bitbucket.gitHost),
		gateOf,
		signIn: watchSignIn({
			readAccount: () =>
				attempt(() => bitbucket.readAccount(signal), {...retryOptions(), gate: apiGate}),
			onRefused: end,
		}),
		retryOptions,
	};
	return run.stateless === undefined
		? session
		: {...session, keeper: run.stateless.openKeeper(session)};
};

const openGate = (
	{world, concurrency, maxWait}: Run,
	host: string,
	publish: Session['publish'],
): HostGate =>
	createHostGate(
		world.clock,
		concurrency,
		{
			onClose: (failure, until) =>
				publish({type: 'wait-started', host, failure, until: isoTime(until)}),
			onOpen: () => publish({type: 'wait-ended', host}),
		},
		maxWait,
	);

const announceWaits = (
	repository: Repository,
	host: string,
	publish: Session['publish'],
): Pick<AttemptOptions, 'onWait' | 'onWaited'> => {
	const about = {host, repository: fullName(repository)};
	return {
		onWait: (failure, until) =>
			publish({type: 'wait-started', ...about, failure, until: isoTime(until)}),
		onWaited: () => publish({type: 'wait-ended', ...about}),
	};
};

/** Acts as the only run in the source's folder, with an empty place for work in progress. */
export const holdingSource = async <Result>(
	session: Session,
	act: () => Promise<Result>,
): Promise<Result> => {
	const {files, folder, clock, signal, run} = session;
	const {endProcesses} = run.world;
	const place = joinPath(folder, ownFolder, workFolder);
	await files.makeFolder(joinPath(folder, ownFolder));
	return whileHeld(claimOf(session), run.waitsForLock, async () => {
		try {
			await files.remove(place);
			return await endInTime({clock, signal, run: run.name, endProcesses}, act);
		} finally {
			// The next run removes what cannot be removed now. That must not hide how this run ended.
			await files.remove(place).catch(() => undefined);
		}
	});
};

/** The claim to be the only run in the source's folder. */
export const claimOf = ({folder, files, clock, signal, run, notice}: Session): FolderClaim => ({
	files,
	clock,
	signal,
	folder,
	run: run.name,
	onWait: notice,
});

/** Time that git has to end by itself after a run was aborted. Milliseconds. */
const grace = 2000;

type Ending = {
	readonly clock: Pick<Clock, 'sleep'>;
	readonly signal: AbortSignal;
	/** Name of the run. */
	readonly run: string;
	/** Ends the git processes that a run has left. */
	readonly endProcesses: (run: string) => Promise<void>;
};

/**
 * Acts, and after an abort ends within the grace: then git is killed with its children. That loses
 * nothing, whatever git was doing. No process of an aborted run is left.
 */
export const endInTime = async <Result>(
	{clock, signal, run, endProcesses}: Ending,
	act: () => Promise<Result>,
): Promise<Result> => {
	const done = new AbortController();
	const endLate = (): void => {
		clock
			.sleep(grace, done.signal)
			.then(() => endProcesses(run))
			.catch(() => undefined);
	};
	signal.addEventListener('abort', endLate, {once: true});
	try {
		return await act();
	} finally {
		signal.removeEventListener('abort', endLate);
		done.abort();
		if (signal.aborted) {
			await endProcesses(run);
		}
	}
};
