import {type Failure, failureOf} from '../../domain/failure/failure.ts';
import {createAll, keptRef} from '../../domain/history/history.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import {isMirrored} from '../../domain/record/ref-name.ts';
import {type NamedStep, newestOf} from '../../domain/store/chain.ts';
import type {Part} from '../../parts/part.ts';
import {type Fetching, fetchMirror, nameState} from '../store/fetch-repository.ts';
import {readSteps} from '../store/read-steps.ts';

type PartInStore = {
	/** Its repository's folders in the store and here, the latter as an absolute path. */
	readonly id: string;
	readonly folder: string;
	readonly part: Part;
	readonly heads: readonly string[];
};

/**
 * Brings the mirror of a part back whole, in its newest state. Of two runs at once, it then has the
 * states of both. Gives the failure where an object of it is gone, damaged or sealed for other keys;
 * then there is no mirror.
 */
export const readBack = async (
	fetching: Fetching,
	{id, folder, part, heads}: PartInStore,
): Promise<Failure | undefined> => {
	const {git, files} = fetching;
	const mirror = joinPath(folder, part.name);
	try {
		const chains = await Promise.all(heads.map((head) => readSteps(fetching, id, [head])));
		const ends = chains.flatMap((steps) => steps.slice(-1));
		const newest = newestOf(ends);
		if (newest === undefined) {
			throw new Error(`no step of ${part.name}`);
		}

		const others = ends.filter((one) => one !== newest);
		const steps = new Map(chains.flat().map((one) => [one.name, one]));
		await fetchMirror(fetching, id, part, {
			steps: [...steps.values()],
			newest: newest.step,
			folder,
		});
		await git.updateRefs(mirror, createAll(listKept(newest, others)));
		return undefined;
	} catch (error) {
		// A mirror that is here would be sent.
		await files.remove(mirror);
		const failure = failureOf(error);
		if (!isOfMirror.has(failure.kind)) {
			throw error;
		}

		return failure;
	}
};

const isOfMirror: ReadonlySet<Failure['kind']> = new Set([
	'object-missing',
	'object-damaged',
	'identity-refused',
	'mirror-unusable',
]);

/** Refs for the tips that the newest state lacks. */
const listKept = (newest: NamedStep, others: readonly NamedStep[]): ReadonlyMap<string, string> => {
	const there = newest.step.refs ?? new Map<string, string>();
	const held = new Set(there.values());
	return new Map(
		others.flatMap(({name, step}) => {
			const run = nameState(Date.parse(step.at), name);
			return [...(step.refs ?? [])]
				.filter(([ref, oid]) => !held.has(oid) && (isMirrored(ref) || !there.has(ref)))
				.map(([ref, oid]) => [isMirrored(ref) ? keptRef(run, ref) : ref, oid] as const);
		}),
	);
};
