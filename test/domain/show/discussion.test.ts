import {describe, expect, it} from 'vitest';
import {
	type Comment,
	deletedOn,
	openCommentHistory,
	readTasks,
	toThreads,
} from '../../../source/domain/show/discussion.ts';

const comment = (id: number, raw: string, more: object = {}): object => ({
	id,
	content: {raw},
	user: {display_name: 'Ann'},
	created_on: `2026-11-${String(id).padStart(2, '0')}T10:00:00.000000+00:00`,
	updated_on: '2026-11-20T10:00:00.000000+00:00',
	...more,
});

const read = (...versions: readonly (readonly object[])[]): readonly Comment[] => {
	const history = openCommentHistory();
	for (const [index, version] of versions.entries()) {
		history.add(JSON.stringify(version), Date.parse(`2026-11-${21 + index}T00:00:00Z`));
	}

	return history.comments();
};

describe('the history of comments', () => {
	it('has the words before an edit, and those of a deleted one', () => {
		const [edited, deleted] = read(
			[comment(1, 'first'), comment(2, 'to go')],
			[comment(1, 'second'), comment(2, 'to go')],
			[
				comment(1, 'third', {updated_on: '2026-11-23T08:00:00.000000+00:00'}),
				comment(2, '', {deleted: true, updated_on: '2026-11-23T09:00:00.000000+00:00'}),
			],
		);
		expect(edited).toMatchObject({
			text: 'third',
			earlier: [
				{text: 'first', until: '2026-11-20T10:00:00.000Z'},
				{text: 'second', until: '2026-11-23T08:00:00.000Z'},
			],
		});
		expect(deleted).toMatchObject({text: '', isDeleted: true, earlier: [{text: 'to go'}]});
		expect(deleted && deletedOn(deleted)).toBe('2026-11-23T09:00:00.000Z');
	});

	it('keeps a comment that is not in the list any more, and its words', () => {
		expect(read([comment(1, 'here'), comment(2, 'there')], [comment(2, 'there')])).toMatchObject([
			{
				id: 1,
				isDeleted: true,
				earlier: [{text: 'here', until: '2026-11-22T00:00:00.000Z'}],
			},
			{id: 2, isDeleted: false},
		]);
	});

	it('knows nothing of the words of one that was deleted before', () => {
		const [only] = read([comment(1, '', {deleted: true})]);
		expect(only).toMatchObject({isDeleted: true, earlier: []});
	});

	it('reads whatever stands there', () => {
		const history = openCommentHistory();
		history.add('no JSON', 0);
		history.add('{"id": 1}', 0);
		history.add('[1, null, {}, {"id": "x"}, {"id": 7, "content": 3, "user": [], "inline": {}}]', 0);
		expect(history.comments()).toMatchObject([{id: 7, author: 'unknown', text: ''}]);
	});
});

describe('threads', () => {
	const idsOf = (comments: readonly Comment[]) =>
		toThreads(comments).map((thread) => thread.map(({comment: {id}, depth}) => `${id}@${depth}`));
	const answer = (id: number, parent: number): object => comment(id, 'x', {parent: {id: parent}});

	it('put answers below what they answer', () => {
		expect(idsOf(read([comment(1, 'x'), comment(2, 'x'), answer(3, 1), answer(4, 3)]))).toEqual([
			['1@0', '3@1', '4@2'],
			['2@0'],
		]);
	});

	it('show answers in a circle, to themselves and to nothing', () => {
		const all = idsOf(
			read([answer(1, 2), answer(2, 1), answer(3, 3), answer(4, 99), answer(5, 4)]),
		);
		expect(all).toEqual([['1@0'], ['2@0'], ['3@0'], ['4@0', '5@1']]);
	});

	it('follow a chain of 20,000 answers without an end to the stack', () => {
		const chain = Array.from({length: 20_000}, (_, index) =>
			index === 0 ? comment(1, 'x') : answer(index + 1, index),
		);
		const [thread, ...others] = toThreads(read(chain));
		expect(thread).toHaveLength(20_000);
		expect(others).toEqual([]);
	});
});

it('tasks say who did them', () => {
	const tasks = [
		{content: {raw: 'Name it'}, state: 'UNRESOLVED', creator: {display_name: 'Ann'}},
		{
			content: {raw: 'Done'},
			state: 'RESOLVED',
			resolved_by: {nickname: 'bo'},
			resolved_on: '2026-11-20T10:00:00.000000+00:00',
		},
	];
	expect(readTasks(JSON.stringify(tasks))).toEqual([
		{text: 'Name it', isOpen: true, author: 'Ann', resolvedBy: undefined, resolvedOn: undefined},
		{
			text: 'Done',
			isOpen: false,
			author: 'unknown',
			resolvedBy: 'bo',
			resolvedOn: '2026-11-20T10:00:00.000Z',
		},
	]);
});
