import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {type Sandbox, startSandbox} from '../../source/sandbox/start-sandbox.ts';
import {ann, readScopes} from '../helpers/backup.ts';
import {program} from '../helpers/program.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {
	environmentOf,
	expectTerminalBack,
	keys,
	openInShell,
	openWizard,
	type WizardScreen,
} from '../helpers/wizard-screen.ts';

const token = `ATATT3xFfGF0${'x'.repeat(176)}9f3c`;

describe('the terminal after the wizard', () => {
	let sandbox: Sandbox;

	beforeEach(async () => {
		sandbox = await startSandbox();
		sandbox.addWorkspace({slug: 'acme'});
		sandbox.addRepository({workspace: 'acme', slug: 'api', isPrivate: true});
		sandbox.addApiToken({account: sandbox.addAccount(ann), token, scopes: readScopes});
	});

	afterEach(() => sandbox.close());

	const open = (): WizardScreen => {
		const home = makeTemporaryFolder();
		return openInShell(program, home, environmentOf(sandbox, home));
	};

	/** The title of each question, and the keys for it. */
	const way = [
		['Which workspace?', `acme${keys.enter}`],
		['Whose workspace is it?', keys.enter],
		['Your Bitbucket user name', `ann${keys.enter}`],
		['E-mail address of', `${ann.email}${keys.enter}`],
		['? API token', `${token}${keys.enter}`],
		['Where should the backup be saved?', keys.enter],
		['Where should the token be kept?', keys.enter],
		['Who should be told', keys.enter],
		['Keep a second copy', keys.enter],
		['These settings will be written', keys.enter],
	] as const;

	it('is as before after Ctrl-C in the middle of the live check, which ends with 130', async () => {
		sandbox.addFault({match: {path: '/2.0/user'}, answer: {kind: 'silence'}});
		const screen = open();
		for (const [question, answer] of way.slice(0, 5)) {
			await screen.answer(question, answer);
		}
		await screen.answer('Checking with Bitbucket', keys.interrupt);
		await screen.waitFor('code 130');
		await screen.exited;
		expectTerminalBack(screen);
		expect(screen.output()).not.toContain(token);
	});

	it('is as before after a signal', async () => {
		const home = makeTemporaryFolder();
		const screen = openInShell(
			['/bin/sh', '-c', 'echo $$ > pid; exec "$@"', 'sh', ...program],
			home,
			environmentOf(sandbox, home),
		);
		await screen.waitFor('Which workspace?');
		process.kill(Number(readFileSync(join(home, 'pid'), 'utf8')), 'SIGTERM');
		await screen.waitFor('code 130');
		await screen.exited;
		expectTerminalBack(screen);
	});

	/** Answers all questions, one of them wrongly at first, and looks at each. */
	const expectRoomEverywhere = async (screen: WizardScreen, look: () => void): Promise<void> => {
		for (const [question, answer] of way) {
			await screen.waitFor(question);
			await screen.waitFor('ctrl-c leave');
			look();
			screen.type(question.startsWith('Your') ? `anna${keys.enter}` : answer);
			if (question === '? API token') {
				await screen.waitFor('› Use ann ');
				await screen.waitFor('Check again');
				look();
				screen.type(keys.enter);
			}
		}
	};

	it('fits into 60 columns and 20 rows: nothing scrolls, every choice and key is in sight', async () => {
		const screen = openWizard({sandbox, columns: 60, rows: 20});
		const seen: string[] = [];
		await expectRoomEverywhere(screen, () => {
			expect(screen.scrollback()).toEqual([]);
			seen.push(screen.text());
		});
		expect(seen.some((text) => /✖ Sign-in to git[\s\S]+Check again/.test(text))).toBe(true);
		expect(seen.at(-1)).toContain('Save and leave');
		expect(seen.join('')).not.toMatch(/\S…\S/);
	});

	it('says how much of the settings has no room, and shows it when there is', async () => {
		const screen = openWizard({sandbox, columns: 60, rows: 20});
		for (const [question, answer] of way.slice(0, -1)) {
			// The variable takes more lines than the file.
			const isPlace = question === 'Where should the token be kept?';
			await screen.answer(question, isPlace ? keys.down + answer : answer);
		}
		await screen.waitFor(/ … \d+ more lines\n +- title: acme\n +… \d+ more lines\n\n/);
		expect(screen.scrollback()).toEqual([]);
		for (const choice of ['Save and back up now', 'Save and leave', 'ctrl-c leave']) {
			expect(screen.text()).toContain(choice);
		}
		screen.resize(60, 40);
		await screen.waitFor('password:');
		await screen.waitFor((whole) => !whole.text().includes('more line'));
	});

	it('is as before after the whole way, although it changed its size in the middle', async () => {
		const screen = open();
		let round = 0;
		await expectRoomEverywhere(screen, () => {
			round += 1;
			screen.resize(round % 2 === 0 ? 100 : 60, round % 2 === 0 ? 30 : 20);
		});
		await screen.waitFor('To be told how it went');
		await screen.waitFor('code 0');
		await screen.exited;
		expectTerminalBack(screen);
	});

	it('uses no colour where none is wanted, no ground colour ever, and links where they work', async () => {
		const link = '\u001B]8;;https://id.atlassian.com/manage-profile/security/api-tokens\u0007';
		const plain = openWizard({sandbox, environment: {NO_COLOR: '1'}});
		const rich = openWizard({sandbox, environment: {TERM_PROGRAM: 'WezTerm'}});
		for (const screen of [plain, rich]) {
			for (const [question, answer] of way.slice(0, 4)) {
				await screen.answer(question, answer);
			}
			await screen.waitFor('Create one: id.atlassian.com/manage-profile/security/api-tokens');
		}
		const codes = (screen: WizardScreen): readonly string[] =>
			screen
				.output()
				.split('\u001B[')
				.flatMap((part) => /^([\d;]*)m/.exec(part)?.[1] ?? []);
		expect(new Set(codes(plain))).toEqual(new Set(['7', '27']));
		expect(codes(rich)).toContain('32');
		expect(codes(rich).some((code) => /^(?:4\d|10\d|3[078]|9\d)/.test(code))).toBe(false);
		expect(rich.output()).toContain(link);
		expect(plain.output()).not.toContain('\u001B]8');
	});

	it('can be read out', async () => {
		const screen = openWizard({sandbox, environment: {INK_SCREEN_READER: 'true'}});
		await screen.answer('workspace: empty', 'acme');
		await screen.answer('workspace: acme', keys.enter);
		await screen.answer('chosen: Shared', keys.enter);
		await screen.answer('user name: empty', `ann${keys.enter}`);
		await screen.answer('e-mail address: empty', `${ann.email}${keys.enter}`);
		await screen.waitFor('token: empty');
		screen.paste(token);
		await screen.answer('token: 192 characters, hidden', keys.enter);
		await screen.waitFor('folder: /');
		expect(screen.text()).not.toContain('•');
		expect(screen.text()).toContain('done:');
		screen.type(keys.interrupt);
		await screen.exited;
		expect(screen.text()).toContain('kept for next time.');
		expect(screen.cursor().column).toBe(0);
	});
});
