import type {Sealed, Step} from './step.ts';
import type {Chain} from './store-index.ts';

/** Days after which a part is sent whole again, where the settings say nothing. */
export const usualFullAfter = 90 * 24 * 60 * 60_000;

/** More steps than this take longer to bring back than one full copy. */
const mostSteps = 50;

/** Below this, increments may be larger than the full copy: a store has a price for each request. */
const smallChain = 1_000_000;

/**
 * Is the next step to be a full one? A chain of increments has to end: restoring reads all of it, and
 * a rule of the store may remove what is old. Times in milliseconds.
 */
export const isFullDue = (
	chain: Chain | undefined,
	{now, fullAfter}: {readonly now: number; readonly fullAfter: number},
): boolean =>
	chain === undefined ||
	now - Date.parse(chain.fullAt) >= fullAfter ||
	chain.steps >= mostSteps ||
	chain.bytes > Math.max(chain.fullBytes, smallChain);

/** Did two sendings at once add to it, of which neither knew the other? */
export const isOfTwins = ({heads}: Chain): boolean => heads.length > 1;

/** A step under its name. */
export type NamedStep = {readonly name: string; readonly step: Step};

/**
 * The steps that states are made of, each after those that it needs, and those of the last head at
 * the end. Throws where one is missing from `steps`, or where steps lead in a circle.
 */
export const orderSteps = (
	heads: readonly string[],
	steps: ReadonlyMap<string, Step>,
): readonly NamedStep[] => {
	const ordered: NamedStep[] = [];
	const seen = new Map<string, 'open' | 'done'>();
	// Not recursive: a chain that nothing bounds must not end in an overflow.
	const open = heads.toReversed().map((name) => ({name, isLeft: false}));
	for (let next = open.pop(); next !== undefined; next = open.pop()) {
		const {name, isLeft} = next;
		const step = steps.get(name);
		if (step === undefined) {
			throw new Error(`the step ${name} is missing`);
		}

		if (isLeft) {
			seen.set(name, 'done');
			ordered.push({name, step});
		} else if (seen.get(name) === undefined) {
			seen.set(name, 'open');
			open.push({name, isLeft: true});
			for (const parent of neededBy(step)) {
				if (seen.get(parent) === 'open') {
					throw new Error(`the steps of ${heads.join(', ')} lead in a circle`);
				}

				open.push({name: parent, isLeft: false});
			}
		}
	}

	return ordered;
};

/** The steps before it that its state needs, or that tell what upstream took away. */
export const neededBy = ({isFull, isUpstream, parents}: Step): readonly string[] =>
	isFull && !isUpstream ? [] : parents;

/** The newest of several steps, by when they were sent. A clock may have been ahead: none is older than its parents. */
export const newestOf = (steps: readonly NamedStep[]): NamedStep | undefined => {
	const parents = new Set(steps.flatMap(({step}) => step.parents));
	const ends = steps.filter(({name}) => !parents.has(name));
	return (ends.length === 0 ? steps : ends)
		.toSorted((left, right) => {
			const difference = Date.parse(right.step.at) - Date.parse(left.step.at);
			return difference === 0 ? (right.name < left.name ? -1 : 1) : difference;
		})
		.at(0);
};

/**
 * The files of a state, by path: those of its steps, the later ones over the earlier ones. A full step
 * removes none: it comes after another one only where two runs without a folder sent at once.
 */
export const filesOf = (steps: readonly NamedStep[]): ReadonlyMap<string, Sealed> => {
	const files = new Map<string, Sealed>();
	for (const {step} of steps) {
		for (const {path, object} of step.files) {
			files.set(path, object);
		}

		for (const path of step.without) {
			files.delete(path);
		}
	}

	return files;
};
