import {type Stats, statSync} from 'node:fs';
import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import type {MirrorPrint} from '../../domain/record/record.ts';
import {orNothing} from '../files/file-failure.ts';
import {readText} from '../files/read-text.ts';
import {whileQuick} from '../files/while-quick.ts';

const statOrNothing = async (path: string): Promise<Stats | undefined> =>
	whileQuick(
		() => statSync(path),
		() => stat(path),
	).catch(orNothing(path));

const timeOf = (stats: Stats | undefined): number => Math.trunc(stats?.mtimeMs ?? 0);

/**
 * What a mirror's files look like now, without a process: HEAD's text, `packed-refs`, and the
 * folders whose time changes when a loose ref or a pack comes or goes.
 */
export const readMirrorPrint = async (mirror: string): Promise<MirrorPrint | undefined> => {
	const [head, packedRefs, heads, tags, packs] = await Promise.all([
		readText(join(mirror, 'HEAD')).catch(orNothing(mirror)),
		statOrNothing(join(mirror, 'packed-refs')),
		statOrNothing(join(mirror, 'refs', 'heads')),
		statOrNothing(join(mirror, 'refs', 'tags')),
		statOrNothing(join(mirror, 'objects', 'pack')),
	]);
	return head === undefined
		? undefined
		: {
				head: head.trim(),
				packedRefsSize: packedRefs?.size ?? 0,
				packedRefsTime: timeOf(packedRefs),
				headsTime: timeOf(heads),
				tagsTime: timeOf(tags),
				packsTime: timeOf(packs),
			};
};
