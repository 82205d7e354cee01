import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {makeTemporaryFolder} from './temporary-folder.ts';

/** Is this root, with the driver of a file system that ignores case (the package ntfs-3g)? */
export const canFoldCase =
	process.platform === 'linux' &&
	process.getuid?.() === 0 &&
	spawnSync('sh', ['-c', 'command -v mkntfs lowntfs-3g && test -e /dev/fuse']).status === 0;

/** A folder on a disk that takes `README` and `readme` for one name, gone when the test ends. */
export const mountCaseFolding = (): string => {
	const place = makeTemporaryFolder();
	const [image, folder] = [join(place, 'image'), join(place, 'disk')];
	writeFileSync(image, '');
	truncateSync(image, 32 * 1024 * 1024);
	mkdirSync(folder);
	execFileSync('mkntfs', ['--force', '--quick', '--quiet', image], {stdio: 'ignore'});
	execFileSync('lowntfs-3g', ['-o', 'ignore_case,windows_names', image, folder]);
	onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
	return folder;
};
