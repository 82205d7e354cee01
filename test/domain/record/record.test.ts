import {describe, expect, it} from 'vitest';
import {formatRecord, parseRecord, readPlainEntry} from '../../../source/domain/record/record.ts';
import {parts} from '../../../source/parts/registry.ts';

const mirror = {
	refs: {digest: 'x', count: 12},
	print: {
		head: 'ref: refs/heads/main',
		packedRefsSize: 1,
		packedRefsTime: 1,
		headsTime: 1,
		tagsTime: 1,
		packsTime: 1,
	},
	changedAt: '2026-11-01T02:00:00Z',
	keptTips: 2,
	size: 1000,
};

const loss = {
	mirror: 'wiki',
	setAside: 'wiki.damaged-1',
	rescued: 1,
	lost: [{ref: 'refs/heads/x', oid: 'a'.repeat(40), keptAt: '2026-11-01T02:00:00Z'}],
	unnamed: 0,
	history: 'whole',
	at: '2026-11-02T02:00:00Z',
};

const identity = {
	uuid: 'u',
	workspace: 'acme',
	slug: 'api',
	isPrivate: true,
	formerNames: ['acme/old'],
	firstSavedAt: '2026-10-01T02:00:00Z',
};

const version1 = {
	version: 1,
	...identity,
	repo: mirror,
	wiki: {state: 'saved', mirror, missingAt: '2026-11-03T02:00:00Z', damage: 'it is cut'},
	usesLfs: true,
	goneSince: '2026-11-04T02:00:00Z',
	damage: 'objects are damaged',
	losses: [loss],
};

const record = {
	...identity,
	goneSince: '2026-11-04T02:00:00Z',
	parts: {
		repo: {state: 'saved', ...mirror, damage: 'objects are damaged'},
		wiki: {
			state: 'saved',
			...mirror,
			missingAt: '2026-11-03T02:00:00Z',
			damage: 'it is cut',
		},
	},
	losses: [loss],
} as const;

const parse = (value: unknown) => parseRecord(JSON.stringify(value), parts);

describe('parseRecord', () => {
	it('reads back everything that formatRecord wrote', () => {
		const text = formatRecord(record as never);
		expect(parseRecord(text, parts)).toEqual({state: 'read', record});
		expect(JSON.parse(text).version).toBe(2);
	});

	it('carries a record of version 1 on', () => {
		expect(parse(version1)).toEqual({state: 'read', record});
	});

	it('carries a missing or no wiki of version 1 on', () => {
		const missing = {state: 'missing', missingAt: '2026-11-03T02:00:00Z'};
		const {damage: _, ...repo} = record.parts.repo;
		const {wiki: __, damage: ___, ...rest} = version1;
		expect(parse({...rest, wiki: missing})).toMatchObject({record: {parts: {repo, wiki: missing}}});
		expect(parse(rest)).toEqual({state: 'read', record: {...record, parts: {repo}}});
	});

	it('keeps the entry of a part that it does not know', () => {
		const notes = {state: 'saved', size: 5, changedAt: '2026-11-03T02:00:00Z', words: ['x']};
		const read = parse({version: 2, ...record, parts: {...record.parts, notes}});
		expect(read).toMatchObject({record: {parts: {notes}}});
		expect(readPlainEntry({state: 'saved', size: 'big'})).toBeUndefined();
	});

	it.each<[string, unknown]>([
		['no object', []],
		['without a uuid', {version: 2, ...record, uuid: undefined}],
		['without its main part', {version: 2, ...record, parts: {wiki: record.parts.wiki}}],
		['with a part that is none', {version: 2, ...record, parts: {...record.parts, wiki: {}}}],
		['of version 1, without its mirror', {...version1, repo: undefined}],
		['of version 1, with a wiki that is none', {...version1, wiki: {state: 'saved'}}],
		['with losses that are none', {version: 2, ...record, losses: [{}]}],
		['of no version', record],
	])('calls a record damaged that is %s', (_, value) => {
		expect(parse(value)).toEqual({state: 'damaged'});
	});

	it('tells a record of a newer Cistern, with its uuid', () => {
		expect(parse({version: 3, uuid: 'u'})).toEqual({state: 'newer', uuid: 'u'});
	});
});
