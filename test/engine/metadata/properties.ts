import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {contentPath, type Download} from '../../../source/domain/metadata/downloads.ts';
import {formatJson} from '../../../source/domain/metadata/normalise.ts';
import {parseList} from '../../../source/engine/metadata/draft.ts';
import {readSaved} from '../../helpers/metadata.ts';
import type {Random} from '../../helpers/random.ts';
import {expectEach} from '../../helpers/seeds.ts';
import {git} from '../../helpers/upstream.ts';
import {changeSomething, deeds, type Living, readSavedFiles} from './living.ts';

/** People change things, and between them the seeds try each of their deeds. */
export const createChange = () => {
	const happened = expectEach(deeds);
	return (living: Living, random: Random, texts: string[], count: number): void => {
		for (let index = 0; index < count; index += 1) {
			living.clock.advance(random(60_000));
			const deed = changeSomething(living, random, texts);
			if (deed !== undefined) {
				happened(deed);
			}
		}
	};
};

export const expectSaved = async (
	living: Living,
	isCompared: (path: string) => boolean = () => true,
): Promise<void> => {
	for (const repository of living.repositories) {
		const saved = await readSavedFiles(living.mirror(repository), living.clock);
		const truth = await living.readTruth(repository);
		const compared = [...truth].filter(([path]) => isCompared(path));
		expect(Object.fromEntries([...saved].filter(([path]) => isCompared(path)))).toEqual(
			Object.fromEntries(compared.flatMap(([path, text]) => knowable(path, text, saved.get(path)))),
		);
	}
};

/** A comment that was deleted before it was ever seen may stay unknown: its words are gone anyway. */
const knowable = (
	path: string,
	text: string,
	saved: string | undefined,
): readonly (readonly [string, string])[] => {
	if (!path.endsWith('/comments.json')) {
		return [[path, text]];
	}

	const known = new Set(parseList(saved).map(({id}) => id));
	const list = parseList(text).filter(({id, deleted}) => deleted !== true || known.has(id));
	return list.length === 0 ? [] : [[path, formatJson(list)]];
};

/** Every download is here, and every pull request whose commits no branch has got a patch. */
export const expectContents = async (living: Living): Promise<void> => {
	expectDownloads(living);
	for (const repository of living.repositories) {
		const mirror = living.mirror(repository);
		const tree = await git(mirror, 'ls-tree', '-r', '--name-only', 'main');
		for (const {id, commits} of living.sandbox.metadata.pullRequests.list(repository)) {
			const isLost = commits[0]?.startsWith('eeee') === true;
			expect(tree.includes(`/${id}/patch\n`)).toBe(isLost);
		}
	}
};

export const expectDownloads = ({
	sandbox,
	repositories,
	mirror: mirrorOf,
}: Pick<Living, 'sandbox' | 'repositories' | 'mirror'>): void => {
	const {downloads} = sandbox.metadata;
	for (const repository of repositories) {
		const mirror = mirrorOf(repository);
		const listed = (readSaved(mirror, 'downloads.json') ?? []) as readonly Download[];
		expect(listed.map(({name}) => name).toSorted()).toEqual(
			downloads
				.list(repository)
				.map(({name}) => name)
				.toSorted(),
		);
		for (const {name, content} of downloads.list(repository)) {
			const {sha256 = ''} = listed.find((one) => one.name === name) ?? {};
			expect(readFileSync(join(mirror, '..', contentPath(sha256)))).toEqual(content);
		}
	}
};
