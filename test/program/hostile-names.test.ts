import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {git, readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Slugs that no folder may or can be called by, or only here, or that would take over a terminal. */
const slugs = [
	'../../../outside',
	'/etc/cistern',
	String.raw`..\..\outside`,
	'nul\u0000byte',
	'CON',
	'x'.repeat(300),
	'e\u0301\u202egnp.exe',
	'\u001b[2Jevil\u001b]0;owned\u0007\nname',
	'GOOD',
];

/** Characters that a terminal would obey or hide. Our own line feeds are the only ones allowed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const raw = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

const logsIn = (folder: string): string =>
	readdirSync(join(folder, '.cistern', 'logs'))
		.map((name) => readFileSync(join(folder, '.cistern', 'logs', name), 'utf8'))
		.join('');

describe(`${slugs.length} repositories with names that mean harm`, () => {
	it('are saved within the folder under safe names, which is said once, and are shown with marks: exit 0', async () => {
		const {path} = await acme.add('good');
		await git(path, 'update-ref', 'refs/heads/\u202egnp.txt', 'main');
		const {path: empty} = acme.sandbox.addRepository({workspace: 'acme', slug: 'empty'});
		const cloneUrl = `${acme.sandbox.origin}/acme/empty.git`;
		for (const slug of slugs) {
			acme.sandbox.addRepository({workspace: 'acme', slug, path: empty, cloneUrl});
		}

		const home = makeHome(acme.sandbox);
		const before = readdirSync(home.folder);
		const first = await runHere(home, ['--yes', '--verbose']);
		await git(path, 'update-ref', '-d', 'refs/heads/\u202egnp.txt');
		const second = await runHere(home, ['--yes', '--json']);

		expect(first.stderr).toContain('All 11 repositories of acme are saved as they are now.');
		expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
		expect(readdirSync(home.folder)).toEqual([...before, 'backup'].sort());
		expect(readdirSync(home.backup)).toEqual(['acme']);
		const source = join(home.backup, 'acme');
		const folders = readdirSync(source).filter((name) => name !== '.cistern');
		expect(folders).toHaveLength(11);
		expect(folders.filter((name) => !/^acme#[\w.~-]{1,110}$/.test(name))).toEqual([]);
		expect(new Set(folders.map((name) => name.toLowerCase())).size).toBe(11);
		for (const folder of folders) {
			expect(readdirSync(join(source, folder)).sort()).toEqual(['cistern.json', 'repo']);
		}
		expect((await readRefs(join(source, 'acme#good', 'repo'))).size).toBe(1);

		const told = (text: string): number => text.match(/is saved in/g)?.length ?? 0;
		expect(told(first.stderr)).toBe(slugs.length);
		expect(told(second.stdout)).toBe(0);
		expect(first.stderr.split('\n').filter((line) => raw.test(line))).toEqual([]);
		expect(second.stdout.split('\n').filter((line) => raw.test(line))).toEqual([]);
		expect(
			logsIn(source)
				.split('\n')
				.filter((line) => raw.test(line)),
		).toEqual([]);
		expect(first.stderr).toContain(String.raw`\x1b[2Jevil\x1b]0;owned\x07`);
		expect(logsIn(source)).toContain(String.raw`\u{202e}gnp.txt`);
		const names = second.stdout
			.split('\n')
			.filter((line) => line !== '')
			.map((line): unknown => JSON.parse(line).repository);
		expect(names).toContain('acme/\u001b[2Jevil\u001b]0;owned\u0007\nname');
	});
});
