import {execFileSync} from 'node:child_process';
import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {makeTemporaryFolder} from './temporary-folder.ts';

export type CountedGit = {
	/** Lets a program find it before the installed one. */
	readonly environment: {readonly PATH: string};
	/** The arguments of every git that the program started, in order. */
	started(): readonly string[];
};

/**
 * A git that writes down that it was started, and then is the installed one. With `killAt`, the
 * n-th kills the program that started it with SIGKILL first, and goes on as an orphan.
 */
export const countedGit = ({killAt = 0}: {readonly killAt?: number} = {}): CountedGit => {
	const folder = join(makeTemporaryFolder(), 'bin');
	const real = execFileSync('sh', ['-c', 'command -v git'], {encoding: 'utf8'}).trim();
	const log = join(folder, 'started');
	// Nothing but the shell itself: a process more for each git would double what a test costs.
	const lines = [
		'#!/bin/sh',
		`IFS= read -r words <<-end\n$*\nend`,
		`printf '%s\\n' "$words" >> '${log}'`,
		`count=0; while read -r _; do count=$((count + 1)); done < '${log}'`,
		`if [ "$count" -eq ${killAt} ]; then kill -KILL "$PPID"; fi`,
		`exec '${real}' "$@"`,
	];
	mkdirSync(folder);
	writeFileSync(log, '');
	writeFileSync(join(folder, 'git'), `${lines.join('\n')}\n`);
	chmodSync(join(folder, 'git'), 0o755);
	return {
		environment: {PATH: `${folder}:${process.env['PATH'] ?? ''}`},
		started: () => readFileSync(log, 'utf8').split('\n').slice(0, -1),
	};
};
