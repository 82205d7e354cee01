import {chmodSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {openKeychains} from '../../source/adapters/keychains.ts';
import {runPasswordCommand} from '../../source/adapters/settings/run-command.ts';
import {Secret} from '../../source/domain/settings/settings.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';

const token = new Secret('ATATT3xFfGF0-"quoted"-9f3c');
const {signal} = new AbortController();

/** A folder of commands that write their input and their arguments to files. */
const makeCommands = (commands: Readonly<Record<string, string>>) => {
	const folder = makeTemporaryFolder();
	for (const [name, body] of Object.entries(commands)) {
		const path = join(folder, name);
		writeFileSync(path, `#!/bin/sh\ncd ${folder}\necho "$0 $*" >> calls\n${body}\n`);
		chmodSync(path, 0o755);
	}

	return {
		folder,
		open: (platform: NodeJS.Platform = 'linux') => {
			const path = `${folder}${delimiter}${process.env['PATH'] ?? ''}`;
			return openKeychains({
				platform,
				environment: {PATH: folder},
				recall: (command, stop) => runPasswordCommand(`PATH='${path}' ${command}`, stop),
			});
		},
		calls: () =>
			existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8') : '',
	};
};

/** Standard input is kept at the first word that stores; the rest prints it. */
const keeper = (verb: string) =>
	`if [ "$1" = "${verb}" ] || [ "$2" = "${verb}" ]; then cat > kept; else head -1 kept; fi`;

/** Commands of the real ones are found by PATH alone in the tests, so they run from there. */
const withPath = async <Result>(folder: string, act: () => Promise<Result>): Promise<Result> => {
	const before = process.env['PATH'];
	process.env['PATH'] = `${folder}${delimiter}${before ?? ''}`;
	try {
		return await act();
	} finally {
		process.env['PATH'] = before;
	}
};

describe('openKeychains', () => {
	it('finds the keychains that are installed and belong to this system', async () => {
		const commands = makeCommands({pass: '', 'secret-tool': '', security: ''});
		const names = async (platform: NodeJS.Platform) =>
			(await commands.open(platform).find()).map(({command}) => command);
		expect(await names('linux')).toEqual(['secret-tool', 'pass']);
		expect(await names('darwin')).toEqual(['security', 'pass']);
	});

	it('ignores a file that is not executable', async () => {
		const commands = makeCommands({});
		writeFileSync(join(commands.folder, 'pass'), '');
		expect(await commands.open().find()).toEqual([]);
	});

	it.each([
		['pass', keeper('insert'), 'pass show cistern/acme'],
		['secret-tool', keeper('store'), 'secret-tool lookup service cistern account acme'],
	])('stores the token with %s, and returns the line that prints it', async (name, body, line) => {
		const commands = makeCommands({[name]: body});
		const keychains = commands.open();
		await withPath(commands.folder, () => keychains.store(name, {title: 'acme', token}, signal));
		expect(keychains.commandFor(name, {title: 'acme', token})).toBe(line);
		expect(readFileSync(join(commands.folder, 'kept'), 'utf8').trim()).toBe(token.reveal());
	});

	it('gives 1Password an item on standard input, under its own name', async () => {
		const commands = makeCommands({
			op: `if [ "$2" = create ]; then cat > kept; else sed 's/.*"value":"//; s/"}]}$//; s/\\\\"/"/g' kept; fi`,
		});
		await withPath(commands.folder, () =>
			commands.open().store('op', {title: 'acme', token}, signal),
		);
		const item = JSON.parse(readFileSync(join(commands.folder, 'kept'), 'utf8'));
		expect(item).toMatchObject({title: 'cistern-acme-9f3c', fields: [{value: token.reveal()}]});
	});

	it('gives the macOS keychain a quoted command on standard input', async () => {
		const commands = makeCommands({
			security: `if [ "$1" = -i ]; then cat > kept; else sed 's/.*-w "//; s/"$//; s/\\\\"/"/g' kept; fi`,
		});
		await withPath(commands.folder, () =>
			commands.open('darwin').store('security', {title: 'acme', token}, signal),
		);
		expect(readFileSync(join(commands.folder, 'kept'), 'utf8')).toContain(
			'-w "ATATT3xFfGF0-\\"quoted\\"-9f3c"',
		);
	});

	it('never puts the token among the arguments, which all users can read', async () => {
		const commands = makeCommands({pass: keeper('insert'), 'secret-tool': keeper('store')});
		await withPath(commands.folder, async () => {
			await commands.open().store('pass', {title: 'acme', token}, signal);
			await commands.open().store('secret-tool', {title: 'acme', token}, signal);
		});
		expect(commands.calls()).toContain('insert');
		expect(commands.calls()).not.toContain('ATATT');
	});

	it("reports the keychain's complaint when it did not store the token", async () => {
		const commands = makeCommands({pass: 'echo "You must run: pass init" >&2; exit 1'});
		const stored = withPath(commands.folder, () =>
			commands.open().store('pass', {title: 'acme', token}, signal),
		);
		await expect(stored).rejects.toThrow(
			'did not keep the token. It said: You must run: pass init',
		);
	});

	it('reports a keychain that stores nothing', async () => {
		const commands = makeCommands({pass: 'cat > /dev/null'});
		const stored = withPath(commands.folder, () =>
			commands.open().store('pass', {title: 'acme', token}, signal),
		);
		await expect(stored).rejects.toThrow('did not keep the token');
	});

	it('turns any title into one word for every shell', () => {
		const line = makeCommands({}).open().commandFor('pass', {title: "a b; rm -rf '~'", token});
		expect(line).toBe('pass show cistern/a-b-rm--rf-');
	});
});
