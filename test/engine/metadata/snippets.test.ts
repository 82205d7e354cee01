import {execFileSync} from 'node:child_process';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import type {SandboxSnippet} from '../../../source/sandbox/metadata/model.ts';
import type {RunResult} from '../../helpers/backup.ts';
import {addReader, readSaved, settingsScopes} from '../../helpers/metadata.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

const day = 24 * 60 * 60_000;
const binary = Buffer.from([0, 0xff, 0x0d, 0x0a, 0x80, 0x2d, 0x2d]);

type Files = Readonly<Record<string, string | Buffer>>;

const setUp = async () => {
	await acme.addSaved('api');
	const {account: by, source, token} = addReader(acme.sandbox, settingsScopes);
	const workspace = acme.sandbox.findWorkspace('acme');
	if (workspace === undefined) {
		throw new Error('no workspace');
	}

	const {snippets, unknowns} = acme.sandbox.metadata;
	const mirror = acme.path('workspace', 'metadata');
	return {
		by,
		token,
		unknowns,
		add: (id: string, files: Files, title = ''): SandboxSnippet =>
			snippets.add(workspace, {id, title, by, files}),
		edit: snippets.edit,
		remove: (snippet: SandboxSnippet): void => snippets.remove(workspace, snippet),
		run: (): Promise<RunResult> => acme.run({source}),
		/** With few requests an hour, and ten minutes. */
		runShortly: (): Promise<RunResult> =>
			acme.run({
				source: {...source, ofParts: {metadata: 'true', requestsPerHour: '40'}},
				settings: {metadataTime: 10 * 60_000},
			}),
		/** A week later. */
		runAgain: (): Promise<RunResult> => {
			acme.clock.advance(8 * day);
			return acme.run({source});
		},
		saved: (id: string): unknown => readSaved(mirror, `snippets/${id}/snippet.json`),
		content: (id: string, name: string, at = 'main'): Buffer =>
			execFileSync('git', ['-C', mirror, 'show', `${at}:snippets/${id}/files/${name}`]),
		/** Requests so far for contents, and for the address to which a hostile id leads. */
		asked: (): number =>
			acme.sandbox.requests.filter(({path}) => /^\/2\.0\/(snippets\/acme\/.|user$)/.test(path))
				.length,
	};
};

const gapsOf = ({reports: [report]}: RunResult) => report?.gaps ?? [];

describe('the contents of snippets', () => {
	it('are saved byte for byte with one request, and again only once they changed', async () => {
		const {add, edit, remove, run, runAgain, saved, content, asked} = await setUp();
		const notes = add('kypj', {'notes.txt': 'one\r\ntwo', 'März.bin': binary, password: 'a file'});
		const other = add('Ab1', {'.git': 'no folder'}, 'Other');
		const {exitCode, reports, events} = await run();
		expect(exitCode).toBe(exitCodes.done);
		expect(reports[0]?.notes[0]).toMatch(/, 2 snippets \(4 files, \d+ B\)\.$/);
		expect(events.filter(({type}) => type === 'noticed')).toEqual([]);
		expect(events).toContainEqual(
			expect.objectContaining({type: 'follow-up-saved', repository: 'acme', text: '2 snippets'}),
		);
		expect(saved('kypj')).toMatchObject({
			title: '',
			owner: {display_name: 'Bo Example'},
			files: [
				{name: 'März.bin', savedAs: 'M_rz.bin', size: binary.length},
				{name: 'notes.txt', savedAs: 'notes.txt', size: 8},
				{name: 'password', savedAs: 'password', size: 6},
			],
		});
		expect(content('kypj', 'notes.txt').toString()).toBe('one\r\ntwo');
		expect(content('kypj', 'M_rz.bin')).toEqual(binary);
		expect(content('Ab1', '_git').toString()).toBe('no folder');
		expect(asked()).toBe(2);

		edit(notes, {'notes.txt': 'three'});
		remove(other);
		const again = await runAgain();
		expect(again.exitCode).toBe(exitCodes.done);
		expect(asked()).toBe(3);
		expect(content('kypj', 'notes.txt').toString()).toBe('three');
		expect(content('kypj', 'notes.txt', 'main~1').toString()).toBe('one\r\ntwo');
		expect(saved('kypj')).toMatchObject({files: [{name: 'notes.txt'}]});
		// Gone upstream, and as it was last here.
		expect(content('Ab1', '_git').toString()).toBe('no folder');
		expect(again.reports[0]?.notes[0]).toMatch(/, 1 snippet \(1 file, 5 B\)\.$/);
		await runAgain();
		expect(asked()).toBe(3);
	});

	it('come file by file where Bitbucket sends no parts', async () => {
		const {add, run, content, asked, unknowns} = await setUp();
		unknowns.sendsParts = false;
		add('kypj', {'notes.txt': 'one\r\ntwo', 'März.bin': binary});
		add('Ab1', {a: 'two'});
		// One request more, with another form.
		acme.sandbox.addFault({
			match: {path: /snippets\/acme\/Ab1$/},
			times: 1,
			answer: {kind: 'answer', status: 406},
		});
		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(content('Ab1', 'a').toString()).toBe('two');
		expect(content('kypj', 'notes.txt').toString()).toBe('one\r\ntwo');
		expect(content('kypj', 'M_rz.bin')).toEqual(binary);
		expect(asked()).toBe(5 + 4);
	});

	it('that fail stop no other, and come with the next backup', async () => {
		const {add, run, saved, asked} = await setUp();
		add('kypj', {a: 'one'}, 'Notes');
		add('Ab1', {a: 'two'});
		const fault = acme.sandbox.addFault({
			match: {path: /snippets\/acme\/kypj/},
			answer: {kind: 'answer', status: 500},
		});
		const first = await run();
		expect(first.exitCode).toBe(exitCodes.incomplete);
		expect(gapsOf(first)).toEqual([
			expect.objectContaining({
				what: 'snippets',
				repository: 'acme',
				detail: expect.stringMatching(/^1 of 2 \(kypj, Notes\): /),
				advice: 'The next backup tries again.',
			}),
		]);
		expect(saved('Ab1')).toBeDefined();
		fault.remove();
		const before = asked();
		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(asked()).toBe(before + 1);
		expect(saved('kypj')).toBeDefined();
	});

	it('that Bitbucket refuses are remembered, and others are not asked for after three of them', async () => {
		const {add, run, runAgain, asked} = await setUp();
		for (const id of ['a', 'b', 'c', 'd', 'e']) {
			add(id, {a: id});
		}

		acme.sandbox.addFault({
			match: {path: /snippets\/acme\/./},
			answer: {kind: 'answer', status: 403},
		});
		const {exitCode, reports} = await run();
		expect(exitCode).toBe(exitCodes.done);
		expect(reports[0]?.notes[0]).not.toMatch('snippet');
		expect(asked()).toBe(3);
		await runAgain();
		expect(asked()).toBe(3);
	});

	it('stay where the token may not read snippets any more', async () => {
		const {add, run, runAgain, saved, asked, token} = await setUp();
		add('kypj', {a: 'one'});
		await run();
		token.scopes = settingsScopes.filter((scope) => !scope.startsWith('read:snippet'));
		const {reports} = await runAgain();
		expect(gapsOf({reports} as RunResult)).toEqual([
			expect.objectContaining({
				detail: expect.stringMatching(
					/^snippets \(the token lacks read:snippet\) could be read earlier$/,
				),
			}),
		]);
		expect(asked()).toBe(1);
		expect(saved('kypj')).toBeDefined();
	});

	it('go on where the requests of a run ended', async () => {
		const {add, runShortly, asked} = await setUp();
		for (let number = 0; number < 30; number += 1) {
			add(`s${number}`, {a: `${number}`});
		}

		const first = await runShortly();
		const before = asked();
		expect(before).toBeGreaterThan(0);
		expect(before).toBeLessThan(30);
		const [, left] = /^about (\d+) requests/.exec(gapsOf(first)[0]?.detail ?? '') ?? [];
		expect(Number(left)).toBeGreaterThanOrEqual(30 - before);
		acme.clock.advance(2 * 60 * 60_000);
		expect((await runShortly()).exitCode).toBe(exitCodes.done);
		expect(asked()).toBe(30);
	});

	it('are refused where an answer is cut short or has no end, or an id leads elsewhere', async () => {
		const {add, run, saved, asked} = await setUp();
		add('../user', {a: 'one'});
		add('a', {a: 'one'});
		add('b', {a: 'one'});
		const headers = {'content-type': 'multipart/related; boundary=b'};
		const ofOne = (id: string) => ({match: {path: new RegExp(`snippets/acme/${id}`)}});
		const body = '--b\r\n\r\n{}\r\n--b\r\n';
		acme.sandbox.addFault({...ofOne('a'), answer: {kind: 'answer', status: 200, headers, body}});
		acme.sandbox.addFault({
			...ofOne('b'),
			answer: {kind: 'flood', size: Number.POSITIVE_INFINITY, headers, start: body},
		});
		const result = await run();
		expect(result.exitCode).toBe(exitCodes.incomplete);
		expect(gapsOf(result)).toEqual([
			expect.objectContaining({detail: expect.stringMatching(/^1 of 3 \(a\): .* last part/)}),
		]);
		expect([saved('a'), saved('b')]).toEqual([undefined, undefined]);
		// Four attempts at one, and both forms of the other.
		expect(asked()).toBe(4 + 2);
	});
});
