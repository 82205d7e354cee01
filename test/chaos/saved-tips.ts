import {existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {readReachable, readUpstreamRefs} from '../helpers/whole-mirror.ts';

/** Every mirror below a source's folder, of what is gone upstream too. */
export const findMirrors = (folder: string): readonly string[] =>
	(existsSync(folder) ? readdirSync(folder) : [])
		.filter((name) => name.startsWith('acme#'))
		.flatMap((name) => readdirSync(join(folder, name)).map((part) => join(folder, name, part)))
		.filter((path) => existsSync(join(path, 'objects')));

/** All that a backup ever showed as a ref of upstream's. */
export type SavedTips = {
	readonly count: () => number;
	collect(): Promise<void>;
	/** Each of them that no disk lost is reached by a ref of some mirror. */
	expectThere(): Promise<void>;
};

export const createSavedTips = (folder: string, lost: ReadonlySet<string>): SavedTips => {
	const tips = new Set<string>();
	return {
		count: () => tips.size,
		collect: async () => {
			for (const mirror of findMirrors(folder)) {
				for (const oid of (await readUpstreamRefs(mirror)).values()) {
					tips.add(oid);
				}
			}
		},
		expectThere: async () => {
			const found = new Set<string>();
			for (const mirror of findMirrors(folder)) {
				for (const line of await readReachable(mirror)) {
					found.add(line.slice(0, 40));
				}
			}

			expect([...tips].filter((oid) => !found.has(oid) && !lost.has(oid))).toEqual([]);
		},
	};
};
