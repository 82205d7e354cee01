import {describe, expect, it} from 'vitest';
import {commands} from '../../source/arguments/command-table.ts';
import type {Suggestion, Suggestions} from '../../source/completion/shell.ts';
import {makeSuggest} from '../../source/completion/suggest.ts';

const names: Readonly<Record<string, readonly string[]>> = {
	repository: ['api', 'app', '-rf', 'bad\u001b[2J', '$(rm -rf ~)'],
	source: ['acme'],
	store: ['offsite'],
	day: ['2026-11-11'],
	target: ['slack', 'slack 2'],
};

const asked: unknown[] = [];

const suggest = makeSuggest(async (kind, {values}, typed): Promise<readonly Suggestion[]> => {
	asked.push({kind, values, typed});
	return (names[kind] ?? []).map((word) => ({word}));
});

/** The suggestions for the last word of a line. The line is split at blanks. */
const complete = (line: string): Promise<Suggestions> => {
	const words = line.split(' ');
	return suggest(words.slice(0, -1), words.at(-1) ?? '');
};

const wordsFor = async (line: string): Promise<readonly string[]> =>
	(await complete(line)).words.map(({word}) => word);

describe('what can stand at the cursor', () => {
	it('is every command, with its summary', async () => {
		const {words} = await complete('cistern ');
		expect(words.slice(0, -1)).toEqual(
			commands.map(({name, summary}) => ({word: name, about: summary})),
		);
		expect(await wordsFor('cistern re')).toEqual(['restore']);
		expect(await wordsFor('cistern help re')).toEqual(['restore']);
		expect(await wordsFor('cistern --yes re')).toEqual(['restore']);
	});

	it('is every option of the command and of all commands that can still be added', async () => {
		for (const {name, options} of commands) {
			const found = await wordsFor(`cistern ${name} --`);
			for (const {flags} of options) {
				expect(found).toContain(flags.split(' ')[0]);
			}
			expect(found).toContain('--config');
		}
		expect(await wordsFor('cistern restore --to x --')).not.toContain('--to');
		expect(await wordsFor('cistern restore --to x --')).not.toContain('--push');
		expect(await wordsFor('cistern --only x --on')).toEqual(['--only']);
		expect(await wordsFor('cistern status ')).toContain('--max-age');
	});

	it.each([
		['cistern restore ', ['api', 'app', '$(rm -rf ~)']],
		['cistern restore api a', ['app']],
		['cistern restore --to x a', ['api', 'app']],
		['cistern restore -- -', ['-rf']],
		['cistern --only=a', ['--only=api', '--only=app']],
		['cistern --only ap', ['api', 'app']],
		['cistern backup --exclude ap', ['api', 'app']],
		['cistern restore api --at ', ['2026-11-11']],
		['cistern schedule --at ', []],
		['cistern schedule --with l', ['launchd']],
		['cistern --type ', ['user', 'org']],
		['cistern status --source a', ['acme']],
		['cistern tell s', ['slack', 'slack 2']],
		['cistern complete f', ['fish']],
		['cistern --max-wait ', []],
	])('is a value that fits: %s', async (line, words) => {
		expect(await wordsFor(line)).toEqual(words);
	});

	it.each([
		['cistern --config ', 'files'],
		['cistern restore --to=x', 'folders'],
		['cistern status --from ', 'folders'],
		['cistern fetch --store /mnt', 'folders'],
		['cistern restore x', 'nothing'],
	])('is left to the shell for files and folders: %s', async (line, otherwise) => {
		expect(await complete(line)).toEqual({words: [], otherwise});
	});

	it('is an option where one name is all that a command takes', async () => {
		expect(await wordsFor('cistern history a')).toEqual(['api', 'app']);
		expect(await wordsFor('cistern history api ')).toContain('--since');
	});

	it('depends on the folder and the settings that were named', async () => {
		asked.length = 0;
		await complete('cistern --config s.yml restore --from=/srv/backup --to x acme/a');
		expect(asked).toEqual([
			{
				kind: 'repository',
				values: {config: 's.yml', from: '/srv/backup', to: 'x'},
				typed: 'acme/a',
			},
		]);
	});
});
