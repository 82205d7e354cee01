import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {
	changeDemoWorkspace,
	type DemoWorkspace,
	fillDemoWorkspace,
} from '../source/sandbox/demo-workspace.ts';
import {type Sandbox, startSandbox} from '../source/sandbox/start-sandbox.ts';
import type {TerminalScreen} from '../test/helpers/terminal-screen.ts';
import {describeSource, openProgram} from './open-program.ts';
import {readPicture} from './read-picture.ts';
import {recordFilm} from './record-film.ts';
import {type Frame, writeSvg} from './write-svg.ts';

/** `mkdir` refuses one that is there, so that nobody's backup is removed at the end. */
const backup = join(tmpdir(), 'backup');

const write = (name: string, command: string, frames: readonly Frame[]): Promise<void> =>
	writeFile(join(import.meta.dirname, `${name}.svg`), writeSvg(command, frames, 80));

const take = (name: string, command: string, screen: TerminalScreen): Promise<void> =>
	write(name, command, [{picture: readPicture(screen.emulator), duration: 0}]);

/** Some rows are done, others at work, and the large one is well on its way. */
const isMidway = (screen: TerminalScreen): boolean =>
	screen.rows().filter((row) => row.includes('✔')).length >= 3 &&
	/(api|web) +receiving.*█/.test(screen.text()) &&
	/data-lake +receiving.*██.*MB\/s/.test(screen.text());

/** A line as slow as many are, so that a transfer takes some seconds. */
const slowDown = (sandbox: Sandbox): void => {
	for (const [slug, bytes] of [
		['data-lake', 100_000],
		['api', 300],
		['web', 200],
	] as const) {
		sandbox.addFault({
			match: {repository: `harbour/${slug}`, method: 'POST'},
			answer: {kind: 'trickle', bytes, every: 80},
		});
	}
};

const takeBackup = async (
	home: string,
	sandbox: Sandbox,
	source: Record<string, string>,
): Promise<void> => {
	slowDown(sandbox);
	const screen = openProgram(home, [], source);
	await screen.waitFor(isMidway);
	await take('backup', 'cistern', screen);
	await screen.exited;
	await take('summary', 'cistern', screen);
	await screen.close();
	sandbox.clearFaults();
};

const takeStatus = async (
	home: string,
	sandbox: Sandbox,
	source: Record<string, string>,
): Promise<void> => {
	await changeDemoWorkspace(sandbox);
	const second = openProgram(home, ['--yes'], source);
	await second.exited;
	await second.close();
	const screen = openProgram(home, ['status', '--from', backup]);
	await screen.exited;
	await take('status', `cistern status --from ${backup}`, screen);
	await screen.close();
};

const takeFailure = async (
	home: string,
	sandbox: Sandbox,
	source: Record<string, string>,
): Promise<void> => {
	sandbox.addFault({
		match: {repository: 'harbour/billing', service: 'git'},
		answer: {kind: 'answer', status: 500, body: 'Something went wrong'},
	});
	const screen = openProgram(home, [], source);
	await screen.exited;
	await take('failure', 'cistern', screen);
	await screen.close();
};

const takeDemo = async (home: string): Promise<void> => {
	const screen = openProgram(home, ['demo'], {TMPDIR: home});
	const frames = await recordFilm(screen);
	await screen.close();
	await write('demo', 'cistern demo', frames);
};

const takeStills = async (home: string): Promise<void> => {
	const sandbox = await startSandbox({latency: 20});
	try {
		const demo: DemoWorkspace = await fillDemoWorkspace(sandbox);
		const source = describeSource(sandbox, demo, backup);
		await takeBackup(home, sandbox, source);
		await takeStatus(home, sandbox, source);
		await takeFailure(home, sandbox, source);
	} finally {
		await sandbox.close();
	}
};

await mkdir(backup);
const home = await mkdtemp(join(tmpdir(), 'cistern-'));
try {
	await takeStills(home);
	await takeDemo(home);
} finally {
	await rm(backup, {recursive: true, force: true});
	await rm(home, {recursive: true, force: true});
}
