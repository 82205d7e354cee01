import {readdir, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import type {Git} from '../../ports/git.ts';
import {inMirror} from './mirror.ts';
import type {RunGit} from './open-git.ts';

/** Files by which git knows that a part of the history or of the objects is left out or elsewhere. */
const signsOfPart: readonly (readonly [path: string, meaning: string])[] = [
	['shallow', 'its history was cut off (a shallow clone)'],
	['info/grafts', 'its history was altered (grafts)'],
	['objects/info/alternates', "it borrows another repository's objects (alternates)"],
	['objects/info/http-alternates', "it borrows another repository's objects (alternates)"],
];

/** A commit-graph would answer for commits that are not there any more. */
const withoutShortcuts = ['-c', 'core.commitGraph=false'];

export const wholeCopyMethod =
	(run: RunGit): Git['requireWhole'] =>
	async (mirror, signal) => {
		const detail = await findSignOfPart(mirror);
		if (detail !== undefined) {
			throw new FailureError({kind: 'mirror-unusable', path: mirror, detail});
		}

		const walk = [...withoutShortcuts, 'rev-list', '--objects', '--all', '--quiet'];
		await inMirror(run)(mirror, walk, {signal});
	};

const findSignOfPart = async (mirror: string): Promise<string | undefined> => {
	for (const [path, meaning] of signsOfPart) {
		const isThere = await stat(join(mirror, path)).then(
			({size}) => size > 0,
			() => false,
		);
		if (isThere) {
			return meaning;
		}
	}

	const packs = await readdir(join(mirror, 'objects', 'pack')).catch(() => []);
	return packs.some((name) => name.endsWith('.promisor'))
		? 'objects were left out of it (a partial clone)'
		: undefined;
};
