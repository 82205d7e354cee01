import {workspace} from '../server/messages.ts';
import type {Bench} from './bench.ts';
import {plainEnvironment, runChild} from './children.ts';

/** With the credential in the address, as SCM Backup does it. */
export const addressOf = ({server}: Bench, slug: string): string =>
	`${server.origin.replace('//', '//ann:ATATT-of-ann@')}/${workspace}/${slug}.git`;

/** Runs git once for each line of words, so many at once. */
export const runGits = async (
	{folder}: Bench,
	commands: readonly (readonly string[])[],
	atOnce: number,
): Promise<void> => {
	const lines = commands.map((words) => words.map((word) => `'${word}'`).join(' '));
	const options = {env: plainEnvironment(folder), cwd: folder};
	await runChild('xargs', ['-P', String(atOnce), '-L', '1', 'git'], options, lines.join('\n'));
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

/** And for one that it does not have yet. */
export const cloneCommand = (bench: Bench, mirror: string, slug: string): readonly string[] => [
	'clone',
	'--mirror',
	addressOf(bench, slug),
	mirror,
];
