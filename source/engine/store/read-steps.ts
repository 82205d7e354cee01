import {FailureError, failureOf} from '../../domain/failure/failure.ts';
import {type NamedStep, neededBy, newestOf, orderSteps} from '../../domain/store/chain.ts';
import {folderOf} from '../../domain/store/names.ts';
import {parseStep, type Step} from '../../domain/store/step.ts';
import {damaged, isOfObject, type StoreReading} from './read-store.ts';

/**
 * The steps that the newest state of a part is made of, in their order, and those that tell what
 * upstream took away. `heads`: of its chain. Throws `object-missing` where one is not there any more
 * that the newest state needs.
 */
export const readSteps = async (
	reading: StoreReading,
	uuid: string,
	heads: readonly string[],
): Promise<readonly NamedStep[]> => {
	const steps = new Map<string, Step>();
	const read = async (name: string): Promise<NamedStep> => {
		const step = steps.get(name) ?? (await readStep(reading, uuid, name));
		steps.set(name, step);
		return {name, step};
	};
	const all = await Promise.all(heads.map(read));
	const newest = newestOf(all);
	if (newest === undefined) {
		throw new Error(`the chain of ${uuid} has no step`);
	}

	// A state of upstream's says nothing of what was there before it, also where two runs sent at once.
	const others = newest.step.isUpstream ? all.filter((one) => one !== newest) : [];
	const wanted = [...others.toSorted(byTime), newest].map(({name}) => name);
	const gone = await readAncestors(reading, wanted, steps, read);
	const there = [...steps].map(([name, step]): [string, Step] => {
		const parents = step.parents.filter((parent) => !gone.has(parent));
		// Without one of those that it builds on, a step is none that can come back.
		const isCut = !step.isFull && parents.length < step.parents.length;
		return [name, {...step, parents: isCut ? [] : parents}];
	});
	try {
		return orderSteps(wanted, new Map(there));
	} catch {
		throw damaged(reading, `${folderOf(uuid)}${newest.name}`, 'its steps lead in a circle');
	}
};

const byTime = (left: NamedStep, right: NamedStep): number =>
	Date.parse(left.step.at) - Date.parse(right.step.at);

/**
 * Reads all steps that these need. Gives the names of those that cannot be read and that only tell what
 * was there before a full one: a rule of the store may remove what is old, and a disk may damage it.
 */
const readAncestors = async (
	{onLost}: StoreReading,
	heads: readonly string[],
	steps: ReadonlyMap<string, Step>,
	read: (name: string) => Promise<NamedStep>,
): Promise<ReadonlySet<string>> => {
	const gone = new Set<string>();
	let open = heads.map((name) => ({name, isOld: false}));
	while (open.length > 0) {
		const found = await Promise.all(
			open.map(async ({name, isOld}) => {
				try {
					return {isOld, ...(await read(name))};
				} catch (error) {
					const failure = failureOf(error);
					if (!isOld || !isOfObject(failure)) {
						throw error;
					}

					gone.add(name);
					onLost?.(failure);
					return undefined;
				}
			}),
		);
		const next = found.flatMap((one) =>
			one === undefined
				? []
				: neededBy(one.step).map((name) => ({name, isOld: one.isOld || one.step.isFull})),
		);
		open = [...new Map(next.map((one) => [one.name, one])).values()].filter(
			({name}) => !steps.has(name) && !gone.has(name),
		);
	}

	return gone;
};

/**
 * The last step that was sent until a moment (milliseconds since 1970), of all that these heads come
 * from; undefined if there is none.
 */
export const findStepAt = async (
	reading: StoreReading,
	uuid: string,
	heads: readonly string[],
	at: number,
): Promise<string | undefined> => {
	const seen = new Set(heads);
	const found: NamedStep[] = [];
	for (let open = [...seen]; open.length > 0; ) {
		const read = await Promise.all(open.map((name) => readStepIfWhole(reading, uuid, name)));
		const steps = read.flat();
		found.push(...steps.filter(({step}) => Date.parse(step.at) <= at));
		// A step before one of that time is older still.
		const later = steps.filter(({step}) => Date.parse(step.at) > at);
		open = later.flatMap(({step}) => step.parents).filter((name) => !seen.has(name));
		for (const name of open) {
			seen.add(name);
		}
	}

	return newestOf(found)?.name;
};

/** One that is gone or damaged leads to no other one. */
const readStepIfWhole = async (
	reading: StoreReading,
	uuid: string,
	name: string,
): Promise<readonly NamedStep[]> => {
	try {
		return [{name, step: await readStep(reading, uuid, name)}];
	} catch (error) {
		const failure = failureOf(error);
		if (!isOfObject(failure)) {
			throw error;
		}

		reading.onLost?.(failure);
		return [];
	}
};

/** One step. Throws `object-damaged` for one of another repository or part. */
export const readStep = async (
	reading: StoreReading,
	uuid: string,
	name: string,
): Promise<Step> => {
	const {store, identities, signal, retry} = reading;
	const path = `${folderOf(uuid)}${name}`;
	const text = await retry(() => store.openText(path, {identities, signal}));
	const read = parseStep(text);
	switch (read.state) {
		case 'read':
			if (read.step.uuid !== uuid || !name.includes(`.${read.step.part}.step`)) {
				throw damaged(reading, path, 'it is the step of something else');
			}

			return read.step;
		case 'newer':
			throw new FailureError({kind: 'object-newer', store: store.title, name: path});
		case 'damaged':
			throw damaged(reading, path, read.detail);
	}
};
