import type {AccessLine, Finding, Suspect} from '../../domain/access/access.ts';
import {describeFailure} from '../../domain/failure/describe-failure.ts';
import {type Failure, failureOf} from '../../domain/failure/failure.ts';
import type {Repository} from '../../domain/plan/repository.ts';
import type {Source} from '../../domain/settings/settings.ts';
import type {Account, Bitbucket} from '../../ports/bitbucket.ts';

/** What every step of the check works with. */
export type AccessCheck = {
	readonly source: Source;
	/** The Bitbucket of a source; asked again with another name to find out which one is wrong. */
	readonly connect: (source: Source) => Bitbucket;
	readonly signal: AbortSignal;
	readonly bitbucket: Bitbucket;
	/** Says that something is being looked at. */
	readonly begin: (id: string, label: string) => void;
};

/** Full names of scopes that a request proved to be held or missing. */
export type ProvenScopes = ReadonlyMap<string, boolean>;

/** What the check learnt on its way, for the steps behind. */
export type AccessFacts = {
	readonly account: Account | undefined;
	readonly proven: ProvenScopes;
	readonly repositories: readonly Repository[];
};

type Answer<Value> =
	| {readonly ok: true; readonly value: Value}
	| {readonly ok: false; readonly failure: Failure};

/** One attempt; what Bitbucket refuses is an answer, everything else is thrown. */
export const tryOnce = async <Value>(ask: () => Promise<Value>): Promise<Answer<Value>> => {
	try {
		return {ok: true, value: await ask()};
	} catch (error) {
		return {ok: false, failure: failureOf(error)};
	}
};

type Place = Pick<AccessLine, 'id' | 'label'>;

export const found = (
	{id, label}: Place,
	state: 'ok' | 'attention',
	text: string,
	consequence?: string,
	suspects: readonly Suspect[] = [],
): Finding => ({line: {id, label, state, text, consequence}, refused: false, suspects});

/** The credentials, or what they may do, are not good enough. */
export const refused = (
	{id, label}: Place,
	suspects: readonly Suspect[],
	text: string,
	consequence: string,
): Finding => ({line: {id, label, state: 'failed', text, consequence}, refused: true, suspects});

/** The workspace is not there, whoever asks. */
export const missing = (
	{id, label}: Place,
	suspects: readonly Suspect[],
	text: string,
	consequence: string,
): Finding => ({line: {id, label, state: 'failed', text, consequence}, refused: false, suspects});

/** Something failed that says nothing about the answers given. */
export const unreachable = ({id, label}: Place, failure: Failure): Finding => {
	const {what, advice} = describeFailure(failure);
	return {
		line: {id, label, state: 'failed', text: what, consequence: advice},
		refused: false,
		suspects: [],
	};
};
