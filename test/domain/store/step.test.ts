import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {filesOf, orderSteps} from '../../../source/domain/store/chain.ts';
import {formatStep, parseStep, type Step} from '../../../source/domain/store/step.ts';

const hex = (length: number) =>
	fc.string({
		unit: fc.constantFrom(...'0123456789abcdef'),
		minLength: length,
		maxLength: length,
	});

const sending = hex(8).map((end) => `20261129T020000123Z-${end}`);

const sealed = (name: fc.Arbitrary<string>) =>
	fc.record({name, size: fc.nat(), sha256: hex(64), md5: hex(32), plain: hex(64)});

const line = fc.string({minLength: 1}).filter((text) => !text.includes('\n'));

const refName = fc
	.string({minLength: 1})
	.filter((text) => /^[^ \n./]+$/.test(text))
	.map((name) => `refs/heads/${name}`);

const anyStep: fc.Arbitrary<Step> = fc.record({
	uuid: fc.uuid().map((text) => text.toLowerCase()),
	name: line,
	source: line,
	part: fc.constantFrom('repo', 'wiki', 'lfs'),
	at: fc.constant('2026-11-29T02:00:41.128Z'),
	record: line,
	parents: fc.array(sending.map((name) => `${name}.repo.step.age`)),
	bundle: fc.option(sealed(sending.map((name) => `${name}.repo.bundle.age`)), {nil: undefined}),
	isFull: fc.boolean(),
	isUpstream: fc.boolean(),
	shallow: fc.array(hex(40)),
	files: fc.array(
		fc.record({
			path: hex(64).map((oid) => `repo/lfs/objects/${oid}`),
			object: sealed(
				fc.tuple(sending, hex(64)).map(([name, oid]) => `${name}.lfs.${oid}.file.age`),
			),
		}),
	),
	without: fc.array(fc.constant('lfs-missing.json')),
	texts: fc.array(fc.record({path: fc.constant('lfs-missing.json'), text: fc.string()})),
	head: fc.option(refName, {nil: undefined}),
	refs: fc.array(fc.tuple(refName, hex(40))).map((refs) => new Map(refs.toSorted())),
});

const step: Step = {
	uuid: 'd24057cc-3b0c-43e1-920c-449c2fec4783',
	name: 'acme/api',
	source: 'acme',
	part: 'repo',
	at: '2026-11-29T02:00:41.128Z',
	record: '{}',
	parents: [],
	bundle: undefined,
	isFull: true,
	isUpstream: false,
	shallow: [],
	files: [],
	without: [],
	texts: [],
	head: 'refs/heads/main',
	refs: new Map([['refs/heads/main', '33c27609c6b25ff0c1f4ab152d70f40ecd671f50']]),
};

const readable = {
	sha256: 'a'.repeat(64),
	md5: 'b'.repeat(32),
	plain: 'c'.repeat(64),
	size: 7,
};

describe('a step', () => {
	it('is read as it was written', () => {
		fc.assert(
			fc.property(anyStep, (one) => {
				expect(parseStep(formatStep(one))).toEqual({state: 'read', step: one});
			}),
		);
	});

	it('without refs is that of a part that is no repository, and one of an empty repository has none', () => {
		for (const refs of [undefined, new Map()]) {
			const one = {...step, head: undefined, refs};
			expect(parseStep(formatStep(one))).toEqual({state: 'read', step: one});
		}
	});

	it('is a text that stays readable for ever', () => {
		const name = '20261129T020040945Z-5d12c7ae.repo.bundle.age';
		expect(formatStep({...step, bundle: {name, ...readable}})).toBe(`cistern-step 1
uuid d24057cc-3b0c-43e1-920c-449c2fec4783
name acme/api
source acme
part repo
at 2026-11-29T02:00:41.128Z
record {}
bundle 20261129T020040945Z-5d12c7ae.repo.bundle.age sha256=${'a'.repeat(64)} size=7 md5=${'b'.repeat(32)} plain=${'c'.repeat(64)}
full

ref: refs/heads/main HEAD
33c27609c6b25ff0c1f4ab152d70f40ecd671f50 refs/heads/main
`);
	});

	it('that was cut anywhere is not taken for a shorter one', () => {
		const text = formatStep({
			...step,
			refs: new Map([...(step.refs ?? []), ['refs/tags/v1', 'd'.repeat(40)]]),
		});
		for (let end = 0; end < text.length; end += 1) {
			const read = parseStep(text.slice(0, end));
			// Whole lines of refs are all that a cut can leave: the hash of the object finds that.
			expect(read.state === 'read' && !/\n$/.test(text.slice(0, end))).toBe(false);
		}
	});

	it('with a line end in a value is not written', () => {
		for (const key of ['name', 'source', 'record'] as const) {
			expect(() => formatStep({...step, [key]: 'a\nparent b'})).toThrow('cannot be read back');
		}
	});

	it.each([
		['a path that leads out', 'file ../../.ssh/keys NAME sha256=A size=7 md5=B plain=C'],
		['a text that leads out', 'text ../keys ""'],
		['a text that is none', 'text keys 7'],
		['a hidden path', 'file .git/config NAME sha256=A size=7 md5=B plain=C'],
		['an object elsewhere', 'file a ../x sha256=A size=7 md5=B plain=C'],
		['a step elsewhere', 'parent ../../other/20261129T020040945Z-5d12c7ae.repo.step'],
		['a second bundle', 'bundle X sha256=A size=7 md5=B plain=C'],
		['a second uuid', 'uuid d24057cc-3b0c-43e1-920c-449c2fec4784'],
	])('with %s is refused', (_, hostile) => {
		const object = '20261129T020040945Z-5d12c7ae';
		const line = hostile
			.replace('NAME', `${object}.lfs.${'d'.repeat(64)}.file.age`)
			.replace('X', `${object}.repo.bundle`)
			.replace('A', readable.sha256)
			.replace('B', readable.md5)
			.replace('C', readable.plain);
		const name = `${object}.repo.bundle`;
		const text = formatStep({...step, bundle: {name, ...readable}});
		expect(parseStep(text.replace('\nfull\n', `\nfull\n${line}\n`)).state).toBe('damaged');
	});

	it.each([
		'refs/heads/a b',
		'refs/../../config',
		'refs/heads/.x',
		'refs/heads/x.lock',
		'heads/main',
		'refs/heads/a\u0000 x',
	])('with the ref %j is refused', (ref) => {
		expect(parseStep(formatStep(step).replace(/(\w{40}) .*/, `$1 ${ref}`)).state).toBe('damaged');
	});

	it('of a later version does not count as damaged', () => {
		expect(parseStep('cistern-step 2\n\n').state).toBe('newer');
		expect(parseStep('something else').state).toBe('damaged');
	});
});

describe('the order of steps', () => {
	it('has each after those it needs, and ends at a full one', () => {
		const named = (name: string, parents: readonly string[], isFull = false) =>
			[name, {...step, parents, isFull}] as const;
		const steps = new Map([
			named('full', ['older'], true),
			named('left', ['full']),
			named('right', ['full']),
			named('both', ['left', 'right']),
		]);
		const order = orderSteps(['both'], steps).map(({name}) => name);
		expect(order.toSorted()).toEqual(['both', 'full', 'left', 'right']);
		expect([order[0], order.at(-1)]).toEqual(['full', 'both']);
	});

	it('lets later files take the place of earlier ones, and leaves out those that went', () => {
		const sealedOf = (name: string) => ({name, size: 1, sha256: '', md5: '', plain: ''});
		const named = (name: string, paths: readonly string[], without: readonly string[] = []) => {
			const files = paths.map((path) => ({path, object: sealedOf(`${path} of ${name}`)}));
			return {name, step: {...step, isFull: name === 'one', files, without}};
		};
		const files = filesOf([named('one', ['a', 'b', 'c']), named('two', ['b'], ['c'])]);
		expect([...files].map(([path, {name}]) => [path, name])).toEqual([
			['a', 'a of one'],
			['b', 'b of two'],
		]);
	});

	it('throws for a missing step and for a circle', () => {
		const circle = new Map([
			['a', {...step, isFull: false, parents: ['b']}],
			['b', {...step, isFull: false, parents: ['a']}],
		]);
		expect(() => orderSteps(['a'], circle)).toThrow('circle');
		expect(() => orderSteps(['c'], circle)).toThrow('missing');
	});

	it('of a chain of twenty thousand steps ends', () => {
		const count = 20_000;
		const steps = new Map(
			Array.from({length: count}, (_, index) => [
				String(index),
				{...step, isFull: index === 0, parents: [String(index - 1)]},
			]),
		);
		expect(orderSteps([String(count - 1)], steps)).toHaveLength(count);
	});
});
