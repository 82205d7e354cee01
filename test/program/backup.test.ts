import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished, vi} from 'vitest';
import {compileSchema} from '../helpers/event-schema.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {forcePush, readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

describe('cistern --yes', () => {
	it('saves a workspace of 12 and says so in plain lines, exit 0', async () => {
		const {path} = await acme.add('r0');
		for (let index = 1; index < 12; index += 1) {
			// Most are empty, which takes a third of the processes.
			const shared = index === 11 ? {path} : {};
			acme.sandbox.addRepository({workspace: 'acme', slug: `r${index}`, ...shared});
		}

		const home = makeHome(acme.sandbox);
		const first = await home.run(['--yes']);
		const second = await runHere(home, ['--yes']);

		expect(first.exitCode).toBe(0);
		expect(first.stdout).toBe('');
		expect(first.stderr).toContain('All 12 repositories of acme are saved as they are now.');
		expect(second.exitCode).toBe(0);
		expect(second.stderr).toContain('12 unchanged');
		const mirror = join(home.backup, 'acme', 'acme#r11', 'repo');
		expect(await readRefs(mirror)).toEqual(await readRefs(path));
	});

	it('names the file that is missing, exit 1', async () => {
		const home = makeHome(acme.sandbox);
		rmSync(home.settings);
		const {exitCode, stderr} = await runHere(home, ['--yes']);
		expect(exitCode).toBe(1);
		expect(stderr).toContain(home.settings);
	});

	it('exits with 2 for an option that does not exist, and names the likely one', async () => {
		const {exitCode, stderr} = await runHere(makeHome(acme.sandbox), ['--concurency', '2']);
		expect(exitCode).toBe(2);
		expect(stderr).toContain('--concurrency');
	});

	it('names what failed and what to do, exit 3', async () => {
		await acme.add('good');
		await acme.add('bad');
		acme.sandbox.addFault({
			match: {repository: 'acme/bad'},
			answer: {kind: 'answer', status: 404, body: 'nothing here'},
		});
		const {exitCode, stderr} = await runHere(makeHome(acme.sandbox), ['--yes']);
		expect(exitCode).toBe(3);
		expect(stderr).toContain('acme/bad: FAILED');
		expect(stderr).toContain('1 of 2 repositories of acme are saved');
	});

	it('exits with 12 for a wrong token', async () => {
		const {exitCode, stderr} = await runHere(makeHome(acme.sandbox, {password: 'ATATTwrong'}), [
			'--yes',
		]);
		expect(exitCode).toBe(12);
		expect(stderr).toContain('refused');
	});

	it('warns that only public repositories are saved without credentials', async () => {
		await acme.add('open', {isPrivate: false});
		await acme.add('closed');
		const home = makeHome(acme.sandbox, {authName: '', apiAuthName: '', password: ''});
		const {exitCode, stderr} = await runHere(home, ['--yes']);
		expect(exitCode).toBe(0);
		expect(stderr).toMatch(/only .*public repositories/i);
	});

	it('plans with --dry-run, writes nothing, and says why for each repository', async () => {
		await acme.add('api');
		const home = makeHome(acme.sandbox);
		const {exitCode, stdout} = await runHere(home, ['--dry-run']);
		expect(exitCode).toBe(0);
		expect(stdout).toContain('clone      acme/api  new');
		expect(stdout.replaceAll(/\s+/g, ' ')).toContain('LFS files come on top of these sizes');
		expect(existsSync(home.backup)).toBe(false);

		await runHere(home, ['--yes', '--quiet']);
		expect((await runHere(home, ['--dry-run'])).stdout).not.toContain('LFS');
		await acme.add('web');
		acme.sandbox.addFault({
			match: {repository: 'acme/api', service: 'git'},
			answer: {kind: 'answer', status: 403, body: 'no'},
		});
		const before = listTree(home.folder);
		const planned = await runHere(home, ['--dry-run', '--json']);
		expect(planned.exitCode).toBe(3);
		const validate = await compileSchema();
		const lines = planned.stdout
			.trimEnd()
			.split('\n')
			.map((line) => JSON.parse(line));
		for (const line of lines) {
			expect(validate(line), `${JSON.stringify([line, validate.errors])}`).toBe(true);
		}
		expect(lines).toMatchObject([
			{
				type: 'planned',
				repository: 'acme/api',
				action: 'fail',
				failure: {kind: expect.any(String)},
			},
			{type: 'planned', repository: 'acme/web', action: 'clone', reason: 'new'},
			{type: 'plan', inScope: 2, gone: [], exitCode: 3},
		]);
		expect(listTree(home.folder)).toEqual(before);
	});
});

/** From now on git's requests for objects are answered only after `release`. */
const holdGit = () => {
	let release = (): void => {};
	const released = new Promise<void>((resolve) => {
		release = resolve;
	});
	const fault = acme.sandbox.addFault({
		match: {path: /git-upload-pack$/, method: 'POST'},
		answer: {kind: 'meanwhile', run: () => released},
	});
	onTestFinished(release);
	return {
		release,
		isReached: () =>
			vi.waitFor(() => expect(fault.hits).toBeGreaterThan(0), {timeout: 20_000, interval: 20}),
	};
};

/** Each file and folder with its size and time. */
const listTree = (folder: string): readonly string[] =>
	readdirSync(folder, {recursive: true, encoding: 'utf8'})
		.sort()
		.map((name) => {
			const {size, mtimeMs} = statSync(join(folder, name));
			return `${name} ${size} ${mtimeMs}`;
		});

it('a lock in the form of a later version is respected: exit 11, and nothing is written', async () => {
	const home = makeHome(acme.sandbox);
	const own = join(home.backup, 'acme', '.cistern');
	mkdirSync(own, {recursive: true});
	const lock = '{"v": 2, "holder": {"process": 1}}';
	writeFileSync(join(own, 'lock'), lock);

	const {exitCode, stderr} = await runHere(home, ['--yes']);

	expect(exitCode).toBe(11);
	expect(stderr).toContain(`another version of Cistern holds ${join(home.backup, 'acme')}`);
	expect(stderr).toContain('run that version');
	expect(readdirSync(home.backup, {recursive: true})).toHaveLength(3);
	expect(readFileSync(join(own, 'lock'), 'utf8')).toBe(lock);
});

describe('two runs at once', () => {
	it('end with 11 for the second, with --wait once the first has ended, and the first is unharmed', async () => {
		const {path} = await acme.add('api');
		const home = makeHome(acme.sandbox);
		const held = holdGit();
		const first = home.start(['--yes']);
		await held.isReached();

		const second = await runHere(home, ['--yes']);
		expect(second.exitCode).toBe(11);
		expect(second.stderr).toContain(`process ${first.child.pid}`);

		const third = home.start(['--yes', '--wait']);
		await vi.waitFor(() => expect(third.output()).toContain('Waiting for it to end'), 30_000);

		held.release();
		expect((await first.result).exitCode).toBe(0);
		expect((await third.result).exitCode).toBe(0);
		expect(third.output()).toContain('1 unchanged');
		const mirror = join(home.backup, 'acme', 'acme#api', 'repo');
		expect(await readRefs(mirror)).toEqual(await readRefs(path));
	});
});

describe('status and history', () => {
	it('read the backup folder without settings or network', async () => {
		const [{path}] = await acme.addSaved('api');
		const home = makeHome(acme.sandbox, {}, acme.folder);
		await forcePush(path);
		await runHere(home, ['--yes']);
		await acme.sandbox.close();
		rmSync(home.settings);
		const from = ['--from', home.backup];

		expect((await runHere(home, ['status', ...from])).stdout).toMatch(
			/api .* 1 ref .*1 old tip kept/,
		);
		expect((await runHere(home, ['history', 'api', ...from])).stdout).toContain('rewritten');
	});
});
