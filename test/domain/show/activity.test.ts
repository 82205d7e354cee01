import {expect, it} from 'vitest';
import {readActivity} from '../../../source/domain/show/activity.ts';
import {nameMentions, readShown} from '../../../source/domain/show/pull-request.ts';

const update = (day: string, more: object = {}): object => ({
	update: {
		date: `2026-11-${day}T10:00:00.000000+00:00`,
		author: {display_name: 'Ann'},
		state: 'OPEN',
		title: 'Old',
		description: 'Old words',
		reviewers: [],
		source: {commit: {hash: 'aaa'}},
		destination: {branch: {name: 'main'}},
		...more,
	},
});

it('activity tells what changed from one update to the next, oldest first', () => {
	const events = readActivity(
		JSON.stringify([
			update('05', {state: 'MERGED', title: 'New', source: {commit: {hash: 'bbb'}}}),
			{approval: {date: '2026-11-04T10:00:00.000000+00:00', user: {display_name: 'Bo'}}},
			{changes_requested: {date: '2026-11-02T10:00:00.000000+00:00', user: {display_name: 'Bo'}}},
			update('01'),
			update('03', {title: 'New', source: {commit: {hash: 'bbb'}}}),
			{unheard_of: {date: '2026-11-06'}},
			7,
		]),
	);
	expect(events.map(({kind, who}) => [kind, who])).toEqual([
		['changes-requested', 'Bo'],
		['title', 'Ann'],
		['pushed', 'Ann'],
		['approved', 'Bo'],
		['state', 'Ann'],
	]);
	expect(events[1]).toMatchObject({before: 'Old', at: '2026-11-03T10:00:00.000Z'});
	expect(readActivity('no JSON')).toEqual([]);
});

it('a pull request is read with anything missing, and with dates that are none', () => {
	expect(readShown('{"id": 3, "created_on": "soon", "participants": {}, "source": null}')).toEqual({
		id: 3,
		title: '',
		state: '',
		isDraft: false,
		author: 'unknown',
		createdOn: undefined,
		updatedOn: undefined,
		from: undefined,
		to: undefined,
		description: '',
		participants: [],
		comments: 0,
		openTasks: 0,
		closedBy: undefined,
	});
	expect(readShown('{"id": "3"}')).toBeUndefined();
});

it('mentions get names, and only those of people', () => {
	const people = {'5571:bo': 'Bo Example'};
	expect(nameMentions('@{5571:bo} and @{toString} and @{x y}', people)).toBe(
		'@Bo Example and @{toString} and @{x y}',
	);
});
