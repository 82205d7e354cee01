import {execFileSync, spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import type {Suggest} from '../../source/completion/shell.ts';
import {findShell} from '../../source/completion/shells.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';

const hostile = [
	'$(touch /tmp/cistern-was-run)',
	'`touch /tmp/cistern-was-run`',
	'a b',
	"it's",
	'a"b',
	'a\\b',
	'a!b',
	'a!',
	"a'",
	'a"',
	'{a,b}*?[c]',
	'~root',
	'#a;b&c|d<e>f',
	'äöü-世界',
	'api',
];

/** The answer that the script of a shell reads, for these words. */
const answer = async (
	shell: string,
	handed: readonly string[],
	words: readonly string[],
): Promise<readonly string[]> => {
	const suggest: Suggest = async () => ({
		words: words.map((word) => ({word, about: 'changed 2 h ago'})),
		otherwise: 'nothing',
	});
	const text = (await findShell(shell)?.answer(handed, suggest)) ?? '';
	const [otherwise, ...lines] = text.split('\n').slice(0, -1);
	expect(otherwise).toBe('nothing');
	return lines;
};

const breaks = ' \t\n"\'@><=;|&(:';

describe('the script of a shell', () => {
	for (const shell of ['bash', 'zsh', 'fish']) {
		const isThere = spawnSync(shell, ['--version']).error === undefined;
		it.skipIf(!isThere)(`is right for ${shell} [needs ${shell}]`, () => {
			const file = join(makeTemporaryFolder(), 'script');
			writeFileSync(file, findShell(shell)?.script ?? '');
			execFileSync(shell, ['-n', file]);
		});
	}
});

describe('a completion of bash', () => {
	it('writes every name so that bash reads that name and runs nothing', async () => {
		const ways = [
			['', 'cistern restore '],
			["'", "cistern restore '"],
			['"', 'cistern restore "'],
		] as const;
		const lines: string[] = [];
		for (const [quote, line] of ways) {
			const written = await answer('bash', [breaks, line], hostile);
			// Bash ends the quote itself, unless the word seems to end it.
			const words = written.map((word) => `${quote}${word}${word.endsWith(quote) ? '' : quote}`);
			lines.push(...words.map((word) => `printf '%s\\n' ${word}`));
		}
		const read = execFileSync('bash', ['--norc', '-i'], {
			input: `${lines.join('\n')}\n`,
			stdio: ['pipe', 'pipe', 'ignore'],
			encoding: 'utf8',
		});
		expect(read.split('\n').slice(0, -1)).toEqual([...hostile, ...hostile, ...hostile]);
	});

	it.each([
		['cistern restore a', ['cistern', 'restore'], 'a'],
		['cistern  restore\t', ['cistern', 'restore'], ''],
		["cistern --from '/srv/my backup' 'a", ['cistern', '--from', '/srv/my backup'], 'a'],
		['cistern "a \\"b\\" \\$c" a\\ b', ['cistern', 'a "b" $c'], 'a b'],
		['cistern $(touch x) "$HOME', ['cistern', '$(touch', 'x)'], '$HOME'],
		["cistern '' \\", ['cistern', ''], ''],
	])('reads the line without evaluating it: %s', async (line, before, current) => {
		const read: unknown[] = [];
		await findShell('bash')?.answer([breaks, line], async (...given) => {
			read.push(given);
			return {words: [], otherwise: 'nothing'};
		});
		expect(read).toEqual([[before, current]]);
	});

	it.each([
		['cistern --only=a', '--only=api', 'api'],
		['cistern --only=', '--only=api', 'api'],
		["cistern --only='a", '--only=a b', 'a b'],
		['cistern restore a:b', 'a:bc', 'bc'],
		["cistern restore 'a:b", 'a:bc', 'a:bc'],
		['cistern restore a\\:b', 'a:bc', 'a:bc'],
	])('gives the part of a word that bash replaces: %s', async (line, word, part) => {
		expect(await answer('bash', [breaks, line], [word])).toEqual([part]);
	});
});

describe('completions of other shells', () => {
	it('are written in the form in which zsh describes words', async () => {
		expect(await answer('zsh', ['cistern', 'restore', 'a'], ['a:b\\c'])).toEqual([
			'a\\:b\\\\c:changed 2 h ago',
		]);
	});

	it('are words with a description for fish, which quotes them', async () => {
		expect(await answer('fish', ['cistern', 'restore', 'a'], ['a b'])).toEqual([
			'a b\tchanged 2 h ago',
		]);
	});

	it('are quoted for PowerShell, which hands the current word over behind an equals sign', async () => {
		expect(
			await answer('powershell', ['cistern', 'restore', '='], ['api', '$(a)', "it's"]),
		).toEqual([
			'api\tapi\tchanged 2 h ago',
			"'$(a)'\t$(a)\tchanged 2 h ago",
			"'it''s'\tit's\tchanged 2 h ago",
		]);
	});
});
