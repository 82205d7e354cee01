import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import type {
	MetadataAnswer,
	MetadataDenied,
	MetadataKind,
	MetadataRequest,
} from '../../ports/metadata.ts';
import {attempt} from '../retry/attempt.ts';
import type {Session} from '../session.ts';
import type {Budget} from './budget.ts';

/** Asks Bitbucket for metadata of one source. */
export type MetadataReader = {
	readonly session: Session;
	/**
	 * Asks within the budget, through the gate of the API, and again if the failure may pass. Throws a
	 * `BudgetSpent` if there is no time left.
	 */
	ask(request: MetadataRequest): Promise<MetadataAnswer>;
	/** The same for anything else that costs `requests`, such as a download. `attempts`: at most. */
	take<Result>(requests: number, act: () => Promise<Result>, attempts?: number): Promise<Result>;
	/** Requests of this run so far. */
	taken(): number;
	/** The kinds that were refused in this run, each with the reason. */
	readonly refused: ReadonlyMap<MetadataKind, MetadataDenied>;
	/** Was it refused so often in a row that this run asks for it no more? */
	isGivenUp(kind: MetadataKind): boolean;
};

/** A kind that this many repositories in a row refuse is refused by all: no more is asked. */
const mostRefusals = 3;

export const openReader = (session: Session, budget: Budget): MetadataReader => {
	const {bitbucket, apiGate, retryOptions, signal} = session;
	const refused = new Map<MetadataKind, MetadataDenied>();
	const inRow = new Map<MetadataKind, number>();

	const take: MetadataReader['take'] = async (requests, act, attempts) =>
		attempt(
			async () => {
				for (let left = requests; left > 0; left -= 1) {
					await budget.take();
				}

				try {
					return await act();
				} catch (error) {
					if (error instanceof FailureError && error.failure.kind === 'rate-limited') {
						budget.spendHour();
					}

					throw error;
				}
			},
			{...retryOptions(), gate: apiGate, attempts},
		);

	const isGivenUp = (kind: MetadataKind): boolean => (inRow.get(kind) ?? 0) >= mostRefusals;

	const note = (kind: MetadataKind, answer: MetadataAnswer): void => {
		if (answer.state === 'refused') {
			refused.set(kind, answer);
		}

		inRow.set(kind, answer.state === 'refused' ? (inRow.get(kind) ?? 0) + 1 : 0);
	};

	return {
		session,
		refused,
		isGivenUp,
		take,
		taken: budget.taken,
		ask: async (request) => {
			const {kind} = request;
			const known =
				bitbucket.foreseeRefusal(kind) ?? (isGivenUp(kind) ? refused.get(kind) : undefined);
			const answer = known ?? (await take(1, () => bitbucket.readMetadata(request, signal)));
			note(kind, answer);
			return answer;
		},
	};
};

const ofOneAnswer: ReadonlySet<Failure['kind']> = new Set([
	'server-error',
	'server-timeout',
	'unexpected-answer',
	'answer-refused',
	'address-refused',
]);

/** Does a failure say nothing about any other question? Then the others are still asked. */
export const isOfOneAnswer = ({kind}: Failure): boolean => ofOneAnswer.has(kind);

/** The same for a content, whose end may also be cut off. */
export const isOfOneContent = (failure: Failure): boolean =>
	isOfOneAnswer(failure) || (failure.kind === 'network' && failure.problem === 'cut-short');

/** The reason for which Bitbucket does not give something, in words. */
export const describeDenied = ({failure}: MetadataDenied): string => describeFailure(failure).what;
