import {describe, expect, it} from 'vitest';
import {nameFolders} from '../../../source/domain/restore/places.ts';

const placed = (source: string, folder: string) => ({
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
		const evil = {source: 'acme', folder: 'acme#_~1f2e3d4c', slug: '../../etc'};
		expect(nameFolders([evil, {...evil, folder: 'acme#__~2f2e3d4c', slug: 'nul'}])).toEqual([
			'acme#_~1f2e3d4c',
			'acme#__~2f2e3d4c',
		]);
	});
});
