import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {replaceJsonTables} from '../media/json-tables.ts';
import {commands} from '../source/arguments/command-table.ts';
import {commonOptions, longName} from '../source/arguments/common-options.ts';

const readme = readFileSync('README.md', 'utf8');

const rowsOf = (heading: string): readonly string[] =>
	(readme.split(`\n## ${heading}\n`)[1] ?? '')
		.split('\n## ')[0]
		?.split('\n')
		.filter((line) => line.startsWith('| `')) ?? [];

const optionsIn = (text: string): readonly string[] => text.match(/--[a-z][a-z-]*/g) ?? [];

describe('the README', () => {
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

	it('tells every line of --json field by field, as the schema has it (npm run docs)', () => {
		const schema = JSON.parse(readFileSync('source/ui/event-schema.json', 'utf8'));
		expect(readme).toBe(replaceJsonTables(readme, schema));
	});

	it('shows only pictures that are there', () => {
		for (const [, file] of readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) {
			expect(() => readFileSync(file ?? ''), file).not.toThrow();
		}
	});
});
