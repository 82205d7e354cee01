import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import type {Git} from '../../ports/git.ts';
import {inMirror} from './mirror.ts';
import {onDisk} from './on-disk.ts';
import type {RunGit} from './open-git.ts';
import {removeStaleLocks} from './stale-locks.ts';

type MaintenanceMethods = Pick<Git, 'pack' | 'clearStaleLocks'>;

/** Above these, reading a mirror gets slower; below, packing costs more than it gives. */
const mostPacks = 50;
const mostLooseObjects = 2000;

export const maintenanceMethods = (run: RunGit): MaintenanceMethods => {
	const git = inMirror(run);
	return {
		pack: async (mirror) => {
			await git(mirror, ['pack-refs', '--all']);
			if (await onDisk(mirror, () => isScattered(mirror))) {
				await git(mirror, ['repack', '-q', '-d', '--geometric=2']);
			}
		},
		clearStaleLocks: (mirror) => onDisk(mirror, () => removeStaleLocks(mirror)),
	};
};

const isScattered = async (mirror: string): Promise<boolean> => {
	const packs = await readdir(join(mirror, 'objects', 'pack'));
	if (packs.filter((name) => name.endsWith('.pack')).length > mostPacks) {
		return true;
	}

	// Object names are evenly spread over 256 folders: a few of them tell the number of all.
	const sampled = await Promise.all(
		['17', '3c', '8f', 'd2'].map(async (folder) =>
			readdir(join(mirror, 'objects', folder)).catch(() => []),
		),
	);
	return (sampled.flat().length / sampled.length) * 256 > mostLooseObjects;
};
