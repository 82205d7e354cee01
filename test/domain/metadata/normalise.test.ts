import {describe, expect, it} from 'vitest';
import {FailureError} from '../../../source/domain/failure/failure.ts';
import {isJsonList, isJsonObject} from '../../../source/domain/json.ts';
import {formatJson, normalise} from '../../../source/domain/metadata/normalise.ts';
import {createRandom, type Random} from '../../helpers/random.ts';

const pullRequest: unknown = {
	id: 142,
	title: 'Give the gate a budget',
	links: {self: {href: 'https://api.bitbucket.org/2.0/repositories/acme/api/pullrequests/142'}},
	rendered: {title: {raw: 'Give the gate a budget'}},
	summary: {html: '<p>Retries</p>'},
	source: {
		branch: {name: 'gate-budget', links: {}},
		repository: {type: 'repository', name: 'api', full_name: 'acme/api', uuid: '{310c}', links: {}},
	},
	participants: [
		{approved: false, user: {uuid: '{dd}', display_name: 'Bo'}},
		{approved: true, user: {uuid: '{aa}', display_name: 'Ann'}},
	],
	reviewers: [{uuid: '{dd}'}, {uuid: '{aa}'}],
	new_field: ['b', 'a'],
};

const textOf = (json: unknown, sets: 'people' | 'all' = 'people'): string =>
	formatJson(normalise(json, sets).value);

describe('an answer that is kept', () => {
	it('has its keys in order, identities in place of other things, and no address', () => {
		expect(normalise(pullRequest, 'people').value).toEqual({
			id: 142,
			new_field: ['b', 'a'],
			participants: [
				{approved: true, user: {display_name: 'Ann', uuid: '{aa}'}},
				{approved: false, user: {display_name: 'Bo', uuid: '{dd}'}},
			],
			reviewers: [{uuid: '{aa}'}, {uuid: '{dd}'}],
			source: {
				branch: {name: 'gate-budget'},
				repository: {full_name: 'acme/api', uuid: '{310c}'},
			},
			title: 'Give the gate a budget',
		});
		expect(Object.keys(JSON.parse(textOf(pullRequest)))).toEqual([
			'id',
			'new_field',
			'participants',
			'reviewers',
			'source',
			'title',
		]);
	});

	it('keeps all of a repository that is not named by another thing', () => {
		const repository = {type: 'repository', description: 'the API', project: {key: 'P', name: 'x'}};
		expect(normalise(repository, 'all').value).toEqual({
			description: 'the API',
			project: {key: 'P'},
			type: 'repository',
		});
	});

	it('knows a thing by its type too, as the subject of a webhook', () => {
		const hook = {url: 'https://ci', subject: {type: 'repository', name: 'api', uuid: '{1}'}};
		expect(normalise([hook], 'all').value).toEqual([{subject: {uuid: '{1}'}, url: 'https://ci'}]);
	});

	it('leaves out the counts and dates that move by themselves', () => {
		const json = {last_used: 'now', last_accessed: 'now', downloads: 17, size: 3};
		expect(normalise(json, 'all').value).toEqual({size: 3});
	});

	it.each(Array.from({length: 20}, (_, seed) => seed))(
		'is the same text whatever the order of keys and sets, and another for one character (seed %i)',
		(seed) => {
			const random = createRandom(seed);
			const json = makeAnswer(random);
			const text = textOf(json, 'all');
			expect(textOf(shuffle(json, random), 'all')).toBe(text);
			expect(textOf(normalise(json, 'all').value, 'all')).toBe(text);
			expect(textOf(changeOne(json, random), 'all')).not.toBe(text);
		},
	);

	it('says which secrets it leaves out, and holds none', () => {
		const canary = 'CANARY-7f3a';
		const {value, secrets} = normalise(
			[
				{key: 'PLAIN', secured: false, value: 'shown'},
				{key: 'HIDDEN', secured: true, value: canary},
				{url: 'https://ci', secret: canary, secret_set: true},
				{key_pair: {private_key: canary, public_key: 'ssh-ed25519'}},
				{nested: [{deeper: {password: canary, token: [canary]}}]},
				{secret: '', token: null},
			],
			'all',
		);
		const text = formatJson(value);
		expect(text).not.toContain(canary);
		expect(text).toContain('shown');
		expect(text).toContain('"secret": ""');
		expect([...secrets].toSorted()).toEqual([
			'password',
			'private_key',
			'secret',
			'token',
			'value',
		]);
	});

	it('refuses one that is nested without an end', () => {
		const nested: unknown = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`);
		expect(() => normalise(nested, 'all')).toThrow(FailureError);
	});

	it('keeps a field with the name of a prototype', () => {
		const json: unknown = JSON.parse('{"__proto__": {"admin": true}, "a": 1}');
		expect(textOf(json)).toBe('{\n  "__proto__": {\n    "admin": true\n  },\n  "a": 1\n}\n');
	});

	it('holds no character that a terminal obeys, and means the same', () => {
		const json = {title: '\u001b[2J \u009b2J \u202egnp.exe \u{1f600} ü'};
		const text = textOf(json);
		expect(['\u001b', '\u009b', '\u202e'].filter((one) => text.includes(one))).toEqual([]);
		expect(text).toContain('\u{1f600} ü');
		expect(JSON.parse(text)).toEqual(json);
	});
});

const makeAnswer = (random: Random): unknown =>
	Array.from({length: 2 + random(4)}, (_, index) => ({
		id: index + 1,
		title: `t${random(1000)}`,
		events: [`push${random(9)}`, `pull${random(9)}`],
		users: Array.from({length: random(4)}, (__, user) => ({
			user: {uuid: `{${user}}`, display_name: `n${random(100)}`},
			permission: random(2) === 0 ? 'read' : 'admin',
		})),
	}));

const shuffle = (json: unknown, random: Random): unknown => {
	const mix = <Item>(items: readonly Item[]): readonly Item[] =>
		items
			.map((item) => ({item, at: random(1_000_000)}))
			.toSorted((left, right) => left.at - right.at)
			.map(({item}) => item);
	if (isJsonList(json)) {
		return mix(json.map((item) => shuffle(item, random)));
	}

	return isJsonObject(json)
		? Object.fromEntries(
				mix(Object.entries(json)).map(([name, value]) => [name, shuffle(value, random)]),
			)
		: json;
};

/** Changes one title: every item has one. */
const changeOne = (json: unknown, random: Random): unknown => {
	const items = isJsonList(json) ? json : [];
	const chosen = random(items.length);
	return items.map((item, index) =>
		index === chosen && isJsonObject(item) ? {...item, title: `${item['title']}!`} : item,
	);
};
