import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {parseArguments} from '../../source/arguments/arguments.ts';
import {show} from '../../source/commands/show.ts';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {makeWorld} from '../helpers/backup.ts';
import {compileSchema} from '../helpers/event-schema.ts';
import {createFakeTerminal} from '../helpers/fake-terminal.ts';
import {addReader} from '../helpers/metadata.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const run = async (...words: readonly string[]) => {
	const terminal = createFakeTerminal({isInteractive: false});
	const invocation = parseArguments(['show', ...words, '--from', acme.folder], {});
	if (invocation.command !== 'show') {
		throw new TypeError('not understood');
	}

	const world = {...makeWorld(acme.clock), terminal};
	const exitCode = await show(world, invocation, new AbortController().signal);
	return {exitCode, out: terminal.out(), error: terminal.error()};
};

/** Two pull requests, one of which is merged. Its comments are then edited and deleted. */
const save = async (): Promise<{readonly between: string}> => {
	const [api] = await acme.addSaved('api', 'web');
	const {account: by, source} = addReader(acme.sandbox);
	const {pullRequests} = acme.sandbox.metadata;
	const merged = pullRequests.open(api, {by, title: 'Give the gate a budget'});
	const edited = pullRequests.comment(merged, {by, text: 'Why 900?'});
	const deleted = pullRequests.comment(merged, {by, text: 'The page says 1,000.', parent: edited});
	pullRequests.addTask(merged, by, 'Name the source');
	pullRequests.open(api, {by, title: 'Wait \u001b[31mat the gate'});
	await acme.run({source});
	const between = new Date(acme.clock.now()).toISOString();
	acme.clock.advance(86_400_000);
	pullRequests.editComment(merged, edited, 'Why not more?');
	pullRequests.deleteComment(merged, deleted);
	pullRequests.close(merged, 'MERGED', {by});
	await acme.run({source});
	return {between};
};

describe('show', () => {
	it('lists, shows one as it is and as it was, for people, programs and browsers', async () => {
		const {between} = await save();
		const list = await run('api');
		expect(list.exitCode).toBe(exitCodes.done);
		expect(list.out).toMatch(
			/^ {2}2 {3}open .* Bo Example .* Wait \\x1b\[31mat the gate\n {2}1 {3}merged/,
		);

		const one = await run('api', '1');
		expect(one.out).toContain('api 1   Give the gate a budget');
		expect(one.out).toContain('Why not more?');
		expect(one.out).toMatch(/until .* it said:\n +Why 900\?/);
		expect(one.out).toMatch(/deleted on .*; it said:\n +The page says 1,000\./);
		expect(one.out).toContain('1 task, 1 open');
		expect(one.out).toContain('merged it');

		const then = await run('api', '1', '--at', between);
		expect(then.out).toContain('open');
		expect(then.out).toContain('Why 900?');
		expect(then.out).not.toMatch(/Why not more|deleted|merged/);

		const isValid = await compileSchema();
		for (const line of [...(await jsonOf('api')), ...(await jsonOf('api', '1'))]) {
			expect(isValid(line) || isValid.errors).toBe(true);
		}

		const folder = join(makeTemporaryFolder(), 'pages');
		const pages = await run('--all', '--html', folder);
		expect(pages.error).toContain('acme/api: 2 pull requests');
		expect(readdirSync(folder).toSorted()).toEqual(['api', 'index.html', 'style.css', 'web']);
		expect(readdirSync(join(folder, 'api')).toSorted()).toEqual(['1.html', '2.html', 'index.html']);
		const page = readFileSync(join(folder, 'api', '1.html'), 'utf8');
		expect(page).toContain('Why not more?');
		expect(page).toContain('The page says 1,000.');
		await expect(run('--all', '--html', folder)).rejects.toThrow('is not empty');
		await expect(run('api', '--html', acme.path('pages'))).rejects.toThrow('a part of the backup');
		expect(existsSync(acme.path('pages'))).toBe(false);
		await expect(run('api', '3')).rejects.toThrow('Pull request 3 of acme/api is not saved.');
		await expect(run('api', '--at', '2001-01-01')).rejects.toThrow('was saved by then');
	});

	it('says how to have pull requests saved where none are', async () => {
		await acme.addSaved('api');
		await expect(run('api')).rejects.toMatchObject({
			message: 'No pull request of "api" is saved.',
			advice: expect.stringContaining('metadata: true'),
		});
	});
});

const jsonOf = async (...words: readonly string[]): Promise<readonly unknown[]> =>
	(await run(...words, '--json')).out
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line));
