import {writeFileSync} from 'node:fs';
import {devNull} from 'node:os';
import {join} from 'node:path';
import {workspace} from '../server/listing.ts';
import {type Bench, plainEnvironment, timeChild} from './bench.ts';
import {linkFolder} from './workspace.ts';

/** With the credential in the address, as SCM Backup does it. */
const addressOf = ({server}: Bench, slug: string): string =>
	`${server.origin.replace('//', '//ann:ATATT-of-ann@')}/${workspace}/${slug}.git`;

/**
 * Runs git once for each command, `atOnce` of them at the same time. Gives the milliseconds of a core
 * that all of them used.
 */
export const runGits = async (
	{folder}: Bench,
	commands: readonly (readonly string[])[],
	atOnce: number,
): Promise<number> => {
	const lines = commands.map((words) => words.map((word) => `'${word}'`).join(' '));
	const options = {env: plainEnvironment(folder), cwd: folder};
	return timeChild('xargs', ['-P', String(atOnce), '-L', '1', 'git'], options, lines.join('\n'));
};

/** Packs the same objects of each mirror, as `git bundle` and a sending do. The packs are thrown away. */
export const runPackObjects = async (
	{folder}: Bench,
	mirrors: readonly string[],
	wanted: string,
	atOnce: number,
): Promise<number> => {
	const options = {env: plainEnvironment(folder), cwd: folder};
	const input = join(folder, 'wanted');
	writeFileSync(input, wanted);
	const script = `exec git -C "$0" pack-objects --revs --stdout --thin --delta-base-offset --quiet < '${input}' > ${devNull}`;
	const words = ['-P', String(atOnce), '-L', '1', 'sh', '-c', script];
	return timeChild('xargs', words, options, mirrors.map((mirror) => `'${mirror}'`).join('\n'));
};

/** SCM Backup's command for a repository that it already has. */
export const fetchCommand = (bench: Bench, mirror: string, slug: string): readonly string[] => [
	'-C',
	mirror,
	'fetch',
	'--force',
	'--prune',
	addressOf(bench, slug),
	'refs/heads/*:refs/heads/*',
	'refs/tags/*:refs/tags/*',
];

/** SCM Backup's command for a new repository. */
export const cloneCommand = (bench: Bench, mirror: string, slug: string): readonly string[] => [
	'clone',
	'--mirror',
	addressOf(bench, slug),
	mirror,
];

/** Fetches the LFS files of all branches and tags, 8 at once. */
export const fetchLfsCommand = (mirror: string): readonly string[] => [
	'-C',
	mirror,
	'lfs',
	'fetch',
	'--all',
];

/** Makes git's own mirrors of repositories that are all alike, and gives the folder of them. */
export const cloneMirrors = async (bench: Bench, slugs: readonly string[]): Promise<string> => {
	const mirrors = join(bench.folder, 'mirrors');
	const [first = '', ...others] = slugs;
	await runGits(bench, [cloneCommand(bench, join(mirrors, first), first)], 1);
	for (const slug of others) {
		linkFolder(join(mirrors, first), join(mirrors, slug));
	}
	return mirrors;
};
