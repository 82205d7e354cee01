import {describe, expect, it} from 'vitest';
import {decide} from '../../../source/domain/plan/decide.ts';
import type {Look, WikiLook} from '../../../source/domain/plan/look.ts';
import type {Repository} from '../../../source/domain/plan/repository.ts';
import type {
	MirrorRecord,
	MirrorStamp,
	RepositoryRecord,
	SavedRepository,
	WikiRecord,
} from '../../../source/domain/record/record.ts';

const print: MirrorStamp = {
	head: 'ref: refs/heads/main',
	packedRefsSize: 1,
	packedRefsTime: 1,
	headsTime: 1,
	tagsTime: 1,
	packsTime: 1,
};

const mirror = (digest: string): MirrorRecord => ({
	refs: {digest, count: 1},
	print,
	changedAt: '2026-11-01T02:00:00Z',
	keptTips: 0,
	size: 1000,
});

const repository = {workspace: 'acme', slug: 'api', isPrivate: true} as Repository;
const savedWiki: WikiRecord = {state: 'saved', mirror: mirror('wiki')};
const seenWiki: WikiLook = {state: 'seen', refs: {digest: 'wiki', count: 1}};

type Seen = Extract<Look, {state: 'seen'}>;

const actionFor = (seen: Partial<Seen> = {}, record: Partial<RepositoryRecord> = {}): string => {
	const saved = {
		folder: 'acme#api',
		record: {...repository, repo: mirror('repo'), wiki: savedWiki, ...record},
	} as SavedRepository;
	const refs = {digest: 'repo', count: 1};
	const look: Look = {state: 'seen', refs, print, wiki: seenWiki, wikiPrint: print, ...seen};
	return decide(repository, saved, look, false).action;
};

describe('what is to be done for a repository that is saved', () => {
	it('is nothing only where upstream, record and the files of both mirrors agree', () => {
		expect(actionFor()).toBe('none');
	});

	it.each<[string, string, Partial<Seen>, Partial<RepositoryRecord>]>([
		['upstream changed', 'update', {refs: {digest: 'other', count: 1}}, {}],
		['its mirror is not there', 'clone', {print: undefined}, {}],
		["its mirror's files changed", 'update', {print: {...print, packsTime: 2}}, {}],
		['it is marked as damaged', 'update', {}, {damage: 'objects are damaged'}],
		["its wiki's mirror is not there", 'update', {wikiPrint: undefined}, {}],
		["its wiki's files changed", 'update', {wikiPrint: {...print, headsTime: 2}}, {}],
		['its wiki changed', 'update', {wiki: {...seenWiki, refs: {digest: 'other', count: 1}}}, {}],
		['its wiki is marked', 'update', {}, {wiki: {...savedWiki, damage: 'objects are damaged'}}],
		[
			'it has a wiki now',
			'update',
			{},
			{wiki: {state: 'missing', missingAt: '2026-11-01T02:00:00Z'}},
		],
		['its wiki is gone', 'record', {wiki: {state: 'missing'}}, {}],
		['it is back upstream', 'record', {}, {goneSince: '2026-11-01T02:00:00Z'}],
		['it was renamed', 'record', {}, {slug: 'old'}],
		['it became public', 'record', {}, {isPrivate: false}],
	])('where %s is: %s', (_, action, seen, record) => {
		expect(actionFor(seen, record)).toBe(action);
	});
});
