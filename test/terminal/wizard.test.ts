import {execFile} from 'node:child_process';
import {existsSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {promisify} from 'node:util';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {type Sandbox, startSandbox} from '../../source/sandbox/start-sandbox.ts';
import {ann, readScopes} from '../helpers/backup.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {commitFile} from '../helpers/upstream.ts';
import {environmentOf, keys, openWizard, type WizardScreen} from '../helpers/wizard-screen.ts';

/** Asynchronous: the sandbox answers in this process. */
const run = promisify(execFile);

const token = `ATATT3xFfGF0${'canary'.repeat(29)}X=9f3c`;

let sandbox: Sandbox;

beforeEach(async () => {
	sandbox = await startSandbox();
	sandbox.addWorkspace({slug: 'acme', name: 'Acme'});
	await commitFile(sandbox.addRepository({workspace: 'acme', slug: 'api'}).path, {content: 'x'});
	const account = sandbox.addAccount({...ann, workspaces: ['acme', 'second']});
	sandbox.addApiToken({account, token, scopes: readScopes});
});

afterEach(() => sandbox.close());

type Given = {
	readonly workspace?: string;
	readonly authName?: string;
	readonly apiAuthName?: string;
	readonly token?: string;
};

/** The five questions; the live check begins behind them. */
const answerFive = async (screen: WizardScreen, given: Given = {}): Promise<void> => {
	await screen.answer('Which workspace?', `${given.workspace ?? 'acme'}${keys.enter}`);
	await screen.answer('Whose workspace is it?', keys.enter);
	await screen.answer('Your Bitbucket user name', `${given.authName ?? 'ann'}${keys.enter}`);
	await screen.answer('E-mail address of', `${given.apiAuthName ?? ann.email}${keys.enter}`);
	await screen.waitFor('? API token');
	screen.paste(given.token ?? token);
	await screen.answer(/ends in \S{4}/, keys.enter);
};

const folderQuestion = 'Where should the backup be saved?';
const placeQuestion = 'Where should the token be kept?';

/** To the end, with the token in the settings file, and `down` to what is wanted last. */
const finish = async (screen: WizardScreen, down = 0): Promise<void> => {
	await screen.answer(folderQuestion, keys.enter);
	await screen.answer(placeQuestion, keys.down + keys.enter);
	await screen.answer('These settings will be written', keys.down.repeat(down) + keys.enter);
};

const settingsOf = ({home}: WizardScreen): string => join(home, '.config/cistern/settings.yml');

const everythingIn = (folder: string): string =>
	readdirSync(folder, {recursive: true, withFileTypes: true})
		.filter((entry) => entry.isFile())
		.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
		.join('\n');

/** The program again, as a machine runs it. */
const runUnattended = async (home: string, ...given: readonly string[]): Promise<string> => {
	const env = environmentOf(sandbox, home);
	const running = run(process.execPath, [resolve('dist/cli.js'), ...given], {env});
	running.child.stdin?.end();
	return (await running).stdout;
};

describe('the first time', () => {
	it('leads from an address to a finished backup with at most nine presses of Enter', async () => {
		const screen = openWizard({sandbox});
		await answerFive(screen, {workspace: 'https://bitbucket.org/acme/api'});
		await finish(screen);
		await screen.waitFor('systemctl --user enable');
		expect(await screen.exited).toEqual({code: 0, signal: undefined});
		const mirror = join(screen.home, 'bitbucket-backup/acme/acme#api/repo');
		expect(readFileSync(join(mirror, 'HEAD'), 'utf8')).toBe('ref: refs/heads/main\n');
		expect([...screen.scrollback(), ...screen.rows()].join('\n')).toContain('0 2 * * * ');
	});

	it('writes settings that cistern --yes reads, for their user alone', async () => {
		const screen = openWizard({sandbox});
		await answerFive(screen);
		await finish(screen, 2);
		expect(await screen.exited).toEqual({code: 0, signal: undefined});
		expect(statSync(settingsOf(screen)).mode & 0o777).toBe(0o600);
		expect(readFileSync(settingsOf(screen), 'utf8')).toContain(`password: ${token}`);
		await runUnattended(screen.home, '--yes', '--quiet');
		expect(await runUnattended(screen.home, 'status')).toContain('api');
	});

	it('never shows the token, nor keeps it anywhere else', async () => {
		const screen = openWizard({sandbox});
		await answerFive(screen);
		await screen.answer(folderQuestion, keys.enter);
		await screen.answer(placeQuestion, keys.enter);
		await screen.answer('These settings will be written', keys.enter);
		await screen.waitFor('systemctl --user enable');
		await screen.exited;
		expect(screen.output()).not.toContain('canary');
		expect(everythingIn(screen.home)).not.toContain('canary');
		expect(readFileSync(settingsOf(screen), 'utf8')).toMatch(/password: .%BITBUCKET_TOKEN%/);
		expect(screen.scrollback().join('\n')).toContain("export BITBUCKET_TOKEN='...'");
	});

	it('says whether the workspace is there while the person goes on', async () => {
		sandbox.addWorkspace({slug: 'open', isPrivate: false});
		const screen = openWizard({sandbox});
		await screen.answer('Which workspace?', `acne${keys.enter}`);
		await screen.waitFor('not found: is it spelled right?');
		await screen.answer('Whose workspace is it?', keys.escape);
		await screen.answer('Which workspace?', `${keys.clear}open${keys.enter}`);
		await screen.waitFor(/open +public/);
		await screen.answer('Whose workspace is it?', keys.shiftTab);
		await screen.answer('Which workspace?', `${keys.clear}acme${keys.enter}`);
		await screen.waitFor('private: a token is needed');
	});

	it('saves what is public without an account, after a warning', async () => {
		sandbox.addWorkspace({slug: 'open', isPrivate: false});
		sandbox.addRepository({workspace: 'open', slug: 'web', isPrivate: false});
		const screen = openWizard({sandbox});
		await screen.answer('Which workspace?', `open${keys.enter}`);
		await screen.answer('Whose workspace is it?', keys.enter);
		await screen.answer('Your Bitbucket user name', keys.down + keys.enter);
		await screen.answer('neither seen nor saved', keys.enter);
		await screen.answer(folderQuestion, keys.enter);
		await screen.answer('These settings will be written', keys.down + keys.down + keys.enter);
		await screen.exited;
		expect(readFileSync(settingsOf(screen), 'utf8')).not.toContain('password');
	});

	it('explains an app password, and a token where it does not belong', async () => {
		const screen = openWizard({sandbox});
		await screen.answer('Which workspace?', `acme${keys.enter}`);
		await screen.answer('Whose workspace is it?', keys.enter);
		await screen.answer('Your Bitbucket user name', `${token}${keys.enter}`);
		await screen.answer('This looks like a token', `${keys.clear}ann${keys.enter}`);
		await screen.answer('E-mail address of', `${ann.email}${keys.enter}`);
		await screen.answer('? API token', `ATBBabcdefghijklmnopqrst${keys.enter}`);
		await screen.waitFor('This is an app password.');
	});
});

describe('the second time', () => {
	const comments = '# Ours, do not touch.\n';

	const setUpFirst = async (): Promise<WizardScreen> => {
		const screen = openWizard({sandbox});
		await answerFive(screen);
		await finish(screen, 2);
		await screen.exited;
		const file = settingsOf(screen);
		writeFileSync(file, comments + readFileSync(file, 'utf8'));
		return screen;
	};

	it('adds a workspace, and keeps comments and the first one', async () => {
		const {home} = await setUpFirst();
		sandbox.addWorkspace({slug: 'second'});
		const screen = openWizard({sandbox, home, arguments: ['setup']});
		await screen.answer('› Add a workspace', keys.enter);
		await answerFive(screen, {
			workspace: 'second',
			authName: '',
			apiAuthName: '',
		});
		await screen.answer('An empty workspace', keys.enter);
		await screen.answer(placeQuestion, keys.enter);
		await screen.answer('These settings will be written', keys.down + keys.down + keys.enter);
		expect((await screen.exited).code).toBe(0);
		const text = readFileSync(settingsOf(screen), 'utf8');
		expect(text.startsWith(comments)).toBe(true);
		expect(text).toMatch(/title: acme[\s\S]+title: second/);
		expect(text).toContain(token);
		expect(text).toContain('%BITBUCKET_TOKEN%');
	});

	it('changes a source with Enter alone, but for what is to be changed', async () => {
		const {home} = await setUpFirst();
		const screen = openWizard({sandbox, home, arguments: ['setup']});
		await screen.answer('› Add a workspace', keys.down + keys.enter);
		await screen.answer('Which workspace?', keys.enter);
		await screen.answer('Whose workspace is it?', keys.enter);
		await screen.answer('Your Bitbucket user name', `${keys.clear}${keys.enter}`);
		await screen.answer('E-mail address of', keys.enter);
		await screen.answer('? API token', keys.enter);
		await screen.answer(folderQuestion, keys.enter);
		await screen.answer(placeQuestion, keys.enter);
		await screen.answer('These settings will be written', keys.down + keys.down + keys.enter);
		expect((await screen.exited).code).toBe(0);
		const text = readFileSync(settingsOf(screen), 'utf8');
		expect(text.startsWith(comments)).toBe(true);
		expect(text).not.toContain('authName: ann\n');
		expect(text.match(/title:/g)).toHaveLength(1);
		await runUnattended(screen.home, '--yes', '--quiet');
	});

	it('goes from one workspace to the next, and offers those that there are', async () => {
		sandbox.addWorkspace({slug: 'second'});
		const screen = openWizard({sandbox});
		await answerFive(screen);
		await finish(screen, 1);
		await screen.answer('› second', keys.enter);
		await screen.answer('Whose workspace is it?', keys.enter);
		await screen.answer('An empty workspace', keys.enter);
		await screen.answer('These settings will be written', keys.down + keys.down + keys.enter);
		expect((await screen.exited).code).toBe(0);
		const text = readFileSync(settingsOf(screen), 'utf8');
		expect(text).toContain('title: acme');
		expect(text).toContain('title: second');
	});

	it('remembers what was answered before it was left', async () => {
		const screen = openWizard({sandbox});
		await screen.answer('Which workspace?', `acme${keys.enter}`);
		await screen.answer('Whose workspace is it?', keys.interrupt);
		expect(await screen.exited).toEqual({code: 130, signal: undefined});
		expect(existsSync(settingsOf(screen))).toBe(false);
		const again = openWizard({sandbox, home: screen.home});
		await again.waitFor('› acme');
	});

	it.each([
		['found where it is started', []],
		['given by --config', ['setup', '--config', 'settings.yml']],
	])(
		"takes over SCM Backup's settings %s with their comments, and carries on in their folder",
		async (_, given) => {
			const folder = makeTemporaryFolder();
			const text = `${comments}localFolder: saved\nsources:\n  - title: acme\n    hoster: bitbucket\n    type: org\n    name: acme\n    authName: ann\n    apiAuthName: ${ann.email}\n    password: '%TEAM_TOKEN%'\n`;
			writeFileSync(join(folder, 'settings.yml'), text);
			const environment = {TEAM_TOKEN: token};
			const screen = openWizard({sandbox, folder, environment, arguments: given});
			await screen.answer('› Take it over', keys.enter);
			expect((await screen.exited).code).toBe(0);
			expect(existsSync(join(folder, 'saved/acme/acme#api/repo/HEAD'))).toBe(true);
			expect(readFileSync(join(folder, 'settings.yml'), 'utf8')).toBe(text);
			expect(readFileSync(settingsOf(screen), 'utf8').startsWith(comments)).toBe(true);
			expect(screen.scrollback().join('\n')).not.toContain('--config');
		},
	);
});

describe('where nobody can be asked', () => {
	it('names the option and the variable of each missing answer', async () => {
		const refused: unknown = await runUnattended(
			makeTemporaryFolder(),
			'setup',
			'--workspace',
			'acme',
		).catch((error: unknown) => error);
		expect(refused).toMatchObject({
			code: 2,
			stderr: expect.stringMatching(
				/--type \(CISTERN_TYPE\)\s+--auth-name \(CISTERN_AUTH_NAME\)\s+--api-auth-name \(CISTERN_API_AUTH_NAME\)\s+--token-stdin \(CISTERN_TOKEN\)\s+--folder \(CISTERN_FOLDER\)/,
			),
		});
		expect(refused).not.toMatchObject({stderr: expect.stringContaining('CISTERN_WORKSPACE')});
	});
});
