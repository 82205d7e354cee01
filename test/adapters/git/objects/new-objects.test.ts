import {join} from 'node:path';
import fc from 'fast-check';
import {expect, it} from 'vitest';
import {findNewObjects} from '../../../../source/adapters/git/objects/new-objects.ts';
import {makeBareRepository} from '../../../../source/sandbox/bare-repository.ts';
import {writeLoose} from '../../../helpers/loose-objects.ts';
import {makeTemporaryFolder} from '../../../helpers/temporary-folder.ts';

const {signal} = new AbortController();

const anyFile = fc.constantFrom('one', 'two', 'three');
const anyFolder = fc.dictionary(fc.constantFrom('a', 'b'), anyFile);
/** Few different states, so that one comes back after another that shares folders with it. */
const anyHistory = fc.record({
	states: fc.array(
		fc.record({files: anyFolder, folders: fc.dictionary(fc.constantFrom('x', 'y'), anyFolder)}),
		{minLength: 3, maxLength: 3},
	),
	commits: fc.array(
		fc.record({
			state: fc.nat(2),
			/** How many commits before it its parents are. */
			parents: fc.constantFrom([1], [1], [2], [3, 1], []),
			isTip: fc.boolean(),
			isKnown: fc.constantFrom(true, false, false, false),
		}),
		{minLength: 1, maxLength: 10},
	),
});

type Entry = readonly [mode: string, name: string, oid: string];

it('every object that new tips reach is found, or reached by what is known', async () => {
	const path = join(makeTemporaryFolder(), 'repo');
	makeBareRepository(path, 'main');
	/** The objects that each object names. */
	const names = new Map<string, readonly string[]>();
	const write = (
		type: 'blob' | 'tree' | 'commit',
		content: Buffer | string,
		named: readonly string[],
	): string => {
		const oid = writeLoose(path, type, content);
		names.set(oid, named);
		return oid;
	};
	const writeTree = (entries: readonly Entry[]): string =>
		write(
			'tree',
			Buffer.concat(
				entries.flatMap(([mode, name, oid]) => [
					Buffer.from(`${mode} ${name}\0`),
					Buffer.from(oid, 'hex'),
				]),
			),
			entries.map(([, , oid]) => oid),
		);
	const writeFolder = (files: Readonly<Record<string, string>>): readonly Entry[] =>
		Object.entries(files)
			.toSorted()
			.map(([name, text]) => ['100644', name, write('blob', text, [])]);
	const reach = (from: Iterable<string>): ReadonlySet<string> => {
		const reached = new Set(from);
		for (const oid of reached) {
			for (const next of names.get(oid) ?? []) {
				reached.add(next);
			}
		}

		return reached;
	};

	await fc.assert(
		fc.asyncProperty(anyHistory, async ({states, commits}) => {
			const trees = states.map(({files, folders}) => {
				const below = Object.keys(folders)
					.toSorted()
					.map((name): Entry => ['40000', name, writeTree(writeFolder(folders[name] ?? {}))]);
				return writeTree([...writeFolder(files), ...below]);
			});
			const oids: string[] = [];
			for (const {state, parents} of commits) {
				const tree = trees[state] ?? '';
				const from = parents.flatMap((back) => oids.at(-back) ?? []);
				const person = `Ann <ann@example.com> ${1_780_000_000 + oids.length} +0000`;
				const lines = [
					`tree ${tree}`,
					...from.map((parent) => `parent ${parent}`),
					`author ${person}`,
					`committer ${person}`,
				];
				oids.push(write('commit', `${lines.join('\n')}\n\nChange\n`, [tree, ...from]));
			}

			const tips = oids.filter((_, index) => commits[index]?.isTip);
			const known = new Set(oids.filter((_, index) => commits[index]?.isKnown));
			const found = await findNewObjects(path, tips, known, signal);
			const all = new Set([...reach(known), ...(found?.objects ?? []).map(({oid}) => oid)]);
			expect(found).toBeDefined();
			expect([...reach(tips)].filter((oid) => !all.has(oid))).toEqual([]);
		}),
	);
});

it('a few trees that contain each other many times are walked once, and none after the run was ended', async () => {
	const path = join(makeTemporaryFolder(), 'repo');
	makeBareRepository(path, 'main');
	let tree = writeLoose(path, 'tree', '');
	for (let depth = 0; depth < 30; depth += 1) {
		const entries = ['a', 'b', 'c', 'd'].map((name) =>
			Buffer.concat([Buffer.from(`40000 ${name}\0`), Buffer.from(tree, 'hex')]),
		);
		tree = writeLoose(path, 'tree', Buffer.concat(entries));
	}

	const person = 'Ann <ann@example.com> 1780000000 +0000';
	const tip = writeLoose(
		path,
		'commit',
		`tree ${tree}\nauthor ${person}\ncommitter ${person}\n\nDeep\n`,
	);
	expect((await findNewObjects(path, [tip], new Set(), signal))?.objects).toHaveLength(32);
	const ended = AbortSignal.abort(new Error('the run has ended'));
	await expect(findNewObjects(path, [tip], new Set(), ended)).rejects.toThrow('the run has ended');
});
