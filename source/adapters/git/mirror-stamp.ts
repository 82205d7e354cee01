import type {Stats} from 'node:fs';
import {stat} from 'node:fs/promises';
import {joinPath} from '../../domain/plan/layout.ts';
import type {MirrorStamp} from '../../domain/record/record.ts';
import {orNothing} from '../files/file-failure.ts';
import {readText} from '../files/small-file.ts';

/**
 * Reads the stamp of a mirror's files, without a process: HEAD's text, the size and time of
 * `packed-refs`, and the folders whose time changes when a loose ref or a pack comes or goes.
 */
export const readMirrorPrint = async (mirror: string): Promise<MirrorStamp | undefined> => {
	const look = (part: string) => {
		const path = joinPath(mirror, part);
		return stat(path).catch(orNothing(path));
	};
	const headPath = joinPath(mirror, 'HEAD');
	const [head, packedRefs, heads, tags, packs] = await Promise.all([
		readText(headPath).catch(orNothing(headPath)),
		look('packed-refs'),
		look('refs/heads'),
		look('refs/tags'),
		look('objects/pack'),
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

const timeOf = (stats: Stats | undefined): number => Math.trunc(stats?.mtimeMs ?? 0);
