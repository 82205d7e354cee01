import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {usualFolder} from '../../source/domain/plan/layout.ts';
import {
	formatRecord,
	type RepositoryRecord,
	type SavedEntry,
} from '../../source/domain/record/record.ts';

type Changes = {
	readonly record?: Partial<RepositoryRecord>;
	readonly entry?: Partial<SavedEntry>;
};

/** The record of a repository in a source's folder, as a backup leaves it, without a mirror. */
export const saveRecord = (source: string, slug: string, {record, entry}: Changes = {}): void => {
	const repository = {workspace: 'acme', slug, uuid: `0123456789-${slug.length}`};
	const details = {isPrivate: true, mainBranch: 'main', hasWiki: false, size: 1, cloneUrl: ''};
	const folder = join(source, usualFolder({...repository, ...details}));
	mkdirSync(folder, {recursive: true});
	const repo: SavedEntry = {
		state: 'saved',
		size: 1,
		changedAt: '2026-11-20T12:00:00Z',
		...entry,
	};
	const text = formatRecord({
		...repository,
		isPrivate: true,
		formerNames: [],
		firstSavedAt: '2026-10-01T02:00:00Z',
		parts: {repo},
		...record,
	});
	writeFileSync(join(folder, 'cistern.json'), text);
};
