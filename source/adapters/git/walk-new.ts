import {FailureError} from '../../domain/failure/failure.ts';
import {passOverForeignRefs} from './environment.ts';
import {failureOfGit} from './git-failure.ts';
import {GitExit, type RunGit} from './run-git.ts';

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
): Promise<ReadonlySet<string>> => {
	const parents = new Map<string, readonly string[]>();
	const read = createLineReader((line) => {
		// A line without a parent is a root or no commit.
		const [oid = '', ...others] = line.split(' ');
		if (others.length > 0) {
			parents.set(oid, others);
		}
	});
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
			onOutput: read,
		});
	} catch (error) {
		throw asRefusal(error, mirror);
	}

	return new Set(
		tips
			.filter(({from, to}) => from !== undefined && reaches(parents, to, from))
			.map(({ref}) => ref),
	);
};

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

/** Reads lines as they come, cut anywhere. Ids are ASCII. */
const createLineReader = (onLine: (line: string) => void): ((chunk: Buffer) => void) => {
	let rest = '';
	return (chunk) => {
		const lines = (rest + chunk.toString('latin1')).split('\n');
		rest = lines.pop() ?? '';
		for (const line of lines) {
			onLine(line);
		}
	};
};

/** Commits that one question may look at. Thousands of refs ask over the same new commits. */
const mostSteps = 10_000;

/** Does `to` descend from `from`, as far as the new commits tell? */
const reaches = (
	parents: ReadonlyMap<string, readonly string[]>,
	to: string,
	from: string,
): boolean => {
	const seen = new Set([to]);
	for (const oid of seen) {
		if (oid === from) {
			return true;
		}

		for (const parent of seen.size < mostSteps ? (parents.get(oid) ?? []) : []) {
			seen.add(parent);
		}
	}

	return false;
};
