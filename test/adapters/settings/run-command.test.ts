import {symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {runCommand, runPasswordCommand} from '../../../source/adapters/settings/run-command.ts';
import {StopError} from '../../../source/domain/failure/failure.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const run = (command: string, patience?: number): Promise<string> =>
	runPasswordCommand(command, new AbortController().signal, patience);

const messageOf = async (command: string, patience?: number): Promise<string> =>
	run(command, patience).then(
		() => 'nothing',
		(error: unknown) => (error instanceof StopError ? error.message : String(error)),
	);

describe('a passwordCommand', () => {
	it.each([
		["printf 'one'", 'one'],
		["printf 'one\\ntwo\\n'", 'one'],
		["printf 'one\\r\\n'", 'one'],
		['echo one | tr o 0', '0ne'],
		['echo one; echo warning >&2', 'one'],
	])('%s returns its first line', async (command, line) => {
		expect(await run(command)).toBe(line);
	});

	it('that fails is reported with its exit code and standard error, never with its output', async () => {
		const said = await messageOf("echo ATATTsecret; printf 'no\\033[31m such\\nentry' >&2; exit 7");
		expect(said).toBe('The command for the token ended with exit code 7: no\\x1b[31m such entry.');
	});

	it('that does not exist or prints nothing is reported', async () => {
		expect(await messageOf('not-a-command-at-all')).toContain('ended with exit code 127');
		expect(await messageOf('true')).toBe('The command for the token printed nothing.');
		expect(await messageOf('echo')).toBe('The command for the token printed nothing.');
	});

	it('that is killed is reported', async () => {
		expect(await messageOf('kill -TERM $$')).toContain('ended with the signal SIGTERM');
	});

	it('gets no input, so that it cannot wait for any', async () => {
		expect(await run('cat; echo done')).toBe('done');
	});

	it('that does not end is stopped', async () => {
		expect(await messageOf('sleep 5 | cat', 50)).toContain('did not end in 0.05 seconds');
	});

	it("throws the signal's reason", async () => {
		const controller = new AbortController();
		const running = runPasswordCommand('sleep 5 | cat', controller.signal);
		controller.abort(new Error('enough'));
		await expect(running).rejects.toThrow('enough');
		await expect(runPasswordCommand('echo x', controller.signal)).rejects.toThrow('enough');
	});

	it('that prints without end costs no memory', async () => {
		expect(await run('(echo token; head -c 20000000 /dev/zero)')).toBe('token');
	});
});

it('a program that is a link to itself counts as not started', async () => {
	const command = join(makeTemporaryFolder(), 'loop');
	symlinkSync('loop', command);
	expect(await runCommand({command, arguments: []}, new AbortController().signal)).toMatchObject({
		kind: 'not-started',
		ending: expect.stringContaining('ELOOP'),
	});
});
