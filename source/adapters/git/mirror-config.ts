import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {replaceFile} from '../files/small-file.ts';

/**
 * What every mirror is configured with. Nothing is ever collected or packed behind our back, what
 * is written reaches the disk, and kept refs are hidden from a clone. No `remote` section: with
 * one, a `git fetch --prune` typed by hand would delete what is kept.
 */
const mirrorConfig = `[core]
	bare = true
	logAllRefUpdates = false
	fsync = all
[gc]
	auto = 0
[maintenance]
	auto = false
[fetch]
	unpackLimit = 1
	writeCommitGraph = false
[transfer]
	hideRefs = refs/cistern
`;

/** Settings that describe the repository's format or its file system; git chose them at its birth. */
const inborn =
	/^(core\.(repositoryformatversion|filemode|ignorecase|symlinks|precomposeunicode)|extensions\.(objectformat|refstorage))$/i;

/** A line of a config file that git wrote at a mirror's birth, or that we kept of one. */
const inbornLine =
	/^(\[(core|extensions)\]|\t(repositoryformatversion|filemode|bare|ignorecase|symlinks|precomposeunicode|objectformat|refstorage) = \w+)$/i;

/** Does it say what we wrote, and nothing that anybody added? Read without git, which would obey. */
export const isOwnConfig = (text: string): boolean =>
	text.endsWith(mirrorConfig) &&
	text
		.slice(0, -mirrorConfig.length)
		.split('\n')
		.every((line) => line === '' || inbornLine.test(line));

/**
 * The configuration of a new mirror, behind what git wrote about the file system. What `git clone`
 * wrote about the remote goes.
 */
export const extendNewConfig = async (mirror: string): Promise<void> => {
	const path = join(mirror, 'config');
	const text = (await readFile(path, 'utf8')).replace(/^\[remote "origin"\]\n(?:\t.*\n)*/m, '');
	await replaceFile(path, `${text}${mirrorConfig}`);
};

/**
 * Replaces a config file somebody else wrote. `listing` is what `git config --list -z` printed of
 * it; of that, only the inborn settings stay.
 */
export const replaceForeignConfig = async (mirror: string, listing: string): Promise<void> => {
	const kept = listing
		.split('\0')
		.map((entry) => entry.split('\n'))
		.filter(([key]) => key !== undefined && inborn.test(key))
		.map(([key = '', value = 'true']) => formatSetting(key, value));
	await replaceFile(join(mirror, 'config'), `${kept.join('')}${mirrorConfig}`);
};

const formatSetting = (key: string, value: string): string => {
	const dot = key.indexOf('.');
	return `[${key.slice(0, dot)}]\n\t${key.slice(dot + 1)} = ${value}\n`;
};
