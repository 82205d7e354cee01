import {describe, expect, it} from 'vitest';
import {
	fileOf,
	patchOfPullRequest,
	pathOf,
	pathOfPullRequest,
	readPullRequestPath,
	readSettingPath,
} from '../../../source/domain/metadata/paths.ts';

const read = (text: string): unknown => JSON.parse(text);

describe('the place of a file', () => {
	it('tells which setting it holds, if any', () => {
		expect(readSettingPath('settings/hooks.json')).toBe('hooks');
		expect(readSettingPath('repository.json')).toBe('repository');
		expect(readSettingPath('projects/MAIN/deploy-keys.json')).toBe('projects/MAIN/deploy-keys');
		for (const name of ['people', 'images', 'reading', 'downloads']) {
			expect(readSettingPath(`${name}.json`)).toBeUndefined();
		}
	});

	it.each([
		[1, 'pull-requests/000000/1'],
		[99, 'pull-requests/000000/99'],
		[100, 'pull-requests/000100/100'],
		[142, 'pull-requests/000100/142'],
		[1_234_567, 'pull-requests/1234500/1234567'],
	])('is a folder of a hundred for pull request %i', (id, folder) => {
		expect(pathOfPullRequest(id, 'comments')).toBe(`${folder}/comments.json`);
		expect(patchOfPullRequest(id)).toBe(`${folder}/patch`);
		expect(readPullRequestPath(`${folder}/comments.json`)).toEqual({id, file: 'comments.json'});
	});

	it.each([0, -1, 1.5, Number.NaN, 2 ** 60])('is refused to a pull request numbered %d', (id) => {
		expect(() => pathOfPullRequest(id, 'tasks')).toThrow();
	});

	it.each([
		['API', 'projects/API/deploy-keys.json'],
		['CON', 'projects/0f1e/deploy-keys.json'],
		['../../x', 'projects/0f1e/deploy-keys.json'],
		['', 'projects/0f1e/deploy-keys.json'],
	])('never takes a name that could lead elsewhere: project %j', (key, path) => {
		expect(pathOf({kind: 'project', key, uuid: '{0f1e}', name: 'deploy-keys', value: []})).toBe(
			path,
		);
	});

	it.each(['../x', 'HEAD', ''])('is refused to a tip called %j', (commit) => {
		expect(() => pathOf({kind: 'tip', commit, value: {}})).toThrow();
	});
});

describe('the file of a pull request', () => {
	it('has comments by their numbers and no draft', () => {
		const comments: unknown = [
			{id: 100},
			{id: 20},
			{id: 3, pending: true},
			{id: 4, pending: false},
		];
		const {text} = fileOf({kind: 'comments', id: 1, value: comments});
		expect(read(text)).toEqual([{id: 4, pending: false}, {id: 20}, {id: 100}]);
	});

	it('has its activity by date, whatever the order of pages and keys', () => {
		const approval = {pull_request: {id: 1, title: 'x'}, approval: {date: '2026-02-01'}};
		const update = {update: {date: '2026-01-01', changes: {}}, pull_request: {id: 1}};
		const forward = fileOf({kind: 'activity', id: 1, value: [approval, update]});
		const backward = fileOf({kind: 'activity', id: 1, value: [update, approval]});
		expect(forward).toEqual(backward);
		expect(read(forward.text)).toEqual([
			{pull_request: {id: 1}, update: {changes: {}, date: '2026-01-01'}},
			{approval: {date: '2026-02-01'}, pull_request: {id: 1}},
		]);
	});

	it('keeps the order of commits', () => {
		const {text} = fileOf({kind: 'commits', id: 1, value: [{hash: 'b'}, {hash: 'a'}]});
		expect(read(text)).toEqual([{hash: 'b'}, {hash: 'a'}]);
	});
});

describe('a file of Cistern’s own', () => {
	it('keeps its lists and fields', () => {
		const value = {
			walked: [
				[9, 7],
				[5, 1],
			],
			links: 3,
		};
		expect(read(fileOf({kind: 'reading', value}).text)).toEqual(value);
	});
});
