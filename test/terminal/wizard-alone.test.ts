import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {ann} from '../helpers/backup.ts';
import {setUpBundle} from '../helpers/bundle.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {
	expectTerminalBack,
	keys,
	openInShell,
	type WizardScreen,
} from '../helpers/wizard-screen.ts';

const token = `ATATT3xFfGF0${'x'.repeat(176)}9f3c`;

describe('the wizard alone', () => {
	const host = setUpBundle('test/helpers/wizard-host.ts');

	const open = (mode: 'refuse' | 'crash' | 'again'): WizardScreen & {log: string} => {
		const home = makeTemporaryFolder();
		const log = join(home, 'log');
		return {...openInShell([process.execPath, host(), log, mode], home), log};
	};

	/** What is typed at each question. */
	const way = [
		['Which workspace?', `acme${keys.enter}`],
		['Whose workspace is it?', keys.enter],
		['Your Bitbucket user name', `ann${keys.enter}`],
		['E-mail address of', `${ann.email}${keys.enter}`],
		['? API token', `${token}${keys.enter}`],
		['Where should the backup be saved?', keys.enter],
		['Where should the token be kept?', keys.enter],
		['These settings will be written', ''],
	] as const;

	const goPast = async (screen: WizardScreen, questions: number): Promise<void> => {
		for (const [question, answer] of way.slice(0, questions)) {
			await screen.answer(question, answer);
		}
	};

	const goToToken = async (screen: WizardScreen): Promise<void> => {
		await goPast(screen, 4);
		await screen.waitFor('? API token');
	};

	it('gives the terminal back after Ctrl-C at every question', async () => {
		const screen = open('again');
		for (const [index, [question]] of way.entries()) {
			await goPast(screen, index);
			await screen.waitFor(question);
			await screen.waitFor(() => screen.emulator.modes.bracketedPasteMode);
			screen.type(keys.interrupt);
			await screen.waitFor(`ended: left (${index + 1}), terminal as before`);
			expect(screen.cursor().isVisible).toBe(true);
			expect(screen.emulator.modes.bracketedPasteMode).toBe(false);
			screen.type(keys.enter);
		}
		expect(screen.output()).not.toContain(token);
	});

	it('gives the terminal back after a crash inside a component', async () => {
		const screen = open('crash');
		await goPast(screen, 6);
		await screen.waitFor('caught: thrown inside a component');
		await screen.exited;
		expectTerminalBack(screen);
	});

	it('takes a paste for a paste whose first character comes long before the rest', async () => {
		const screen = open('refuse');
		await goToToken(screen);
		screen.type(keys.escape);
		await screen.waitFor('E-mail address of');
		screen.type(`[200~${token}\u001B[201~${keys.enter}`);
		await screen.waitFor('round 1.');
		expect(readFileSync(screen.log, 'utf8').trimEnd()).toBe(JSON.stringify(token));
		expect(screen.output()).not.toContain(token.slice(0, 12));
	});

	const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=';
	const pick = (below: number): number => Math.floor(Math.random() * below);
	const makeToken = (): string =>
		`ATATT3xFfGF0${Array.from({length: 180}, () => alphabet[pick(alphabet.length)]).join('')}`;

	/** In pieces of any size, some of them apart in time. */
	const send = async (screen: WizardScreen, text: string): Promise<void> => {
		const largest = 1 + pick(80);
		for (let rest = text; rest !== ''; ) {
			const size = 1 + pick(largest);
			screen.type(rest.slice(0, size));
			rest = rest.slice(size);
			if (pick(4) === 0) {
				await new Promise(setImmediate);
			}
		}
	};

	const ways: readonly ((pasted: string) => readonly string[])[] = [
		(pasted) => [pasted, keys.enter],
		(pasted) => [`${pasted}\r`],
		(pasted) => [`${pasted}\r\n`],
		(pasted) => [`\u001B[200~${pasted}\u001B[201~`, keys.enter],
		(pasted) => [`\u001B[200~${pasted}\n\u001B[201~`, keys.enter],
	];

	const pasteTokens = async (count: number): Promise<void> => {
		const screen = open('refuse');
		await goToToken(screen);
		expect(screen.emulator.modes.bracketedPasteMode).toBe(true);
		const sent: string[] = [];
		for (let round = 1; round <= count; round += 1) {
			const pasted = makeToken();
			sent.push(pasted);
			for (const part of ways[round % ways.length]?.(pasted) ?? []) {
				await send(screen, part);
			}
			await screen.waitFor(`round ${round}.`);
			screen.type(keys.enter + keys.clear);
		}
		const arrived = readFileSync(screen.log, 'utf8').trimEnd().split('\n');
		expect(arrived).toEqual(sent.map((each) => JSON.stringify(each)));
		expect(sent.filter((each) => screen.output().includes(each.slice(0, 40)))).toEqual([]);
	};

	it('takes 500 tokens whole, however they are pasted and cut, and shows none', async () => {
		// Several at once, as each of them mostly waits for the next painting.
		await Promise.all([125, 125, 125, 125].map(pasteTokens));
	});
});
