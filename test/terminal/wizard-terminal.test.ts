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

	const open = (environment: Record<string, string> = {}): WizardScreen => {
		const home = makeTemporaryFolder();
		return openInShell(program, home, {...environmentOf(sandbox, home), ...environment});
	};

	/** The parameters of each change of colour or style. */
	const coloursOf = (screen: WizardScreen): readonly string[] =>
		screen
			.output()
			.split('\u001B[')
			.flatMap((part) => /^([\d;]*)m/.exec(part)?.[1] ?? []);

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

	const address = 'id.atlassian.com/manage-profile/security/api-tokens';

	it('is as before after Ctrl-C in the middle of the live check, which ends with 130; colours and links were used, and no ground colour', async () => {
		sandbox.addFault({match: {path: '/2.0/user'}, answer: {kind: 'silence'}});
		const screen = open({TERM_PROGRAM: 'WezTerm'});
		for (const [question, answer] of way.slice(0, 4)) {
			await screen.answer(question, answer);
		}
		await screen.waitFor(`Create one: ${address}`);
		await screen.answer('? API token', `${token}${keys.enter}`);
		await screen.answer('Checking with Bitbucket', keys.interrupt);
		await screen.waitFor('code 130');
		await screen.exited;
		expectTerminalBack(screen);
		expect(screen.output()).not.toContain(token);
		expect(screen.output()).toContain(`\u001B]8;;https://${address}\u0007`);
		expect(coloursOf(screen)).toContain('32');
		expect(coloursOf(screen).filter((code) => /^(?:4\d|10\d|3[078]|9\d)/.test(code))).toEqual([]);
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

	type Way = {
		look(): void;
		/** In place of the usual keys, by question. */
		readonly answers?: Readonly<Record<string, string>>;
	};

	/** Answers all questions, one of them wrongly at first, and looks at each. */
	const expectRoomEverywhere = async (
		screen: WizardScreen,
		{look, answers = {}}: Way,
	): Promise<void> => {
		for (const [question, answer] of way) {
			await screen.waitFor(question);
			await screen.waitFor('ctrl-c leave');
			look();
			screen.type(
				question.startsWith('Your') ? `anna${keys.enter}` : (answers[question] ?? answer),
			);
			if (question === '? API token') {
				await screen.waitFor('› Use ann ');
				await screen.waitFor('Check again');
				look();
				screen.type(keys.enter);
			}
		}
	};

	it('fits into 60 columns and 20 rows, and into one colour: every choice and key is in sight', async () => {
		const screen = openWizard({
			sandbox,
			columns: 60,
			rows: 20,
			environment: {NO_COLOR: '1'},
		});
		const seen: string[] = [];
		// The variable for the token takes more lines of the settings than the token itself.
		await expectRoomEverywhere(screen, {
			answers: {
				'Where should the token be kept?': keys.down + keys.enter,
				'These settings will be written': '',
			},
			look: () => {
				expect(screen.scrollback()).toEqual([]);
				seen.push(screen.text());
			},
		});
		expect(seen.some((text) => /✖ Sign-in to git[\s\S]+Check again/.test(text))).toBe(true);
		expect(seen.at(-1)).toContain('Save and leave');
		expect(seen.join('')).not.toMatch(/\S…\S/);
		expect(new Set(coloursOf(screen))).toEqual(new Set(['7', '27']));
		expect(screen.output()).not.toContain('\u001B]8');

		await screen.waitFor(/ … \d+ more lines\n +- title: acme\n +… \d+ more lines\n\n/);
		screen.resize(60, 40);
		await screen.waitFor('password:');
		await screen.waitFor((whole) => !whole.text().includes('more line'));
	});

	it('is as before after the whole way, although it changed its size in the middle', async () => {
		const screen = open();
		let round = 0;
		await expectRoomEverywhere(screen, {
			look: () => {
				round += 1;
				screen.resize(round % 2 === 0 ? 100 : 60, round % 2 === 0 ? 30 : 20);
			},
		});
		await screen.waitFor('To be told how it went');
		await screen.waitFor('code 0');
		await screen.exited;
		expectTerminalBack(screen);
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
