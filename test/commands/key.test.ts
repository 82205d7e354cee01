import {spawnSync} from 'node:child_process';
import {describe, expect, it} from 'vitest';
import {parseArguments} from '../../source/arguments/arguments.ts';
import {key} from '../../source/commands/key.ts';
import {makeWorld} from '../helpers/backup.ts';
import {createFakeClock} from '../helpers/fake-clock.ts';
import {createFakeTerminal} from '../helpers/fake-terminal.ts';

const run = async (...words: readonly string[]) => {
	const invocation = parseArguments(['key', ...words], {});
	if (invocation.command !== 'key') {
		throw new TypeError('not understood');
	}

	const terminal = createFakeTerminal({isInteractive: false, canAsk: false});
	const exitCode = await key({...makeWorld(createFakeClock()), terminal}, invocation);
	return {exitCode, stdout: terminal.out(), stderr: terminal.error()};
};

const hasAge = spawnSync('age-keygen', ['--version']).status === 0;
const leftOut = hasAge ? '' : ' (left out: age is not installed here)';

describe('cistern key', () => {
	it('prints another pair each time, and the secret key once', async () => {
		const {exitCode, stdout, stderr} = await run();
		const [, recipient = '', identity = ''] =
			/^# created: \S+\n# public key: (age1\S+)\n(AGE-SECRET-KEY-1\S+)\n$/.exec(stdout) ?? [];
		expect(exitCode).toBe(0);
		expect(stderr).toContain(`recipients:\n          - ${recipient}\n`);
		expect(stderr).not.toContain(identity.slice(20));
		expect((await run()).stdout).not.toContain(identity);
	});

	it('says nothing more with --quiet, and one line with --json', async () => {
		expect((await run('--quiet')).stderr).toBe('');
		const {stdout, stderr} = await run('--json');
		expect(stderr).toBe('');
		expect(JSON.parse(stdout)).toEqual({
			v: 1,
			type: 'key',
			identity: expect.stringMatching(/^AGE-SECRET-KEY-1/),
			recipient: expect.stringMatching(/^age1/),
		});
	});

	it.skipIf(!hasAge)(`prints a file that age reads${leftOut}`, async () => {
		const {stdout} = await run();
		const [, recipient] = /public key: (\S+)/.exec(stdout) ?? [];
		const read = spawnSync('age-keygen', ['-y'], {input: stdout});
		expect(read.stdout.toString().trim()).toBe(recipient);
	});
});
