import {type ExitCode, exitCodes, worstExitCode} from '../../domain/failure/exit-code.ts';
import type {Failure} from '../../domain/failure/failure.ts';
import {describeFailure, exitCodeOf} from '../../domain/failure/failure-table.ts';
import {ifAny} from '../../domain/given.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import type {NamedGap} from '../../domain/record/gap.ts';
import {type RunLine, withSending} from '../../domain/run/run-line.ts';
import {reportOf, runLineOf} from '../../domain/run/source-report.ts';
import type {StoreSettings} from '../../domain/settings/settings.ts';
import {formatAll, formatCount, formatNumber, formatSize} from '../../domain/text/format.ts';
import {attempt} from '../retry/attempt.ts';
import type {FollowUp, FollowUpEnd, Session} from '../session.ts';
import {beginSource, type SendEnd, type Sending} from './send.ts';

const name = 'off-site';

/** Sends to each store what it does not have yet. A store that fails stops no other. */
export const offSite: FollowUp = {
	name,
	isWanted: ({stores = []}) => stores.length > 0,
	begin: beginSending,
};

/** How the sending of a source to one store ended, for programs. */
export type StoreSent = ReturnType<typeof describeJson>;

export type StoresSent = FollowUpEnd & {readonly json: {readonly stores: readonly StoreSent[]}};

/**
 * Asks each store for its last index object, while repositories are looked at. Gives the sending.
 * `isSentAgain`: is something sent whole, whatever the stores have of it?
 */
export function beginSending(
	session: Session,
	isSentAgain: Sending['isSentAgain'] = () => false,
): () => Promise<StoresSent> {
	const begun = (session.source.stores ?? []).map((settings) => ({
		settings,
		send: beginSource({...sendingOf(session, settings), isSentAgain}),
	}));
	return async () => {
		const ends: StoreEnd[] = [];
		for (const {settings, send} of begun) {
			ends.push({settings, end: await send()});
		}

		return {
			gaps: ends.flatMap((one) => gapsOf(session, one)),
			json: {stores: ends.map(describeJson)},
			notes: ends.flatMap(noteOf),
			exitCode: worstExitCode(ends.map(codeOf)),
		};
	};
}

type StoreEnd = {readonly settings: StoreSettings; readonly end: SendEnd};

const sendingOf = (session: Session, settings: StoreSettings): Sending => ({
	...sendingTo(session, settings, session.signal),
	completeLine: (line) => lineWhenSent(session, settings, line),
});

/** A folder that comes back from a store lacks nothing once that store has it all, whatever other copies lack. */
const lineWhenSent = (session: Session, {title}: StoreSettings, noted: RunLine): RunLine => {
	const isOfBackup = session.state.followUps.has(name);
	const line = isOfBackup ? lineWithoutSending(session, noted) : noted;
	const stores = [{store: title, complete: true}];
	return withSending({...line, stores: []}, {stores, followUp: name});
};

/** The line that this backup would have if nothing were to be sent. `noted`: as it is until then. */
const lineWithoutSending = ({state, run, source}: Session, {duration}: RunLine): RunLine => {
	const followUps = new Map([...state.followUps].filter(([followUp]) => followUp !== name));
	const saved = {...state, followUps};
	const report = reportOf(saved, {
		duration,
		lastComplete: undefined,
		isNarrowed: run.filter.isNarrowed,
		wasInterrupted: false,
		parts: run.parts,
	});
	return runLineOf(saved, report, run, source);
};

/** Everything that sending this source to a store needs. */
export const sendingTo = (
	session: Session,
	settings: StoreSettings,
	signal: AbortSignal,
): Sending => {
	const {run, source, files, records, git, clock, digest, folder, workFolder, publish} = session;
	const store = run.world.openStore(settings);
	const {title, host} = store;
	let requests = 0;
	return {
		store,
		settings,
		files,
		git,
		clock,
		digest,
		parts: run.parts,
		records,
		run: run.name,
		completeLine: (line) => line,
		source,
		shard: run.stateless?.shard,
		folder,
		workFolder: joinPath(workFolder, 'off-site'),
		signal,
		retry: (act) => {
			const ask = () => {
				requests += 1;
				return act();
			};
			return host === undefined
				? ask()
				: attempt(ask, {...session.retryOptions(), signal, gate: session.gateOf(host)});
		},
		kept: undefined,
		isSentAgain: () => false,
		onProgress: (repository, left) =>
			publish({
				type: 'follow-up-progressed',
				followUp: name,
				text: `${formatCount(left, 'repository is', 'repositories are')} left for ${title}; sending`,
				repository,
				requests,
			}),
		onSent: (repository, bytes) =>
			publish({
				type: 'follow-up-saved',
				followUp: name,
				repository,
				text: `${formatSize(bytes)} sent to ${title}`,
				json: {store: title, sent: bytes},
			}),
		onNotice: session.notice,
	};
};

const codeOf = ({end: {problem}}: StoreEnd): ExitCode =>
	problem === undefined ? exitCodes.done : exitCodeOf(problem);

const describeJson = ({settings, end}: StoreEnd) => ({
	store: settings.title,
	all: end.all,
	sent: end.sent,
	bytes: end.bytes,
	complete: end.problem === undefined && end.failed.size === 0,
	failed: ifAny([...end.failed.keys()]),
	...(end.problem === undefined
		? {}
		: {problem: end.problem, reason: describeFailure(end.problem).what}),
});

const noteOf = ({settings: {title}, end}: StoreEnd): readonly string[] => {
	const {sent, bytes, all, failed, problem} = end;
	const size = formatSize(bytes);
	const news = sent === 0 ? `${size} sent` : `${formatNumber(sent)} sent (${size})`;
	const state =
		problem === undefined && failed.size === 0
			? `${formatAll(all, 'repository is', 'repositories are')} there`
			: `not everything is there`;
	return [`Off site, ${title}: ${bytes === 0 ? 'nothing new' : news}, ${state}.`];
};

const gapsOf = ({source}: Session, {settings, end}: StoreEnd): readonly NamedGap[] => {
	const about = {part: name, what: 'newest states', place: `in the store ${settings.title}`};
	const gap = (repository: string, failure: Failure): NamedGap => {
		const {what, advice} = describeFailure(failure);
		return {...about, repository, detail: what, advice, isAccepted: false};
	};
	return [
		...(end.problem === undefined ? [] : [gap(source.workspace, end.problem)]),
		...[...end.failed].map(([repository, failure]) => gap(repository, failure)),
	];
};
