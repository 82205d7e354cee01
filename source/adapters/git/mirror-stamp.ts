import {type Stats, statSync} from 'node:fs';
import {stat} from 'node:fs/promises';
import {joinPath} from '../../domain/plan/layout.ts';
import type {MirrorStamp} from '../../domain/record/record.ts';
import {disk} from '../files/disk.ts';
import {orNothing} from '../files/file-failure.ts';
import {readTextAside, readTextNow} from '../files/read-text.ts';

/** HEAD, whose text tells, and the files and folders whose time or size does. */
const partsOf = (mirror: string) =>
	[
		joinPath(mirror, 'HEAD'),
		['packed-refs', 'refs/heads', 'refs/tags', 'objects/pack'].map((part) =>
			joinPath(mirror, part),
		),
	] as const;

/**
 * What a mirror's files look like now, without a process: HEAD's text, `packed-refs`, and the
 * folders whose time changes when a loose ref or a pack comes or goes.
 */
export const readMirrorPrint = (mirror: string): Promise<MirrorStamp | undefined> => {
	const [head, parts] = partsOf(mirror);
	return disk.whileQuick(
		() => toPrint(headNow(head), parts.map(statNow)),
		async () => {
			const [text, ...stats] = await Promise.all([
				readTextAside(head).catch(orNothing(head)),
				...parts.map((part) => stat(part).catch(orNothing(part))),
			]);
			return toPrint(text, stats);
		},
	);
};

const headNow = (path: string): string | undefined => {
	try {
		return readTextNow(path);
	} catch (error) {
		return orNothing(path)(error);
	}
};

const statNow = (path: string): Stats | undefined => {
	try {
		return statSync(path);
	} catch (error) {
		return orNothing(path)(error);
	}
};

const timeOf = (stats: Stats | undefined): number => Math.trunc(stats?.mtimeMs ?? 0);

const toPrint = (
	head: string | undefined,
	[packedRefs, heads, tags, packs]: readonly (Stats | undefined)[],
): MirrorStamp | undefined =>
	head === undefined
		? undefined
		: {
				head: head.trim(),
				packedRefsSize: packedRefs?.size ?? 0,
				packedRefsTime: timeOf(packedRefs),
				headsTime: timeOf(heads),
				tagsTime: timeOf(tags),
				packsTime: timeOf(packs),
			};
