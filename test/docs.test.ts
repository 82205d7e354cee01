import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {Ajv} from 'ajv';
import {describe, expect, it} from 'vitest';
import {parse} from 'yaml';
import {formatJsonPage, formatJsonSchema, makeJsonSchema} from '../media/json-docs.ts';
import {writeManPage} from '../media/man-page.ts';
import {writeCommandsPage, writeSettingsPage, writeSettingsSchema} from '../media/pages.ts';
import {writeExample} from '../source/domain/settings/settings-example.ts';

const hasMandoc = spawnSync('mandoc', ['-V']).error === undefined;

describe('the docs', () => {
	it.each([
		['commands.md', writeCommandsPage],
		['settings.md', writeSettingsPage],
		['settings.schema.json', writeSettingsSchema],
		['cistern.1', writeManPage],
	])('%s is what "npm run docs" makes of the source', (name, write) => {
		expect(readFileSync(`docs/${name}`, 'utf8')).toBe(write());
	});

	it.skipIf(!hasMandoc)('the man page is clean for mandoc [needs mandoc]', () => {
		const said = spawnSync('mandoc', ['-T', 'lint', 'docs/cistern.1'], {encoding: 'utf8'});
		expect(said.stdout + said.stderr).toBe('');
	});

	it('the schema of the settings accepts the example and rejects mistakes', () => {
		const validate = new Ajv({allowUnionTypes: true}).compile(JSON.parse(writeSettingsSchema()));
		expect(validate(parse(writeExample())), JSON.stringify(validate.errors)).toBe(true);
		expect(validate({localFolder: 'x', sources: [{title: 'a', ignorRepos: []}]})).toBe(false);
		expect(validate({sources: [{title: 'a', type: 'team'}]})).toBe(false);
		expect(validate({sources: [{title: 'a', type: '%TYPE%'}], email: {from: 'x'}})).toBe(true);
	});

	it('describe every line of --json as the contract defines it (npm run docs)', () => {
		expect(readFileSync('docs/json.md', 'utf8')).toBe(formatJsonPage());
		expect(readFileSync('docs/json.schema.json', 'utf8')).toBe(formatJsonSchema());
	});

	it('give each object of --json a name that stays, and no number', () => {
		expect(Object.keys(makeJsonSchema().$defs ?? {}).filter((name) => /^\d/.test(name))).toEqual(
			[],
		);
	});

	it.each(['README.md', ...readdirSync('docs', {recursive: true}).map((name) => `docs/${name}`)])(
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
