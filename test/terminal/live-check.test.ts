import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {type Sandbox, startSandbox} from '../../source/sandbox/start-sandbox.ts';
import {ann, readScopes} from '../helpers/backup.ts';
import {type FrontDoor, openFrontDoor} from '../helpers/front-door.ts';
import {commitFile} from '../helpers/upstream.ts';
import {keys, startWizard, type WizardScreen} from '../helpers/wizard-screen.ts';

/**
 * One program for wrong answers and one for trouble with the network. Every test begins at the
 * question after a good check and leads back there.
 */
const folderQuestion = 'Where should the backup be saved?';

const good = {
	'Which workspace?': 'acme',
	'Your Bitbucket user name': 'ann',
	'E-mail address of': ann.email,
	'? API token': `ATATT3xFfGF0${'canary'.repeat(29)}X=9f3c`,
} as const;

type Question = keyof typeof good;

/** In the order in which Esc goes back. */
const questions = [
	folderQuestion,
	'? API token',
	'E-mail address of',
	'Your Bitbucket user name',
	'Whose workspace is it?',
	'Which workspace?',
] as const;

const openSandbox = async (): Promise<Sandbox> => {
	const sandbox = await startSandbox();
	sandbox.addWorkspace({slug: 'acme', name: 'Acme'});
	await commitFile(sandbox.addRepository({workspace: 'acme', slug: 'api'}).path, {content: 'x'});
	const account = sandbox.addAccount({...ann, workspaces: ['acme', 'second']});
	sandbox.addApiToken({account, token: good['? API token'], scopes: readScopes});
	return sandbox;
};

/** Words with any line break between them. */
const inLines = (words: string): RegExp =>
	new RegExp(words.replaceAll(/[.*+?()[\]{}|\\^$]/g, '\\$&').replaceAll(' ', '\\s+'));

const begin = async (screen: WizardScreen): Promise<void> => {
	await screen.answer('Which workspace?', `${good['Which workspace?']}${keys.enter}`);
	await screen.answer('Whose workspace is it?', keys.enter);
	for (const question of questions.slice(1, 4).toReversed()) {
		await screen.answer(question, `${good[question as Question]}${keys.enter}`);
	}
};

const goBackTo = async (screen: WizardScreen, question: Question): Promise<void> => {
	for (const passed of questions.slice(0, questions.indexOf(question))) {
		await screen.answer(passed, keys.escape);
	}
};

const answerAnew = (screen: WizardScreen, question: Question, text: string): Promise<void> =>
	screen.answer(question, `${keys.clear}${text}${keys.enter}`);

const mend = (screen: WizardScreen, question: Question): Promise<void> =>
	answerAnew(screen, question, good[question]);

/** All the other answers are as they were. */
const expectGood = async (screen: WizardScreen): Promise<void> => {
	await screen.waitFor(folderQuestion);
	expect(screen.text()).toMatch(/Workspace +acme\s/);
	expect(screen.text()).toMatch(/E-mail +ann@example\.com\s/);
	expect(screen.text()).toMatch(/Token +.*ends in 9f3c\s/);
};

describe('the live check finds the wrong answer, and only that one is changed:', () => {
	let sandbox: Sandbox;
	let screen: WizardScreen;

	beforeAll(async () => {
		sandbox = await openSandbox();
		sandbox.addWorkspace({slug: 'second'});
		sandbox.addWorkspace({slug: 'theirs'});
		const home = mkdtempSync(join(tmpdir(), 'cistern-test-'));
		screen = startWizard({sandbox, home});
		await begin(screen);
		return async () => {
			await screen.close();
			await sandbox.close();
			rmSync(home, {recursive: true, force: true});
		};
	});

	/** Gives a wrong answer, reads the complaint, and takes an option. */
	const fail = async (
		question: Question,
		wrong: string,
		words: string,
		choice: string,
		steps = 0,
	): Promise<void> => {
		await screen.waitFor(folderQuestion);
		await goBackTo(screen, question);
		await answerAnew(screen, question, wrong);
		await screen.waitFor(inLines(words));
		await screen.waitFor('Check again');
		screen.type(keys.down.repeat(steps));
		await screen.answer(`› ${choice}`, keys.enter);
	};

	it('the e-mail address', async () => {
		const question = 'E-mail address of';
		const words = 'Git takes this token, so the e-mail address is the likely cause.';
		await fail(question, 'ann@elsewhere.example', words, 'Change the e-mail address');
		await mend(screen, question);
		await expectGood(screen);
	});

	it('the user name, by the one that Bitbucket gives or the one that always works', async () => {
		const question = 'Your Bitbucket user name';
		await fail(question, 'anna', 'refused for the user name "anna"', 'Use x-bitbucket', 2);
		await expectGood(screen);
		expect(screen.text()).toMatch(/User name +x-bitbucket-api-token-auth/);
		await fail(question, 'anna', 'refused for the user name "anna"', 'Use ann ');
		await expectGood(screen);
		expect(screen.text()).toMatch(/User name +ann\s/);
	});

	it('a token that has expired', async () => {
		const token = 'ATATT3xFfGF0-canary-that-has-expired';
		const account = sandbox.addAccount(ann);
		sandbox.addApiToken({account, token, scopes: readScopes, expired: true});
		const words = 'so the token is the likely cause: mistyped, expired, revoked, or made';
		await fail('? API token', token, words, 'Enter another token');
		await mend(screen, '? API token');
		await expectGood(screen);
	});

	it('a token without a useful scope, which may also be used as it is', async () => {
		const token = 'ATATT3xFfGF0-canary-just-enough-34cd';
		const account = sandbox.addAccount(ann);
		sandbox.addApiToken({account, token, scopes: ['read:repository:bitbucket']});
		await fail('? API token', token, 'read:workspace missing Backups work without it', 'Go on');
		await screen.waitFor(folderQuestion);
		await screen.waitFor(/! Checked .* limited/);
		await goBackTo(screen, '? API token');
		await mend(screen, '? API token');
		await expectGood(screen);
	});

	it('a folder that cannot be used', async () => {
		await screen.waitFor(folderQuestion);
		await screen.answer(folderQuestion, keys.clear + process.execPath + keys.enter);
		await screen.waitFor(inLines('cannot be used: something of that name is there already'));
		await screen.waitFor(inLines('Type another folder, or repair this one'));
		screen.type(keys.clear);
	});

	it('a workspace of other people: the workspaces of the token are offered', async () => {
		const words = 'theirs: this account is not a member';
		await fail('Which workspace?', 'theirs', words, 'Use the workspace acme');
		await expectGood(screen);
	});
});

describe('trouble with the network is not blamed on an answer, and checking again is enough:', () => {
	let sandbox: Sandbox;
	let door: FrontDoor;
	let screen: WizardScreen;
	let folder: string;

	beforeAll(async () => {
		sandbox = await openSandbox();
		folder = mkdtempSync(join(tmpdir(), 'cistern-test-'));
		door = await openFrontDoor(sandbox, folder);
		screen = startWizard({sandbox, home: folder, environment: door.environment});
		await begin(screen);
		return async () => {
			await screen.close();
			await door.shut();
			await sandbox.close();
			rmSync(folder, {recursive: true, force: true});
		};
	});

	/** Runs the check again, with another good answer. */
	const expectTrouble = async (words: string, pass: () => unknown): Promise<void> => {
		await screen.waitFor(folderQuestion);
		await goBackTo(screen, 'Your Bitbucket user name');
		const isAnn = /User name +ann\s/.test(screen.text());
		await answerAnew(screen, 'Your Bitbucket user name', isAnn ? '' : 'ann');
		await screen.waitFor(inLines(words));
		await screen.waitFor('› Check again');
		expect(screen.text()).not.toMatch(/cistern\s+again/);
		await pass();
		await screen.answer('› Check again', keys.enter);
		await expectGood(screen);
	};

	it('the computer is offline', async () => {
		await screen.waitFor(folderQuestion);
		door.loseNames();
		await expectTrouble('This computer is offline', door.findNames);
	});

	it('the certificate is not trusted', async () => {
		await screen.waitFor(folderQuestion);
		door.showOther();
		await expectTrouble('no trusted connection could be made', door.showOwn);
	});

	it('a proxy answers in the place of Bitbucket', async () => {
		await screen.waitFor(folderQuestion);
		const headers = {'content-type': 'text/html'};
		const answer = {kind: 'answer', status: 200, headers, body: '<html>Sign in'} as const;
		const fault = sandbox.addFault({match: {service: 'api'}, answer});
		await expectTrouble('A proxy, or the sign-in page of a network', fault.remove);
	});
});
