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
		expect(second.outcomes.get('acme/api')).toMatchObject({
			received: sum(added.map(([, size]) => size)),
		});
	},
);
