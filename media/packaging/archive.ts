import {readdirSync, utimesSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {run} from './run.ts';

/** All files below a folder, sorted. */
export const listFiles = (folder: string): readonly string[] =>
	readdirSync(folder, {recursive: true, withFileTypes: true})
		.filter((entry) => entry.isFile())
		.map(({parentPath, name}) => join(parentPath, name))
		.toSorted();

/**
 * Packs what lies in a folder, each name behind `prefix`. The same content makes the same bytes: it is
 * sorted, and has one date (seconds since 1970) and no owner. A name in `.xz` is compressed.
 */
export const packTar = (folder: string, prefix: string, date: number, to: string): void => {
	// With one thread, xz would make other bytes than with several.
	const compress = to.endsWith('.xz') ? ['--use-compress-program=xz --threads=2'] : [];
	run('tar', [
		'--create',
		'--format=ustar',
		'--sort=name',
		`--mtime=@${date}`,
		'--owner=0',
		'--group=0',
		'--numeric-owner',
		'--mode=u=rwX,go=rX',
		`--transform=s|^|${prefix}|`,
		...compress,
		`--file=${to}`,
		`--directory=${folder}`,
		...readdirSync(folder).toSorted(),
	]);
};

/** The same for Windows, with the folder itself. */
export const packZip = (folder: string, date: number, to: string): void => {
	const files = listFiles(folder);
	for (const file of files) {
		utimesSync(file, date, date);
	}

	const parent = dirname(folder);
	run('zip', ['-X', '-q', to, ...files.map((file) => relative(parent, file))], {folder: parent});
};
