import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Sandbox} from '../../source/sandbox/start-sandbox.ts';
import {ann} from '../helpers/backup.ts';
import {runHere} from '../helpers/program-here.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {answerFive, asked, startAcme, wizardToken} from '../helpers/wizard-answers.ts';
import {keys, openWizard, type WizardScreen} from '../helpers/wizard-screen.ts';

let sandbox: Sandbox;

beforeEach(async () => {
	sandbox = await startAcme();
});

afterEach(() => sandbox.close());

const settingsOf = ({home}: WizardScreen): string => join(home, '.config/cistern/settings.yml');

const everythingIn = (folder: string): string =>
	readdirSync(folder, {recursive: true, withFileTypes: true})
		.filter((entry) => entry.isFile())
		.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
		.join('\n');

describe('the first time', () => {
	it('leads from an address to a finished backup with at most ten presses of Enter, and shows no token', async () => {
		const screen = openWizard({sandbox});
		let presses = 0;
		const counted: WizardScreen = {
			...screen,
			answer: (words, typed) => {
				presses += typed.split(keys.enter).length - 1;
				return screen.answer(words, typed);
			},
		};
		await answerFive(counted, {workspace: 'https://bitbucket.org/acme/api'});
		await counted.answer(asked.folder, keys.enter);
		await counted.answer(asked.place, keys.down + keys.enter);
		await counted.answer(asked.target, keys.enter);
		await counted.answer(asked.copy, keys.enter);
		await counted.answer(asked.review, keys.enter);
		await screen.waitFor('To be told how it went');
		expect(await screen.exited).toEqual({code: 0, signal: undefined});
		expect(presses).toBeLessThanOrEqual(10);
		const mirror = join(screen.home, 'bitbucket-backup/acme/acme#api/repo');
		expect(readFileSync(join(mirror, 'HEAD'), 'utf8')).toBe('ref: refs/heads/main\n');
		const all = [...screen.scrollback(), ...screen.rows()].join('\n');
		expect(all).toContain('cistern schedule --at 02:00');
		expect(all).toContain("export BITBUCKET_TOKEN='...'");
		expect(readFileSync(settingsOf(screen), 'utf8')).toMatch(/password: .%BITBUCKET_TOKEN%/);
		expect(screen.output()).not.toContain('canary');
		expect(everythingIn(screen.home)).not.toContain('canary');
	});

	it('says at once what is wrong with an answer, is left with 130, proposes the answers next time, and needs no account for what is public', async () => {
		sandbox.addWorkspace({slug: 'open', isPrivate: false});
		sandbox.addRepository({workspace: 'open', slug: 'web', isPrivate: false});
		const screen = openWizard({sandbox});
		await screen.answer('Which workspace?', `acne${keys.enter}`);
		await screen.waitFor('not found: is it spelled right?');
		await screen.answer('Whose workspace is it?', keys.escape);
		await screen.answer('Which workspace?', `${keys.clear}open${keys.enter}`);
		await screen.waitFor(/open +public/);
		await screen.answer('Whose workspace is it?', keys.shiftTab);
		await screen.answer('Which workspace?', `${keys.clear}acme${keys.enter}`);
		await screen.waitFor('private: a token is needed');
		await screen.answer('Whose workspace is it?', keys.enter);
		await screen.answer('Your Bitbucket user name', `${wizardToken}${keys.enter}`);
		await screen.answer('This looks like a token', `${keys.clear}ann${keys.enter}`);
		await screen.answer('E-mail address of', `ann${keys.enter}`);
		await screen.answer('This is not an e-mail address', `@example.com${keys.enter}`);
		await screen.waitFor('? API token');
		screen.paste(wizardToken);
		await screen.answer('ends in 9f3c', keys.interrupt);
		expect(await screen.exited).toEqual({code: 130, signal: undefined});
		expect(existsSync(settingsOf(screen))).toBe(false);
		expect(everythingIn(screen.home)).not.toContain('canary');

		const again = openWizard({sandbox, home: screen.home});
		await again.answer('› acme', `${keys.clear}open${keys.enter}`);
		await again.answer('Whose workspace is it?', keys.enter);
		await again.answer('› ann', keys.enter);
		await again.answer('› ann@example.com', keys.escape);
		// Public repositories need no account, after a warning.
		await again.answer('Your Bitbucket user name', keys.down + keys.enter);
		await again.answer('neither seen nor saved', keys.enter);
		await again.answer(asked.folder, keys.enter);
		await again.answer(asked.target, keys.enter);
		await again.answer(asked.copy, keys.enter);
		await again.answer(asked.review, keys.down + keys.down + keys.enter);
		expect((await again.exited).code).toBe(0);
		expect(readFileSync(settingsOf(again), 'utf8')).not.toContain('password');
	});
});

describe('the second time', () => {
	const comments = '# Ours, do not touch.\n';

	/** A settings file of the wizard that its user has edited. Its targets are not asked for again. */
	const setUpFirst = (): string => {
		const home = makeTemporaryFolder();
		const folder = join(home, '.config/cistern');
		mkdirSync(folder, {recursive: true});
		const text = `${comments}localFolder: ~/saved
sources:
  - title: acme # the one with the money
    hoster: bitbucket
    type: org
    name: acme
    authName: ann
    apiAuthName: ${ann.email}
    password: ${wizardToken}
    apiUrl: ${sandbox.apiUrl}
  - title: elsewhere
    hoster: github
    type: org
    name: acme
tell:
  - ping: https://hc-ping.example/acme
`;
		writeFileSync(join(folder, 'settings.yml'), text, {mode: 0o600});
		return home;
	};

	it('changes a source with Enter alone, except for the answer to change, and keeps comments, other sources and the API address', async () => {
		const screen = openWizard({
			sandbox,
			home: setUpFirst(),
			environment: {CISTERN_API_URL: ''},
			arguments: ['setup'],
		});
		const before = readFileSync(settingsOf(screen), 'utf8');
		await screen.answer('› Add a workspace', keys.down + keys.enter);
		await screen.answer('Which workspace?', keys.enter);
		// Asked at the address of the source.
		await screen.waitFor('private: a token is needed');
		await screen.answer('Whose workspace is it?', keys.enter);
		await screen.answer('Your Bitbucket user name', `${keys.clear}${keys.enter}`);
		for (const question of ['E-mail', '? API token', asked.folder, asked.place, asked.copy]) {
			await screen.answer(question, keys.enter);
		}
		await screen.answer(asked.review, keys.down + keys.down + keys.enter);
		expect((await screen.exited).code).toBe(0);
		expect(readFileSync(settingsOf(screen), 'utf8')).toBe(
			before.replace('authName: ann\n', 'authName: x-bitbucket-api-token-auth\n'),
		);
	});

	it('goes from one workspace to the next, offers the workspaces that exist, and uses a keychain', async () => {
		sandbox.addWorkspace({slug: 'second'});
		const home = makeTemporaryFolder();
		mkdirSync(join(home, 'bin'));
		const pass =
			'#!/bin/sh\ncd "$HOME"\nif [ "$1" = insert ]; then cat > kept; else cat kept; fi\n';
		writeFileSync(join(home, 'bin/pass'), pass, {mode: 0o755});
		const screen = openWizard({sandbox, home});
		await answerFive(screen);
		await screen.answer(asked.folder, keys.enter);
		await screen.answer(asked.place, '');
		await screen.answer('› pass ', keys.enter);
		await screen.answer(asked.target, keys.enter);
		await screen.answer(asked.copy, keys.enter);
		await screen.answer(asked.review, keys.down + keys.enter);
		await screen.answer('› second', keys.enter);
		await screen.answer('Whose workspace is it?', keys.enter);
		await screen.answer('An empty workspace', keys.enter);
		await screen.answer(asked.review, keys.down + keys.down + keys.enter);
		expect((await screen.exited).code).toBe(0);
		const text = readFileSync(settingsOf(screen), 'utf8');
		expect(text).toContain('title: acme');
		expect(text).toContain('title: second');
		expect(text).toContain('passwordCommand: pass show cistern/acme');
		expect(text).not.toContain('canary');
		expect(readFileSync(join(home, 'kept'), 'utf8').trim()).toBe(wizardToken);
	});

	it("uses SCM Backup's settings that are found where it is started, and continues in their folder", async () => {
		const folder = makeTemporaryFolder();
		const text = `${comments}localFolder: saved\nsources:\n  - title: acme\n    hoster: bitbucket\n    type: org\n    name: acme\n    authName: ann\n    apiAuthName: ${ann.email}\n    password: '%TEAM_TOKEN%'\n`;
		writeFileSync(join(folder, 'settings.yml'), text);
		const screen = openWizard({sandbox, folder, environment: {TEAM_TOKEN: wizardToken}});
		await screen.answer('› Use this file', keys.enter);
		expect((await screen.exited).code).toBe(0);
		expect(existsSync(join(folder, 'saved/acme/acme#api/repo/HEAD'))).toBe(true);
		expect(readFileSync(join(folder, 'settings.yml'), 'utf8')).toBe(text);
		expect(readFileSync(settingsOf(screen), 'utf8').startsWith(comments)).toBe(true);
		expect(screen.scrollback().join('\n')).not.toContain('--config');
	});
});

describe('where there is no terminal to ask in', () => {
	it('names the option and the variable of each missing answer', async () => {
		const folder = makeTemporaryFolder();
		const refused = await runHere({folder, settings: join(folder, 'settings.yml')}, [
			...['setup', '--workspace', 'acme'],
		]);
		expect(refused).toMatchObject({
			exitCode: 2,
			stderr: expect.stringMatching(
				/--type \(CISTERN_TYPE\)\s+--auth-name \(CISTERN_AUTH_NAME\)\s+--api-auth-name \(CISTERN_API_AUTH_NAME\)\s+--token-stdin \(CISTERN_TOKEN\)\s+--folder \(CISTERN_FOLDER\)/,
			),
		});
		expect(refused.stderr).not.toContain('CISTERN_WORKSPACE');
	});
});
