import {
	changeDemoWorkspace,
	type DemoWorkspace,
	fillDemoWorkspace,
} from '../source/sandbox/demo-workspace.ts';
import {type Sandbox, startSandbox} from '../source/sandbox/start-sandbox.ts';
import type {TerminalScreen} from '../test/helpers/terminal-screen.ts';
import {describeSource, openProgram} from './open-program.ts';
import {type Picture, readPicture} from './read-picture.ts';

const enter = '\r';

/** Where a picture goes: its name, the command that made it, and what it left on the screen. */
export type Keep = (name: string, command: string, picture: Picture) => Promise<void>;

type Stage = {
	readonly sandbox: Sandbox;
	readonly keep: Keep;
	/** Opens the program with what it needs to save the sandbox. */
	readonly open: (...words: readonly string[]) => TerminalScreen;
};

/** The setup, a backup at work, its end, its status a month later, and one that fails. */
export const takeStills = async (home: string, backup: string, keep: Keep): Promise<void> => {
	const sandbox = await startSandbox({latency: 20});
	try {
		const demo = await fillDemoWorkspace(sandbox);
		await takeSetup(home, sandbox, demo, keep);
		const source = describeSource(sandbox, demo, backup);
		const open: Stage['open'] = (...words) => openProgram(home, words, source);
		const stage: Stage = {sandbox, keep, open};
		await takeBackup(stage);
		await changeDemoWorkspace(sandbox);
		await finish(open('--yes'));
		await keep(
			'status',
			`cistern status --from ${backup}`,
			await finish(openProgram(home, ['status', '--from', backup])),
		);
		await takeFailure(stage);
	} finally {
		await sandbox.close();
	}
};

/** The five answers, one of them wrong, and what the live check says of it. */
const takeSetup = async (
	home: string,
	sandbox: Sandbox,
	demo: DemoWorkspace,
	keep: Keep,
): Promise<void> => {
	const screen = openProgram(home, ['setup'], {CISTERN_API_URL: sandbox.apiUrl});
	for (const [question, answer] of [
		['Which workspace?', demo.workspace],
		['Whose workspace is it?', ''],
		['Your Bitbucket user name', 'anna'],
		['E-mail address of', demo.email],
		['? API token', demo.token],
	] as const) {
		await screen.waitFor(question);
		screen.type(`${answer}${enter}`);
	}
	await screen.waitFor(/Check again|Try again/);
	await keep('wizard', 'cistern setup', readPicture(screen.emulator));
	await screen.close();
};

const takeBackup = async ({sandbox, keep, open}: Stage): Promise<void> => {
	slowDown(sandbox);
	const screen = open();
	await screen.waitFor(isMidway);
	await keep('backup', 'cistern', readPicture(screen.emulator));
	await keep('summary', 'cistern', await finish(screen));
	sandbox.clearFaults();
};

const takeFailure = async ({sandbox, keep, open}: Stage): Promise<void> => {
	sandbox.addFault({
		match: {repository: 'harbour/billing', service: 'git'},
		answer: {kind: 'answer', status: 500, body: 'Something went wrong'},
	});
	await keep('failure', 'cistern', await finish(open()));
};

const finish = async (screen: TerminalScreen): Promise<Picture> => {
	await screen.exited;
	const picture = readPicture(screen.emulator);
	await screen.close();
	return picture;
};

/** A line as slow as many are, so that a transfer takes some seconds. */
const slowDown = (sandbox: Sandbox): void => {
	for (const [slug, bytes] of [
		['data-lake', 100_000],
		['api', 200],
		['web', 150],
	] as const) {
		sandbox.addFault({
			match: {repository: `harbour/${slug}`, method: 'POST'},
			answer: {kind: 'trickle', bytes, every: 80},
		});
	}
};

/** Some rows are done, others at work, and the large one is well on its way. */
const isMidway = (screen: TerminalScreen): boolean =>
	screen.rows().filter((row) => row.includes('✔')).length >= 3 &&
	/(api|web) .*█/.test(screen.text()) &&
	/data-lake +receiving.* MB +[\d.]+ .B\/s/.test(screen.text());
