import type {AccessLine, Finding, Suspect} from '../../domain/access/access.ts';
import type {ScopeUse} from '../../domain/access/scopes.ts';
import {type Failure, failureOf} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import type {Source} from '../../domain/settings/settings.ts';
import type {Bitbucket} from '../../ports/bitbucket.ts';

/** Everything that a step of the check works with. */
export type AccessCheck = {
	readonly source: Source;
	/** Opens the Bitbucket of a source. Steps try other names with it to find the wrong one. */
	readonly connect: (source: Source) => Bitbucket;
	readonly signal: AbortSignal;
	readonly bitbucket: Bitbucket;
	readonly scopesOfParts: readonly ScopeUse[];
	/** Reports that a step has started. */
	readonly begin: (line: LineName) => void;
};

/** Full names of scopes that a request proved to be held (true) or missing (false). */
export type ProvenScopes = ReadonlyMap<string, boolean>;

export type Answer<Value> =
	| {readonly ok: true; readonly value: Value}
	| {readonly ok: false; readonly failure: Failure};

/** Asks once. A refusal of Bitbucket is an answer; everything else is thrown. */
export const tryOnce = async <Value>(ask: () => Promise<Value>): Promise<Answer<Value>> => {
	try {
		return {ok: true, value: await ask()};
	} catch (error) {
		return {ok: false, failure: failureOf(error)};
	}
};

type LineName = Pick<AccessLine, 'id' | 'label'>;

export const found = (
	{id, label}: LineName,
	state: 'ok' | 'attention',
	text: string,
	consequence?: string,
	suspects: readonly Suspect[] = [],
): Finding => ({line: {id, label, state, text, consequence}, refused: false, suspects});

/** The credentials are wrong or lack a permission that is needed. */
export const refused = (
	name: LineName,
	suspects: readonly Suspect[],
	text: string,
	consequence: string,
): Finding => ({...missing(name, suspects, text, consequence), refused: true});

/** The workspace does not exist, whatever the credentials. */
export const missing = (
	{id, label}: LineName,
	suspects: readonly Suspect[],
	text: string,
	consequence: string,
): Finding => ({line: {id, label, state: 'failed', text, consequence}, refused: false, suspects});

/** A failure that proves nothing about the answers given. */
export const unreachable = (name: LineName, failure: Failure): Finding => {
	const {what, advice} = describeFailure(failure);
	return missing(name, [], what, advice);
};
