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

/** The installed git, whatever stands in for it. */
export const realGit = execFileSync('sh', ['-c', 'command -v git'], {encoding: 'utf8'}).trim();

/** Commands of the shell that stands in for git. It runs them before it becomes the installed git. */
export const strikes = {
	killProgram: 'kill -KILL "$PPID"',
	interruptProgram: 'kill -INT "$PPID"',
	endProgram: 'kill -TERM "$PPID"',
	killGit: 'kill -KILL "$$"',
} as const;

/**
 * A git that writes down that it was started, and then is the installed one. The `at`-th strikes
 * first, and goes on as an orphan where that was the program. With a shell's pattern for `at`, each
 * does whose arguments fit.
 */
export const countedGit = (
	{at, strike}: {readonly at: number | string; readonly strike: string} = {at: 0, strike: ':'},
): CountedGit => {
	const folder = join(makeTemporaryFolder(), 'bin');
	const log = join(folder, 'started');
	// Nothing but the shell itself: a process more for each git would double what a test costs.
	const lines = [
		'#!/bin/sh',
		`IFS= read -r words <<-end\n$*\nend`,
		`printf '%s\\n' "$words" >> '${log}'`,
		`count=0; while read -r _; do count=$((count + 1)); done < '${log}'`,
		typeof at === 'number'
			? `if [ "$count" -eq ${at} ]; then ${strike}; fi`
			: `case "$*" in ${at}) ${strike} ;; esac`,
		`exec '${realGit}' "$@"`,
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
