import {describe, expect, it} from 'vitest';
import {nameFolders} from '../../../source/domain/restore/places.ts';

const placed = (source: string, folder: string) => ({
	source,
	folder,
	slug: folder.replace(/^.*#/, '').replace(/~.*$/, ''),
});

describe('where several repositories are restored', () => {
	it('is a folder of the name of each', () => {
		expect(nameFolders([placed('acme', 'acme#api'), placed('acme', 'acme#web')])).toEqual([
			'api',
			'web',
		]);
	});

	it('is told apart as in the backup where two had the name, or one that differs in case', () => {
		expect(
			nameFolders([
				placed('acme', 'acme#api'),
				placed('acme', 'acme#API~1f2e3d4c'),
				placed('acme', 'acme#web'),
			]),
		).toEqual(['acme#api', 'acme#API~1f2e3d4c', 'web']);
	});

	it('says the source where two have the same folder', () => {
		expect(nameFolders([placed('one', 'acme#api'), placed('two', 'acme#api')])).toEqual([
			'one#acme#api',
			'two#acme#api',
		]);
	});

	it('is never a path that leads elsewhere', () => {
		const evil = {source: 'acme', folder: 'acme#_~1f2e3d4c', slug: '../../etc'};
		expect(nameFolders([evil, {...evil, folder: 'acme#__~2f2e3d4c', slug: 'nul'}])).toEqual([
			'acme#_~1f2e3d4c',
			'acme#__~2f2e3d4c',
		]);
	});
});
