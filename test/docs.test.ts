import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {formatJsonPage, formatJsonSchema} from '../media/json-docs.ts';
import {commands} from '../source/arguments/command-table.ts';
import {commonOptions, longName} from '../source/arguments/common-options.ts';

const commandsPage = readFileSync('docs/commands.md', 'utf8');

const rowsOf = (heading: string): readonly string[] =>
	(commandsPage.split(`\n## ${heading}\n`)[1] ?? '')
		.split('\n## ')[0]
		?.split('\n')
		.filter((line) => line.startsWith('| `')) ?? [];

const optionsIn = (text: string): readonly string[] => text.match(/--[a-z][a-z-]*/g) ?? [];

describe('the docs', () => {
	it.each(commands.map(({name, options}) => ({name, options: options.map(longName)})))(
		'names every option of cistern $name, and no other',
		({name, options}) => {
			const row = rowsOf('Options').find((line) => line.includes(`\`cistern ${name}\``));
			const named = optionsIn(row ?? '');
			const ofAll = commonOptions.flatMap(({rows}) => rows).map(longName);
			expect(named).toEqual(expect.arrayContaining(options));
			expect([...options, ...ofAll]).toEqual(expect.arrayContaining([...named]));
		},
	);

	it('names every option that all commands have, with its variable', () => {
		const rows = rowsOf('Options');
		for (const option of commonOptions.flatMap((group) => group.rows)) {
			const row = rows.find((line) => line.startsWith(`| \`${longName(option)}`));
			expect(row, longName(option)).toBeDefined();
			expect(row).toContain(/[A-Z]+_[A-Z_]+/.exec(option.help)?.[0] ?? '');
		}
	});

	it('describe every line of --json as the contract defines it (npm run docs)', () => {
		expect(readFileSync('docs/json.md', 'utf8')).toBe(formatJsonPage());
		expect(readFileSync('docs/json.schema.json', 'utf8')).toBe(formatJsonSchema());
	});

	it.each(['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)])(
		'leads only to files that are there, in %s',
		(page) => {
			if (!page.endsWith('.md')) {
				return;
			}

			const text = readFileSync(page, 'utf8');
			for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
				expect(existsSync(join(dirname(page), target)), `${page}: ${target}`).toBe(true);
			}
		},
	);

	it('greets newcomers in at most 8,000 characters', () => {
		expect(readFileSync('README.md', 'utf8').length).toBeLessThanOrEqual(8000);
	});
});
