import {describe, expect, it} from 'vitest';
import {nameFolders as name, type Placed} from '../../../source/domain/restore/places.ts';

const nameFolders = (parts: readonly Placed[], kind?: 'remote'): readonly string[] =>
	name(parts, kind).map((each) => each.name);

const placed = (source: string, folder: string, suffix = ''): Placed => ({
	suffix,
	source,
	folder,
	slug: folder.replace(/^.*#/, '').replace(/~.*$/, ''),
});

describe('the folder of each of several restored repositories', () => {
	it('has the name of the repository', () => {
		expect(nameFolders([placed('acme', 'acme#api'), placed('acme', 'acme#web')])).toEqual([
			'api',
			'web',
		]);
	});

	it('has its name in the backup when two names are equal but for case', () => {
		expect(
			nameFolders([
				placed('acme', 'acme#api'),
				placed('acme', 'acme#API~1f2e3d4c'),
				placed('acme', 'acme#web'),
			]),
		).toEqual(['acme#api', 'acme#API~1f2e3d4c', 'web']);
	});

	it('starts with the source when two have the same folder', () => {
		expect(nameFolders([placed('one', 'acme#api'), placed('two', 'acme#api')])).toEqual([
			'one#acme#api',
			'two#acme#api',
		]);
	});

	it('is never a path that leads out of the target', () => {
		const evil = {source: 'acme', folder: 'acme#_~1f2e3d4c', slug: '../../etc', suffix: ''};
		expect(nameFolders([evil, {...evil, folder: 'acme#__~2f2e3d4c', slug: 'nul'}])).toEqual([
			'acme#_~1f2e3d4c',
			'acme#__~2f2e3d4c',
		]);
	});

	it('goes to the repository when its name is that of another one with the end of a part', () => {
		const parts = [
			placed('acme', 'acme#api'),
			placed('acme', 'acme#api', '.wiki'),
			placed('acme', 'acme#Api.wiki'),
			placed('acme', 'acme#Api.wiki', '.wiki'),
		];
		expect(name(parts)).toEqual([
			{name: 'api'},
			{name: 'acme#api.wiki', taken: 'api.wiki'},
			{name: 'Api.wiki'},
			{name: 'Api.wiki.wiki'},
		]);
	});

	it('is never that of another, even if an address allows fewer characters', () => {
		const parts = [
			placed('acme', 'acme#api'),
			placed('acme', 'acme#api', '.wiki'),
			placed('acme', 'acme#api.wiki'),
			placed('acme', 'acme#acme-api.wiki'),
			placed('acme', 'acme#acme-acme-api.wiki'),
		];
		expect(nameFolders(parts, 'remote')).toEqual([
			'api',
			'acme-acme-api-2.wiki',
			'api.wiki',
			'acme-api.wiki',
			'acme-acme-api.wiki',
		]);
	});
});
