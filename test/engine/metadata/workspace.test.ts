import {execFileSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {day} from '../../../source/domain/text/format.ts';
import {findParts, findRestorable} from '../../../source/engine/restore/choose.ts';
import {readSavedState} from '../../../source/engine/saved/saved-state.ts';
import {parts} from '../../../source/parts/registry.ts';
import {makeWorld, type RunResult} from '../../helpers/backup.ts';
import {addReader, readSaved, settingsScopes} from '../../helpers/metadata.ts';
import {runVerify} from '../../helpers/verify.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

const main = {key: 'MAIN', uuid: '{00000000-0000-4000-8000-000000000001}'};

const setUp = async (scopes: readonly string[] = settingsScopes) => {
	await acme.addSaved('api');
	const {source, token} = addReader(acme.sandbox, scopes);
	const workspace = acme.sandbox.findWorkspace('acme');
	if (workspace === undefined) {
		throw new Error('no workspace');
	}

	const {settings} = acme.sandbox.metadata;
	settings.put(workspace, 'projects', [main]);
	settings.put(workspace, 'members', [{user: {uuid: '{bo}', display_name: 'Bo Example'}}]);
	settings.put(workspace, 'pipelines-config/variables', [{uuid: '{v}', key: 'A', value: '1'}]);
	settings.put(workspace, 'projects/MAIN/deploy-keys', [{id: 9}]);
	return {
		token,
		put: (path: string, document: readonly unknown[]): void =>
			settings.put(workspace, path, document),
		run: (): Promise<RunResult> => acme.run({source}),
		saved: (path: string): unknown => readSaved(acme.path('workspace', 'metadata'), path),
		asked: (): number =>
			acme.sandbox.requests.filter(({path}) => /^\/2\.0\/(workspaces|snippets)\//.test(path))
				.length,
	};
};

describe('settings of the workspace', () => {
	it('are saved with those of each project, and cost nothing for seven days', async () => {
		const {run, saved, asked, put} = await setUp();
		const {exitCode} = await run();
		expect(exitCode).toBe(exitCodes.done);
		expect(saved('workspace.json')).toMatchObject({slug: 'acme'});
		expect(saved('members.json')).toMatchObject([{user: {display_name: 'Bo Example'}}]);
		expect(saved('variables.json')).toMatchObject([{key: 'A', value: '1'}]);
		expect(saved('projects.json')).toMatchObject([main]);
		expect(saved('projects/MAIN/deploy-keys.json')).toEqual([{id: 9}]);
		const before = asked();
		acme.clock.advance(6 * day);
		await run();
		expect(asked()).toBe(before);
		put('members', []);
		acme.clock.advance(day);
		await run();
		expect(saved('members.json')).toEqual([]);
	});

	it('are mended by the next backup where they were damaged, and read anew where their folder is gone', async () => {
		const {run, saved} = await setUp();
		await run();
		damage(acme.path('workspace', 'metadata'), 'main:members.json');
		expect((await runVerify(acme, ['workspace', '--json'])).exitCode).toBe(exitCodes.incomplete);
		await run();
		expect(saved('projects/MAIN/deploy-keys.json')).toEqual([{id: 9}]);
		const {exitCode, events} = await runVerify(acme);
		expect(exitCode).toBe(exitCodes.done);
		expect(events).toContainEqual(
			expect.objectContaining({
				repository: 'acme',
				findings: [expect.objectContaining({kind: 'set-aside'})],
			}),
		);
		rmSync(acme.path('workspace'), {recursive: true});
		await run();
		expect(saved('members.json')).toHaveLength(1);
	});

	it('are restored by the name of their folder, and with all repositories', async () => {
		const {run} = await setUp();
		await run();
		const {files, openGit, digest} = makeWorld(acme.clock);
		const from = [{source: 'acme', folder: acme.path()}];
		const {signal} = new AbortController();
		const tools = {files, git: openGit('restore'), digest, signal};
		const [found] = await findRestorable(files, from, ['workspace'], parts, true);
		if (found === undefined) {
			throw new Error('nothing found');
		}

		const [one] = await findParts(tools, [found], parts);
		const folder = join(acme.folder, 'restored');
		mkdirSync(folder);
		const copy = {...tools, folder: acme.path('workspace')};
		const as = {origin: undefined};
		const state = await one?.part.readState(copy, undefined, undefined, as);
		if (state === undefined || 'result' in state) {
			throw new Error('no state');
		}

		await one?.part.restore(copy, state, folder, as);
		expect(existsSync(join(folder, 'projects/MAIN/deploy-keys.json'))).toBe(true);
		const all = await findRestorable(files, from, 'all', parts, true);
		expect(all.map(({record}) => `${record.workspace}/${record.slug}`)).toEqual([
			'acme/api',
			'acme/',
		]);
	});

	it('are no repository to a backup, and are whole to verify', async () => {
		const {run} = await setUp();
		await run();
		const {exitCode, findings, events} = await runVerify(acme);
		expect([...findings.values()].flat()).toEqual([]);
		expect([...findings.keys()]).toContain('acme');
		expect(events).toContainEqual(
			expect.objectContaining({type: 'source-verified', repositories: 1, whole: 1}),
		);
		expect(exitCode).toBe(exitCodes.done);
		const {files} = makeWorld(acme.clock);
		const state = await readSavedState(files, acme.path(), parts);
		expect(state).toMatchObject({unrecorded: [], closed: [], copies: []});
		expect(state.repositories.map(({folder}) => folder)).toEqual(['acme#api']);
		expect(state.workspace?.folder).toBe('workspace');
		const log = execFileSync(
			'git',
			['-C', acme.path('workspace', 'metadata'), 'log', '--format=%s'],
			{
				encoding: 'utf8',
			},
		);
		expect(log).toMatch(/^\d+ settings$/m);
	});

	it('make a run incomplete that may not read what an earlier one read', async () => {
		const {run, token, saved} = await setUp();
		await run();
		token.scopes = settingsScopes.filter((scope) => !scope.startsWith('read:pipeline'));
		acme.clock.advance(7 * day);
		const {exitCode, reports} = await run();
		expect(reports[0]?.gaps).toContainEqual(
			expect.objectContaining({
				repository: 'acme',
				detail: expect.stringContaining(
					'variables (the token lacks read:pipeline) could be read earlier',
				),
			}),
		);
		expect(saved('variables.json')).toHaveLength(1);
		expect(exitCode).toBe(exitCodes.incomplete);
	});

	it('lack snippets on a free plan, which is named and no failure', async () => {
		const {run, put, saved} = await setUp();
		put('snippets', ['A workspace on a Free plan has no snippets']);
		const {exitCode, reports} = await run();
		expect(exitCode).toBe(exitCodes.done);
		expect(reports[0]?.notes.at(-1)).toMatch(/^Not read: snippets \(/);
		expect(saved('snippets.json')).toBeUndefined();
	});
});

/** Damages the object that a name stands for; few objects are never packed. */
const damage = (mirror: string, name: string): void => {
	const oid = execFileSync('git', ['-C', mirror, 'rev-parse', name], {encoding: 'utf8'}).trim();
	const path = join(mirror, 'objects', oid.slice(0, 2), oid.slice(2));
	chmodSync(path, 0o600);
	writeFileSync(path, 'damaged');
};
