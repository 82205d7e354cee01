import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {ann} from '../helpers/backup.ts';
import {setUpBundle} from '../helpers/bundle.ts';
import {createRandom, pick, type Random} from '../helpers/random.ts';
import {seedsOf} from '../helpers/seeds.ts';
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

	/** The keys for each question. */
	const way = [
		// Backspace empties the field, also when held down in one piece.
		['Which workspace?', `acne${keys.clear}acme${keys.enter}`],
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
			expect(screen.text()).not.toMatch(/acne/);
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

	it('shows no token in the field of the question before, where Esc came first', async () => {
		const screen = open('refuse');
		await goToToken(screen);
		for (const pieces of [[`\u001B[200~${token}\u001B[201~`], [...token]]) {
			screen.type(keys.escape);
			await screen.waitFor('E-mail address of');
			for (const piece of pieces) {
				screen.type(piece);
				await new Promise(setImmediate);
			}
			await screen.waitFor('••••••••');
			screen.type(keys.enter);
			await screen.waitFor('This looks like a token');
			await screen.waitFor(`› ${ann.email}`);
			await screen.answer('enter next', keys.enter);
			await screen.waitFor('? API token');
		}
		expect(screen.output()).not.toContain(token.slice(0, 12));

		screen.paste(token);
		await screen.answer('ends in 9f3c', keys.enter);
		await screen.waitFor('round 1.');
		expect(readFileSync(screen.log, 'utf8').trimEnd()).toBe(JSON.stringify(token));
	});

	const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=';
	const makeToken = (random: Random): string =>
		`ATATT3xFfGF0${Array.from({length: 180}, () => pick(random, [...alphabet])).join('')}`;

	/** In pieces of any size, some of them apart in time. */
	const send = async (screen: WizardScreen, random: Random, text: string): Promise<void> => {
		const largest = 1 + random(80);
		for (let rest = text; rest !== ''; ) {
			const size = 1 + random(largest);
			screen.type(rest.slice(0, size));
			rest = rest.slice(size);
			if (random(4) === 0) {
				await new Promise(setImmediate);
			}
		}
	};

	type Paste = {readonly mark?: string; readonly text: string; readonly end: string};

	/** A terminal writes the opening mark in one piece. */
	const ways: readonly ((pasted: string) => Paste)[] = [
		(pasted) => ({text: pasted, end: keys.enter}),
		(pasted) => ({text: `${pasted}\r`, end: ''}),
		(pasted) => ({text: `${pasted}\r\n`, end: ''}),
		(pasted) => ({mark: '\u001B[200~', text: `${pasted}\u001B[201~`, end: keys.enter}),
		(pasted) => ({mark: '\u001B[200~', text: `${pasted}\n\u001B[201~`, end: keys.enter}),
	];

	const pasteTokens = async (seeds: readonly number[]): Promise<void> => {
		const screen = open('refuse');
		await goToToken(screen);
		expect(screen.emulator.modes.bracketedPasteMode).toBe(true);
		const sent: string[] = [];
		for (const [index, seed] of seeds.entries()) {
			const round = index + 1;
			const random = createRandom(seed);
			const pasted = makeToken(random);
			sent.push(pasted);
			const {mark = '', text, end} = ways[round % ways.length]?.(pasted) ?? {text: '', end: ''};
			screen.type(mark);
			await send(screen, random, text);
			screen.type(end);
			await screen.answer(`round ${round}.`, keys.enter);
			// Keys are for the question that is on the screen.
			await screen.waitFor('enter keeps it');
		}
		const arrived = readFileSync(screen.log, 'utf8').trimEnd().split('\n');
		expect(arrived).toEqual(sent.map((each) => JSON.stringify(each)));
		expect(sent.filter((each) => screen.output().includes(each.slice(0, 40)))).toEqual([]);
	};

	/** `SEEDS=500 npx vitest run wizard-alone` pastes 500 tokens. Each way comes at least four times. */
	const seeds = seedsOf(Array.from({length: 20}, (_, index) => index + 1));

	it(`takes tokens whole, however they are pasted and cut, and shows none of them: up to seed ${seeds.length}`, {
		timeout: 60_000 + seeds.length * 200,
	}, async () => {
		// Several at once: each of them mostly waits for the screen.
		const screens = seeds.length > 20 ? 3 : 1;
		const shares = Array.from({length: screens}, (_, rest) =>
			seeds.filter((seed) => seed % screens === rest),
		);
		await Promise.all(shares.map(pasteTokens));
	});
});
