import {describe, expect, it} from 'vitest';
import {planFolders} from '../../../source/domain/plan/plan-folders.ts';
import type {Repository} from '../../../source/domain/plan/repository.ts';
import type {RepositoryRecord, SavedRepository} from '../../../source/domain/record/record.ts';

const repository = (uuid: string, slug: string): Repository => ({
	uuid,
	slug,
	workspace: 'acme',
	isPrivate: true,
	mainBranch: 'main',
	hasWiki: false,
	size: 0,
	cloneUrl: '',
});

const saved = (uuid: string, folder: string): SavedRepository => ({
	folder,
	record: {uuid, workspace: 'acme', slug: folder.split('#')[1] ?? ''} as RepositoryRecord,
});

const one = '11111111-0000-4000-8000-000000000000';
const two = '22222222-0000-4000-8000-000000000000';

/** Does the moves on a list of folders, as a file system that does not tell case apart would. */
const carryOut = (
	folders: readonly string[],
	moves: ReturnType<typeof planFolders>['moves'],
): readonly string[] => {
	const present = new Map(folders.map((folder) => [folder.toLowerCase(), folder]));
	for (const {from, to} of moves) {
		expect(present.has(from.toLowerCase())).toBe(true);
		present.delete(from.toLowerCase());
		expect(present.has(to.toLowerCase())).toBe(false);
		present.set(to.toLowerCase(), to);
	}

	return [...present.values()];
};

describe('a folder', () => {
	it("is called workspace#repository, as SCM Backup's are", () => {
		expect(planFolders([repository(one, 'api')], [], []).folders.get(one)).toBe('acme#api');
	});

	it.each([
		'..',
		'../x',
		'a/b',
		'a\\b',
		'nul',
		'com1.txt',
		'x'.repeat(300),
		'a\u0000b',
		'\u202egnp',
		'ends.',
		'',
	])('of the name %j stays in its place and is told apart by uuid', (slug) => {
		const folder = planFolders([repository(one, slug)], [], []).folders.get(one) ?? '';
		expect(folder).toMatch(/^acme#[\w.-]+~11111111$/);
		expect(folder.length).toBeLessThan(120);
	});

	it('of a name that differs only in case carries its uuid', () => {
		const {folders} = planFolders([repository(one, 'Api'), repository(two, 'api')], [], []);
		expect([...folders.values()]).toEqual(['acme#Api', 'acme#api~22222222']);
	});

	it('keeps its name when another comes that differs only in case', () => {
		const {folders, moves} = planFolders(
			[repository(one, 'API'), repository(two, 'api')],
			[saved(two, 'acme#api')],
			[],
		);
		expect(folders.get(two)).toBe('acme#api');
		expect(moves).toEqual([]);
	});
});

describe('renames', () => {
	it('that swap two names never land on a folder that is there', () => {
		const {moves} = planFolders(
			[repository(one, 'b'), repository(two, 'a')],
			[saved(one, 'acme#a'), saved(two, 'acme#b')],
			[],
		);
		expect(carryOut(['acme#a', 'acme#b'], moves)).toEqual(['acme#a', 'acme#b']);
	});

	it('in a chain happen from its free end', () => {
		const {moves} = planFolders(
			[repository(one, 'b'), repository(two, 'c')],
			[saved(one, 'acme#a'), saved(two, 'acme#b')],
			[],
		);
		expect(moves.map(({from}) => from)).toEqual(['acme#b', 'acme#a']);
	});

	it('of case alone are no collision', () => {
		const {moves} = planFolders([repository(one, 'Api')], [saved(one, 'acme#api')], []);
		expect(moves).toEqual([{uuid: one, from: 'acme#api', to: 'acme#Api'}]);
	});

	it('make a repository that is gone step aside for the one that has its name now', () => {
		const {moves, folders} = planFolders([repository(two, 'api')], [saved(one, 'acme#api')], []);
		expect(folders.get(two)).toBe('acme#api');
		expect(moves).toEqual([{uuid: one, from: 'acme#api', to: 'acme#api~11111111'}]);
	});
});

describe('a folder that no record gives to a repository', () => {
	const other = (folder: string, uuid?: string) => ({folder, uuid});

	it('is given to the new repository of its name, and to no other', () => {
		const {folders} = planFolders(
			[repository(one, 'api'), repository(two, 'API')],
			[],
			[other('acme#api')],
		);
		expect([...folders.values()]).toEqual(['acme#api', 'acme#API~22222222']);
	});

	it('is not given to one that has a folder already, nor to one of another uuid', () => {
		const renamed = planFolders(
			[repository(one, 'api')],
			[saved(one, 'acme#old')],
			[other('acme#api')],
		);
		expect(renamed.moves).toEqual([{uuid: one, from: 'acme#old', to: 'acme#api~11111111'}]);

		const {folders} = planFolders([repository(two, 'api')], [], [other('acme#api', one)]);
		expect(folders.get(two)).toBe('acme#api~22222222');
	});

	it('is not what one gets that has to step aside', () => {
		const aside = planFolders(
			[repository(two, 'api')],
			[saved(one, 'acme#api')],
			[other('acme#api~11111111')],
		);
		expect(aside.moves).toEqual([{uuid: one, from: 'acme#api', to: `acme#api~${one}`}]);

		const apart = planFolders(
			[repository(two, 'api')],
			[saved(one, 'acme#api~22222222')],
			[other('acme#api', one)],
		);
		expect(apart.folders.get(two)).toBe(`acme#api~${two}`);
	});
});
