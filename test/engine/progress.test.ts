import {readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {commitFile} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const packsOf = (slug: string): ReadonlyMap<string, number> => {
	const folder = join(acme.mirror(slug), 'objects', 'pack');
	const names = readdirSync(folder).filter((name) => name.endsWith('.pack'));
	return new Map(names.map((name) => [name, statSync(join(folder, name)).size]));
};

const sum = (sizes: Iterable<number>): number => [...sizes].reduce((all, size) => all + size, 0);

it('the largest of what is to be cloned is begun first, so that nothing long is left to the end', async () => {
	for (const [slug, size] of [
		['api', 5_000_000],
		['data', 900_000_000],
		['web', 7_000_000],
	] as const) {
		acme.sandbox.addRepository({workspace: 'acme', slug, size});
	}

	const {events} = await acme.run({run: {concurrency: 1}});

	expect(
		events.flatMap((event) => (event.type === 'repository-started' ? [event.repository] : [])),
	).toEqual(['acme/data', 'acme/web', 'acme/api']);
});

it.each([
	[true, 'is told as it goes'],
	[false, 'is not asked for where nobody watches'],
])(
	'the progress of a transfer (watched: %s) %s, and what was received is counted',
	async (isWatched) => {
		const {path} = await acme.add('api');

		const first = await acme.run({run: {isWatched}});
		const before = packsOf('api');
		await commitFile(path);
		const second = await acme.run({run: {isWatched}});

		for (const {events} of [first, second]) {
			const progressed = events.filter(({type}) => type === 'repository-progressed');
			expect(progressed.length > 0).toBe(isWatched);
		}
		const added = [...packsOf('api')].filter(([name]) => !before.has(name));
		expect(added).toHaveLength(1);
		expect(first.outcomes.get('acme/api')).toMatchObject({received: sum(before.values())});
		const size = sum(added.map(([, each]) => each));
		const {received = 0} = {...second.outcomes.get('acme/api')} as {received?: number};
		// A thin pack is completed here.
		expect(received).toBeGreaterThan(0);
		expect(received).toBeLessThanOrEqual(size);
	},
);
