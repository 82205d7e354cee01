import {describe, expect, it} from 'vitest';
import {decide, type PartLook} from '../../../source/domain/plan/plan.ts';
import type {Repository} from '../../../source/domain/plan/repository.ts';
import type {
	MirrorStamp,
	PartEntry,
	RepositoryRecord,
	SavedRepository,
} from '../../../source/domain/record/record.ts';
import type {MirrorEntry, SeenMirror} from '../../../source/parts/code/mirror.ts';
import {parts} from '../../../source/parts/registry.ts';

const stamp: MirrorStamp = {
	head: 'ref: refs/heads/main',
	packedRefsSize: 1,
	packedRefsTime: 1,
	headsTime: 1,
	tagsTime: 1,
	packsTime: 1,
};

const mirror = (digest: string): MirrorEntry => ({
	state: 'saved',
	refs: {digest, count: 1},
	print: stamp,
	changedAt: '2026-11-01T02:00:00Z',
	keptTips: 0,
	size: 1000,
});

const repository = {workspace: 'acme', slug: 'api', isPrivate: true} as Repository;
const other = {digest: 'other', count: 1};
const damage = 'objects are damaged';
const missing: PartEntry = {state: 'missing', missingAt: '2026-11-01T02:00:00Z'};

type Case = {
	readonly repo?: Partial<SeenMirror>;
	readonly wiki?: Partial<SeenMirror> | 'missing';
	readonly repoEntry?: Partial<MirrorEntry>;
	readonly wikiEntry?: PartEntry;
	readonly record?: Partial<RepositoryRecord>;
};

const seen = (digest: string, changes: Partial<SeenMirror> = {}): PartLook<SeenMirror> => ({
	state: 'seen',
	seen: {
		refs: {digest, count: 1},
		hasRefused: false,
		stamp,
		state: undefined,
		...changes,
	},
});

const actionFor = ({repo, wiki, repoEntry, wikiEntry, record}: Case): string => {
	const saved = {
		folder: 'acme#api',
		record: {
			...repository,
			parts: {
				repo: {...mirror('repo'), ...repoEntry},
				wiki: wikiEntry ?? mirror('wiki'),
			},
			...record,
		},
	} as SavedRepository;
	const looks = {
		repo: seen('repo', repo),
		wiki: wiki === 'missing' ? ({state: 'missing'} as const) : seen('wiki', wiki),
	};
	return decide(parts, repository, saved, {state: 'seen', parts: looks}, false).action;
};

describe('the decision about a saved repository', () => {
	it('is to do nothing only if upstream, record and the files of both mirrors agree', () => {
		expect(actionFor({})).toBe('none');
	});

	it.each<[string, string, Case]>([
		['upstream changed', 'update', {repo: {refs: other}}],
		['its mirror is missing', 'clone', {repo: {stamp: undefined}}],
		["its mirror's files changed", 'update', {repo: {stamp: {...stamp, packsTime: 2}}}],
		['it is marked as damaged', 'update', {repoEntry: {damage}}],
		["its wiki's mirror is missing", 'update', {wiki: {stamp: undefined}}],
		["its wiki's files changed", 'update', {wiki: {stamp: {...stamp, headsTime: 2}}}],
		['its wiki changed', 'update', {wiki: {refs: other}}],
		['its wiki is marked as damaged', 'update', {wikiEntry: {...mirror('wiki'), damage}}],
		['it has a wiki now', 'update', {wikiEntry: missing}],
		['its wiki is gone', 'record', {wiki: 'missing'}],
		['it is back upstream', 'record', {record: {goneSince: '2026-11-01T02:00:00Z'}}],
		['it was renamed', 'record', {record: {slug: 'old'}}],
		['it became public', 'record', {record: {isPrivate: false}}],
	])('if %s is: %s', (_, action, one) => {
		expect(actionFor(one)).toBe(action);
	});
});
