import {join} from 'node:path';
import {expect} from 'vitest';
import type {StoreSettings} from '../../source/domain/settings/settings.ts';
import {findHeads, parseIndexName} from '../../source/domain/store/names.ts';
import type {Step} from '../../source/domain/store/step.ts';
import {parseIndex} from '../../source/domain/store/store-index.ts';
import type {Fetching} from '../../source/engine/store/fetch-repository.ts';
import {readStep} from '../../source/engine/store/read-steps.ts';
import {listIndexes, readIndexes} from '../../source/engine/store/read-store.ts';
import {runGit} from '../../source/sandbox/bare-repository.ts';
import {openFetching} from './store.ts';
import {makeTemporaryFolder} from './temporary-folder.ts';

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
export const auditStore = async (
	settings: StoreSettings,
	identities: readonly string[] = [],
): Promise<number> => {
	const fetching = openFetching(settings, identities);
	const {store, signal} = fetching;
	const names = await listIndexes(fetching);
	const ever = new Map<string, Set<string>>();
	for (const name of names) {
		const text = await store.openText(name, {identities, signal});
		const read = parseIndex(text);
		expect(read.state).toBe('read');
		if (read.state === 'read') {
			gather(read.index.repos, ever);
		}
	}

	expect(names.every((name) => parseIndexName(name) !== undefined)).toBe(true);
	expect(findHeads(names).length).toBeGreaterThan(names.length === 0 ? -1 : 0);
	const newest = await findNewest(fetching);
	let states = 0;
	for (const [uuid, heads] of ever) {
		const reached = await walk(fetching, uuid, newest.get(uuid) ?? new Set());
		expect([...heads].filter((head) => !reached.has(head))).toEqual([]);
		states += reached.size;
	}

	return states;
};

const findNewest = async (fetching: Fetching): Promise<Heads> => {
	const newest = new Map<string, Set<string>>();
	for (const {repos} of (await readIndexes(fetching)).values()) {
		gather(repos, newest);
	}

	return newest;
};

/**
 * Every state that the store leads to comes back whole, made of its bundles alone. Gives them, each
 * after those that it builds on. `look`: sees the mirror with all states of a part.
 */
export const rebuildStates = async (
	settings: StoreSettings,
	identities: readonly string[] = [],
	look: (mirror: string, states: readonly Step[]) => Promise<void> = async () => {},
): Promise<readonly Step[]> => {
	const fetching = openFetching(settings, identities);
	const states: Step[] = [];
	for (const [uuid, heads] of await findNewest(fetching)) {
		const steps = parentsFirst(await walk(fetching, uuid, heads));
		for (const part of new Set(steps.map((step) => step.part))) {
			const ofPart = steps.filter((step) => step.part === part && step.refs !== undefined);
			await look(await rebuildPart(fetching, ofPart), ofPart);
		}

		states.push(...steps);
	}

	return states;
};

/** Not by their time: after a kill, the clock of a test may stand still. */
const parentsFirst = (steps: ReadonlyMap<string, Step>): readonly Step[] => {
	const ordered = new Set<Step>();
	const add = (name: string): void => {
		const step = steps.get(name);
		if (step !== undefined && !ordered.has(step)) {
			step.parents.forEach(add);
			ordered.add(step);
		}
	};
	for (const name of steps.keys()) {
		add(name);
	}

	return [...ordered];
};

/** Gives the path of the mirror. */
const rebuildPart = async (fetching: Fetching, steps: readonly Step[]): Promise<string> => {
	const {store, identities, signal, git} = fetching;
	const mirror = join(makeTemporaryFolder(), 'mirror');
	await git.createMirror(mirror);
	for (const {uuid, bundle} of steps) {
		if (bundle !== undefined) {
			const reading = {identities, known: bundle, signal};
			const content = await store.open(`repos/${uuid}/${bundle.name}`, reading);
			await git.unpackBundle(mirror, content, signal);
		}
	}

	const refs = steps.flatMap(({refs: of = new Map<string, string>()}, index) =>
		[...of].map(([ref, to]) => ({
			ref: ref.replace(/^refs/, `refs/state-${index}`),
			from: undefined,
			to,
		})),
	);
	await git.updateRefs(mirror, refs);
	expect(await runGit(mirror, ['fsck', '--full', '--no-dangling'])).toBe('');
	return mirror;
};

/** All steps that heads lead to, by their names. Reads every object that they name. */
const walk = async (
	fetching: Fetching,
	uuid: string,
	heads: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Step>> => {
	const {store, identities, signal} = fetching;
	const reached = new Map<string, Step>();
	const open = [...heads];
	for (let name = open.pop(); name !== undefined; name = open.pop()) {
		if (!reached.has(name)) {
			const step = await readStep(fetching, uuid, name);
			reached.set(name, step);
			open.push(...step.parents);
			for (const {name: object, ...known} of [
				...(step.bundle === undefined ? [] : [step.bundle]),
				...step.files.map((file) => file.object),
			]) {
				const reading = {identities, known, signal};
				for await (const _ of await store.open(`repos/${uuid}/${object}`, reading)) {
					// Read to its end, it is what the step says.
				}
			}
		}
	}

	return reached;
};
