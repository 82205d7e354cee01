import {lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished} from 'vitest';
import type {Sandbox} from '../../source/sandbox/start-sandbox.ts';
import {program} from './program.ts';
import {sharedCache} from './shared-cache.ts';
import {makeTemporaryFolder} from './temporary-folder.ts';
import {openTerminalScreen, type ScreenOptions, type TerminalScreen} from './terminal-screen.ts';

export type WizardScreen = TerminalScreen & {
	/** The user's home folder, where settings and answers are written. */
	readonly home: string;
	/** Waits for the words and then types. */
	answer(words: string | RegExp, keys: string): Promise<void>;
};

type Options = {
	readonly sandbox: Sandbox;
	readonly arguments?: readonly string[];
	readonly home?: string;
	readonly folder?: string;
	readonly environment?: Readonly<Record<string, string>>;
	readonly columns?: number;
	readonly rows?: number;
};

/** `cistern` in a terminal of its own, with an empty home folder and a sandbox for Bitbucket. */
export const openWizard = (options: Options): WizardScreen =>
	closedWithTest(startWizard({...options, home: options.home ?? makeTemporaryFolder()}));

/** The same for several tests; the caller closes it. */
export const startWizard = (options: Options & {readonly home: string}): WizardScreen => {
	const {sandbox, home, environment, ...others} = options;
	return withAnswers(
		{
			...others,
			words: [...program, ...(options.arguments ?? [])],
			folder: options.folder ?? home,
			environment: {...environmentOf(sandbox, home), ...environment},
		},
		home,
	);
};

/** The environment that the program needs, and nothing of this machine's. */
export const environmentOf = (sandbox: Sandbox, home: string): Record<string, string> => {
	const bin = join(home, 'bin');
	mkdirSync(bin, {recursive: true});
	hideSchedulers(bin);
	return {
		HOME: home,
		...sharedCache(),
		CISTERN_API_URL: sandbox.apiUrl,
		PATH: `${bin}:/usr/bin:/bin`,
	};
};

/**
 * No test may write to the crontab of the user who runs it. A link to itself cannot be started, and ends
 * the search along PATH (execvp(3)), which goes on past a file that is not there or has no interpreter.
 */
const hideSchedulers = (bin: string): void => {
	for (const name of ['crontab', 'systemctl']) {
		const path = join(bin, name);
		if (lstatSync(path, {throwIfNoEntry: false}) === undefined) {
			symlinkSync(name, path);
		}
	}
};

/** A `crontab` that keeps its lines in a file of the home folder. Gives the path of that file. */
export const giveCrontab = (home: string): string => {
	const table = join(home, 'table');
	const script = `#!/bin/sh\nif [ "$1" = -l ]; then cat '${table}'; else cat > '${table}'; fi\n`;
	mkdirSync(join(home, 'bin'), {recursive: true});
	rmSync(join(home, 'bin/crontab'), {force: true});
	writeFileSync(join(home, 'bin/crontab'), script, {mode: 0o755});
	return table;
};

const closedWithTest = (screen: WizardScreen): WizardScreen => {
	onTestFinished(() => screen.close());
	return screen;
};

const withAnswers = (options: ScreenOptions, home: string): WizardScreen => {
	const screen = openTerminalScreen(options);
	return {
		...screen,
		home,
		answer: async (words, keys) => {
			await screen.waitFor(words);
			screen.type(keys);
		},
	};
};

/** A program in a shell that notes how the terminal was before and after it. */
export const openInShell = (
	words: readonly string[],
	home: string,
	environment: Record<string, string> = {},
): WizardScreen =>
	closedWithTest(
		withAnswers(
			{
				words: [
					'/bin/sh',
					'-c',
					'stty -g > before; "$@"; echo "code $?"; stty -g > after',
					'sh',
					...words,
				],
				folder: home,
				environment,
			},
			home,
		),
	);

/** To be called when the program has ended in `openInShell`. */
export const expectTerminalBack = (screen: WizardScreen): void => {
	const read = (name: string): string => readFileSync(join(screen.home, name), 'utf8');
	expect(read('after')).toBe(read('before'));
	expect(screen.cursor().isVisible).toBe(true);
	expect(screen.emulator.modes.bracketedPasteMode).toBe(false);
};

/** As a terminal sends them. */
export const keys = {
	enter: '\r',
	up: '\u001B[A',
	down: '\u001B[B',
	escape: '\u001B',
	shiftTab: '\u001B[Z',
	interrupt: '\u0003',
	/** Backspace, held down until any line is empty. */
	clear: '\u007F'.repeat(200),
} as const;
