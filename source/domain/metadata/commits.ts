import {type Checked, is, isJsonObject, type JsonObject} from '../json.ts';
import type {Gap} from '../record/gap.ts';
import {formatNumber} from '../text/format.ts';

/** Pull requests whose commits are neither here nor to be had. */
const isLacking = is.objectOf({
	/** The tip that was asked for. Another one is asked for anew. */
	tip: is.text,
	/** The reason, in words. */
	words: is.text,
});

/** How far the commits of pull requests are saved that no branch has any more. */
export type CommitsState = Checked<typeof isCommitsState>;

export const isCommitsState = is.objectOf({
	/** Pull requests that are yet to be compared with the mirror of the code. */
	unchecked: is.listOf(is.number),
	/** Those whose commits it lacks, to be asked for. */
	left: is.listOf(is.number),
	lacking: is.mapOf(isLacking),
	/** How often in a row git did not give a commit that upstream shows by no ref. */
	refusals: is.optional(is.number),
	/** A run without a folder took the commits of merged pull requests to be in the code: it has only its tips. */
	isAssumed: is.optional(is.flag),
});

/** The commit that stands for all of a pull request; undefined if it names none. */
export const tipOf = ({
	state,
	source,
	merge_commit: merged,
}: JsonObject): {readonly tip: string; readonly merged: string | undefined} | undefined => {
	const tip = hashOf(isJsonObject(source) ? source['commit'] : undefined);
	return tip === undefined
		? undefined
		: {tip, merged: state === 'MERGED' ? hashOf(merged) : undefined};
};

/** Bitbucket gives twelve digits here. Anything else that is no id is not asked for. */
export const hashOf = (commit: unknown): string | undefined => {
	const hash = isJsonObject(commit) ? commit['hash'] : undefined;
	return typeof hash === 'string' && /^[\da-f]{12,64}$/.test(hash) ? hash : undefined;
};

/** About how many requests are left: one for the list of commits, and two for their patch. */
export const estimateCommits = (state: CommitsState | undefined, pullRequests: number): number =>
	state === undefined
		? Math.ceil(pullRequests * usualLack) * requestsEach
		: state.left.length * requestsEach;

/** Share of the pull requests whose commits no branch has any more. */
const usualLack = 0.08;

const requestsEach = 3;

/** Bitbucket does not have them any more, so no backup can bring them. */
export const gapsOfCommits = (state: CommitsState | undefined): readonly Gap[] => {
	const reasons = Object.values(state?.lacking ?? {}).map(({words}) => words);
	return reasons.length === 0
		? []
		: [
				{
					what: 'commits of pull requests',
					detail: `those of ${formatNumber(reasons.length)} cannot be had (${[...new Set(reasons)].join('; ')})`,
					advice: '',
					isAccepted: true,
				},
			];
};
