import {FailureError} from '../../../domain/failure/failure.ts';
import {passOverForeignRefs} from '../environment.ts';
import {failureOfGit} from '../git-failure.ts';
import {GitExit, type RunGit} from '../run-git.ts';

export type NewTip = {
	readonly ref: string;
	/** Its tip here, if it has one. */
	readonly from: string | undefined;
	/** Its new tip, whose objects have just come. */
	readonly to: string;
};

/**
 * Walks over everything that came and that no ref of the mirror reaches yet, as `git fetch` does.
 * Throws `answer-refused` when something is missing there. Gives the refs whose old tip the walk
 * reached from the new one. It stops at what is here, so it does not reach every old tip.
 */
export const walkNewCommits = async (
	run: RunGit,
	mirror: string,
	tips: readonly NewTip[],
	signal: AbortSignal,
): Promise<ReadonlySet<string>> => {
	const parents = new Map<string, readonly string[]>();
	const onLine = (line: string): void => {
		// A line without a parent is a root or no commit.
		const [oid = '', ...others] = line.split(' ');
		if (others.length > 0 && parents.size < mostHeld) {
			parents.set(oid, others);
		}
	};
	try {
		await run({
			args: [
				'rev-list',
				'--objects',
				'--no-object-names',
				'--parents',
				'--stdin',
				'--not',
				'--all',
			],
			folder: mirror,
			gitDir: true,
			input: tips.map(({to}) => `${to}\n`).join(''),
			variables: passOverForeignRefs,
			signal,
			onLine,
		});
	} catch (error) {
		throw asRefusal(error, mirror);
	}

	return findForwarded(tips, parents);
};

/** Commits whose parents are held: a large repository may be pushed into one that was saved empty. */
const mostHeld = 50_000;

/** The mirror itself was whole before: if something is missing now, the server did not send it. */
const asRefusal = (error: unknown, mirror: string): unknown => {
	if (!(error instanceof GitExit)) {
		return error;
	}

	const failure = failureOfGit(error.stderr, {mirror});
	const detail = 'it did not send all necessary objects';
	return failure.failure.kind === 'mirror-unusable'
		? new FailureError({kind: 'answer-refused', detail})
		: failure;
};

/** Commits that the question about one ref may look at, and those about all of them. */
const mostSteps = 10_000;
const mostStepsInAll = 200_000;

/**
 * The refs whose new tip descends from the old one, as far as the new commits tell. Thousands of
 * branches that were rewritten together share their new commits, and each question looks at all of
 * them: git, which takes them together, is quicker to answer what is left open.
 */
export const findForwarded = (
	tips: readonly NewTip[],
	parents: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> => {
	const forwarded = new Set<string>();
	let left = mostStepsInAll;
	for (const {ref, from, to} of tips) {
		if (from !== undefined) {
			const ancestors = walkBack(parents, to, from, Math.min(mostSteps, left));
			left -= ancestors.size;
			if (ancestors.has(from)) {
				forwarded.add(ref);
			}
		}
	}

	return forwarded;
};

/** `tip` and the nearest of its ancestors, until `wanted` is among them. */
const walkBack = (
	parents: ReadonlyMap<string, readonly string[]>,
	tip: string,
	wanted: string,
	most: number,
): ReadonlySet<string> => {
	const seen = new Set([tip]);
	for (const oid of seen) {
		if (seen.size >= most || seen.has(wanted)) {
			break;
		}

		for (const parent of parents.get(oid) ?? []) {
			seen.add(parent);
		}
	}

	return seen;
};
