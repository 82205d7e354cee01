import {type Failure, failureOf} from '../../domain/failure/failure.ts';
import {isRefusal} from '../../domain/failure/failure-table.ts';
import type {Account} from '../../ports/bitbucket.ts';

/**
 * Distinguishes refused credentials from a repository that refuses for its own reasons. git answers
 * both in the same way, so the API is asked. Serves one source from its first look to its last
 * transfer.
 */
export type SignInWatch = {
	sawSuccess(): void;
	/** Resolves once it is known, as far as possible, whether the credentials are the cause. */
	sawFailure(failure: Failure): Promise<void>;
	/** Asks the API after a few refusals, too. To be called when a stage ends. */
	conclude(): Promise<void>;
};

type SignInWatchOptions = {
	/** Asks the API for the owner of the credentials. */
	readonly readAccount: () => Promise<Account>;
	/** Called when the credentials are the cause. */
	readonly onRefused: (failure: Failure) => void;
};

/** Refusals in a row before the API is asked. Doubled each time it finds nothing wrong. */
const suspicious = 3;

/** Refusals in a row, without one success of git, that mean: git wants another user name than the API. */
const convincing = 12;

export const watchSignIn = ({readAccount, onRefused}: SignInWatchOptions): SignInWatch => {
	let inRow = 0;
	let askAt = suspicious;
	let wasLetIn = false;
	/** A refusal whose cause the API was not asked for, or could not tell. */
	let unexplained: Failure | undefined;
	let asking: Promise<Answer> | undefined;

	const judge = async (failure: Failure, isEnough: () => boolean): Promise<void> => {
		asking ??= ask(readAccount).finally(() => {
			asking = undefined;
		});
		const answer = await asking;
		if (answer.state === 'refused') {
			onRefused(answer.failure);
		} else if (answer.state === 'accepted' && wasLetIn) {
			unexplained = undefined;
		} else if (answer.state === 'accepted' && isEnough()) {
			onRefused(failure);
		}
	};

	return {
		sawSuccess: () => {
			inRow = 0;
			wasLetIn = true;
		},
		sawFailure: async (failure) => {
			if (!isRefusal(failure)) {
				return;
			}

			inRow += 1;
			unexplained = failure;
			if (inRow >= askAt) {
				askAt *= 2;
				await judge(failure, () => inRow >= convincing);
			}
		},
		conclude: async () => {
			if (unexplained !== undefined) {
				await judge(unexplained, () => true);
			}
		},
	};
};

type Answer =
	| {readonly state: 'accepted' | 'unknown'}
	| {readonly state: 'refused'; readonly failure: Failure};

/** Without credentials there is nothing to refuse. An API that is out of order tells nothing. */
const ask = async (readAccount: SignInWatchOptions['readAccount']): Promise<Answer> => {
	try {
		return {state: (await readAccount()).kind === 'anonymous' ? 'unknown' : 'accepted'};
	} catch (error) {
		const failure = failureOf(error);
		return isRefusal(failure) ? {state: 'refused', failure} : {state: 'unknown'};
	}
};
