import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {makeTemporaryFolder} from './temporary-folder.ts';

/** Is this root, with the drivers of NTFS (the package ntfs-3g)? */
export const canMountNtfs =
	process.platform === 'linux' &&
	process.getuid?.() === 0 &&
	spawnSync('sh', ['-c', 'command -v mkntfs lowntfs-3g && test -e /dev/fuse']).status === 0;

const drivers = {
	/** Takes `README` and `readme` for one name. */
	'ignores-case': ['lowntfs-3g', 'ignore_case,windows_names'],
	/** Refuses to change the rights of a file. */
	'no-chmod': ['lowntfs-3g', 'no_def_opts,umask=077'],
} as const;

/** A folder on a disk of its own, gone when the test ends. */
export const mountNtfs = (kind: keyof typeof drivers): string => {
	const place = makeTemporaryFolder();
	const [image, folder] = [join(place, 'image'), join(place, 'disk')];
	writeFileSync(image, '');
	truncateSync(image, 32 * 1024 * 1024);
	mkdirSync(folder);
	execFileSync('mkntfs', ['--force', '--quick', '--quiet', image], {stdio: 'ignore'});
	const [driver, options] = drivers[kind];
	execFileSync(driver, ['-o', options, image, folder]);
	onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
	return folder;
};
