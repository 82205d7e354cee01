import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {saveRecord} from '../helpers/saved-record.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {openTerminalScreen, type TerminalScreen} from '../helpers/terminal-screen.ts';

const hostile = 'x-$(touch ran) `touch ran` \'q" \\!';

/** Prints what it was given in place of doing it, and answers for completions. */
const program = `#!/bin/sh
if [ "$1" = complete ]; then exec '${process.execPath}' '${resolve('dist/cli.js')}' "$@"; fi
printf 'given'; printf '<%s>' "$@"; echo .
`;

type Shell = {
	readonly words: readonly string[];
	/** Typed first; the last line prints "ready". */
	readonly start: readonly string[];
	/** Are names completed inside an open quote of this kind? */
	readonly quotes: readonly string[];
};

const shells: Readonly<Record<string, Shell>> = {
	bash: {
		words: ['bash', '--norc', '--noprofile', '-i'],
		start: ['source <(cistern complete bash)', "PS1='> '", 'echo rea""dy'],
		quotes: ['', "'", '"'],
	},
	zsh: {
		words: ['zsh', '-f', '-i'],
		start: [
			'cistern complete zsh > functions/_cistern',
			'fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -d dump',
			"PS1='> '; unsetopt beep",
			'echo rea""dy',
		],
		quotes: ['', "'", '"'],
	},
	fish: {
		words: ['fish', '--no-config', '-i'],
		start: [
			'cistern complete fish | source',
			"function fish_prompt; echo '> '; end",
			"echo rea''dy",
		],
		quotes: ['', "'", '"'],
	},
};

/** A shell with the completion of a backup in which there are these repositories. */
const open = async ({words, start}: Shell, names: readonly string[]) => {
	const folder = makeTemporaryFolder();
	for (const path of ['bin', 'functions', 'backup/acme/.cistern', '.config/cistern', 'my files']) {
		mkdirSync(join(folder, path), {recursive: true});
	}
	writeFileSync(join(folder, 'bin/cistern'), program, {mode: 0o755});
	writeFileSync(
		join(folder, '.config/cistern/settings.yml'),
		`localFolder: ${folder}/backup
sources:
  - {title: acme, type: org, name: acme, authName: a, apiAuthName: a@example.com}
`,
		{mode: 0o600},
	);
	for (const name of names) {
		saveRecord(join(folder, 'backup/acme'), name);
	}

	const screen = openTerminalScreen({
		words,
		folder,
		columns: 200,
		environment: {HOME: folder, PATH: `${join(folder, 'bin')}:${process.env['PATH']}`},
	});
	onTestFinished(() => screen.close());
	for (const line of start) {
		screen.type(`${line}\r`);
	}
	await screen.waitFor(/^ready/m);
	return {folder, screen};
};

/** Types the beginning of a word and Tab, and waits until the line ends as it should. */
const complete = async (screen: TerminalScreen, typed: string, whole: string): Promise<void> => {
	screen.type(`${typed}\t`);
	await screen.waitFor((one) => one.rows()[one.cursor().row]?.includes(whole) === true);
};

describe.skipIf(process.env['SHELLS'] !== 'real')('in a real terminal [npm run shells]', () => {
	for (const [name, shell] of Object.entries(shells)) {
		const isThere = spawnSync(shell.words[0] ?? '', ['--version']).error === undefined;
		describe.skipIf(!isThere)(`${name} [needs ${name}]`, () => {
			it('completes commands, options, names and folders', async () => {
				const {screen} = await open(shell, ['api', 'web-shop']);
				await complete(screen, 'cistern rest', 'cistern restore ');
				await complete(screen, 'web', 'cistern restore web-shop ');
				await complete(screen, '--ba', '--bare ');
				await complete(screen, '--to my', '--to my');
				screen.type('\r');
				// zsh takes the slash of a folder away again.
				await screen.waitFor(/given<restore><web-shop><--bare><--to><my files\/?>\./);
			});

			for (const quote of shell.quotes) {
				it(`writes a hostile name so that it is read and nothing is run, after ${quote || 'no quote'}`, async () => {
					const {folder, screen} = await open(shell, ['api', hostile]);
					await complete(screen, `cistern restore ${quote}x`, 'ran');
					// The line with the name is handed over once more.
					await complete(screen, '--ba', '--bare');
					screen.type('\r');
					await screen.waitFor(`given<restore><${hostile}><--bare>.`);
					expect(existsSync(join(folder, 'ran'))).toBe(false);
				});
			}

			it('completes a value behind an equals sign, and runs nothing that was typed', async () => {
				const {folder, screen} = await open(shell, ['api', hostile]);
				await complete(screen, 'cistern --only=ap', 'cistern --only=api');
				await complete(screen, '"$(touch ran)" --excl', '--exclude');
				expect(existsSync(join(folder, 'ran'))).toBe(false);
			});
		});
	}
});
