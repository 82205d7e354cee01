import {expect} from 'vitest';
import type {StoreSettings} from '../../source/domain/settings/settings.ts';
import {findHeads, parseIndexName} from '../../source/domain/store/names.ts';
import {parseIndex} from '../../source/domain/store/store-index.ts';
import {listIndexes, readIndexes, readStep} from '../../source/engine/store/read-store.ts';
import {openFetching} from './store.ts';

/** The step names of all parts, by uuid. */
type Heads = ReadonlyMap<string, ReadonlySet<string>>;

const gather = (
	repos: Readonly<Record<string, {parts: Readonly<Record<string, {heads: readonly string[]}>>}>>,
	into: Map<string, Set<string>>,
): void => {
	for (const [uuid, {parts}] of Object.entries(repos)) {
		const found = into.get(uuid) ?? new Set();
		for (const {heads} of Object.values(parts)) {
			for (const head of heads) {
				found.add(head);
			}
		}

		into.set(uuid, found);
	}
};

/**
 * Every state that any index object ever named is reached from the newest ones, with all objects
 * that it names. Gives the number of such states.
 */
export const auditStore = async (settings: StoreSettings): Promise<number> => {
	const fetching = openFetching(settings);
	const {store, signal} = fetching;
	const names = await listIndexes(fetching);
	const ever = new Map<string, Set<string>>();
	for (const name of names) {
		const {text} = await store.openText(name, {identities: [], signal});
		const read = parseIndex(text);
		expect(read.state).toBe('read');
		if (read.state === 'read') {
			gather(read.index.repos, ever);
		}
	}

	expect(names.every((name) => parseIndexName(name) !== undefined)).toBe(true);
	expect(findHeads(names).length).toBeGreaterThan(names.length === 0 ? -1 : 0);
	const newest = new Map<string, Set<string>>();
	for (const {repos} of (await readIndexes(fetching)).values()) {
		gather(repos, newest);
	}

	let states = 0;
	for (const [uuid, heads] of ever) {
		const reached = await walk(fetching, uuid, newest.get(uuid) ?? new Set());
		expect([...heads].filter((head) => !reached.has(head))).toEqual([]);
		states += reached.size;
	}

	return states;
};

const walk = async (
	fetching: ReturnType<typeof openFetching>,
	uuid: string,
	heads: Heads extends ReadonlyMap<string, infer Names> ? Names : never,
): Promise<ReadonlySet<string>> => {
	const reached = new Set<string>();
	const open = [...heads];
	for (let name = open.pop(); name !== undefined; name = open.pop()) {
		if (!reached.has(name)) {
			reached.add(name);
			const step = await readStep(fetching, uuid, name);
			open.push(...step.parents);
			for (const {name: object, ...known} of [
				...(step.bundle === undefined ? [] : [step.bundle]),
				...step.files.map((file) => file.object),
			]) {
				const reading = {identities: [], known, signal: fetching.signal};
				for await (const _ of await fetching.store.open(`repos/${uuid}/${object}`, reading)) {
					// Read to its end, it is what the step says.
				}
			}
		}
	}

	return reached;
};
