import {EventEmitter} from 'node:events';
import {PassThrough} from 'node:stream';
import {describe, expect, it} from 'vitest';
import {openTerminal, type TerminalProcess} from '../../source/adapters/terminal.ts';
import type {Terminal} from '../../source/ports/terminal.ts';

type Kind = {
	readonly env?: Record<string, string>;
	readonly stdin?: boolean;
	readonly stdout?: boolean;
	readonly stderr?: boolean;
	readonly platform?: NodeJS.Platform;
	readonly noColour?: boolean;
};

type Fake = {
	readonly terminal: Terminal;
	readonly out: () => string;
	readonly error: () => string;
	readonly stdin: PassThrough;
	readonly stdout: PassThrough;
	readonly stderr: PassThrough;
	readonly exit: () => void;
};

const red = '\u001B[31mred\u001B[39m';
const utf8 = {LANG: 'en_GB.UTF-8', TERM: 'xterm-256color'};

const open = (kind: Kind = {}): Fake => {
	const stream = (isTTY: boolean): PassThrough => Object.assign(new PassThrough(), {isTTY});
	const stdin = stream(kind.stdin ?? true);
	const stdout = stream(kind.stdout ?? true);
	const stderr = Object.assign(stream(kind.stderr ?? true), {columns: 100, rows: 30});
	const program = Object.assign(new EventEmitter(), {
		env: kind.env ?? utf8,
		platform: kind.platform ?? 'linux',
		stdin,
		stdout,
		stderr,
	});
	return {
		terminal: openTerminal(program as unknown as TerminalProcess, {
			noColour: kind.noColour ?? false,
		}),
		out: () => String(stdout.read() ?? ''),
		error: () => String(stderr.read() ?? ''),
		stdin,
		stdout,
		stderr,
		exit: () => program.emit('exit', 1),
	};
};

describe('the features of a terminal', () => {
	it('are complete in a usual terminal', () => {
		expect(open().terminal).toMatchObject({
			isInteractive: true,
			canAsk: true,
			hasColour: true,
			hasUnicode: true,
		});
	});

	it('allow no live view when errors go to a file, in a dumb terminal, and in CI', () => {
		expect(open({stderr: false}).terminal.isInteractive).toBe(false);
		expect(open({env: {...utf8, TERM: 'dumb'}}).terminal.isInteractive).toBe(false);
		expect(open({env: {...utf8, CI: 'true'}}).terminal.isInteractive).toBe(false);
		expect(open({env: {...utf8, CI: ''}}).terminal.isInteractive).toBe(true);
	});

	it('allow no question that cannot be read or answered', () => {
		expect(open({stdin: false}).terminal.canAsk).toBe(false);
		expect(open({stdout: false}).terminal.canAsk).toBe(false);
	});

	it.each([
		[{}, true],
		[{NO_COLOR: '1'}, false],
		[{NO_COLOR: ''}, true],
		[{NO_COLOR: '1', FORCE_COLOR: '1'}, false],
		[{FORCE_COLOR: '0'}, false],
		[{TERM: 'dumb'}, false],
		[{TERM: 'dumb', FORCE_COLOR: '1'}, true],
	])('decide about colour by %o', (env, hasColour) => {
		expect(open({env: {...utf8, ...env}}).terminal.hasColour).toBe(hasColour);
		expect(open({env: {...utf8, ...env}, noColour: true}).terminal.hasColour).toBe(false);
	});

	it.each([
		[{LANG: 'en_GB.UTF-8'}, 'linux', true],
		[{LANG: 'C'}, 'linux', false],
		[{}, 'linux', false],
		[{LANG: 'C', LC_ALL: 'C.utf8'}, 'linux', true],
		[{LANG: 'en_GB.UTF-8', LC_ALL: 'C'}, 'linux', false],
		[{LANG: 'en_GB.UTF-8', TERM: 'linux'}, 'linux', false],
		[{}, 'win32', false],
		[{WT_SESSION: 'x'}, 'win32', true],
	] as const)('has more than ASCII or not as %o on %s says', (env, platform, hasUnicode) => {
		expect(open({env, platform}).terminal.hasUnicode).toBe(hasUnicode);
	});

	it('include the size of the error stream, or a usual size', () => {
		const {terminal, stderr} = open();
		expect([terminal.columns(), terminal.rows()]).toEqual([100, 30]);
		Object.assign(stderr, {columns: undefined, rows: 0});
		expect([terminal.columns(), terminal.rows()]).toEqual([80, 24]);
	});
});

describe('the width of the output', () => {
	it('is that of its own stream, and infinite when that is not a terminal', () => {
		const {terminal} = open({stdout: false});
		expect(terminal.outColumns()).toBe(Number.POSITIVE_INFINITY);
		expect(terminal.errorColumns()).toBe(100);
		expect(open({stderr: false}).terminal.outColumns()).toBe(80);
		expect(open({stderr: false}).terminal.errorColumns()).toBe(Number.POSITIVE_INFINITY);
	});
});

describe('the output', () => {
	it('has colours only in a terminal', () => {
		const {terminal, out, error} = open({stdout: false});
		terminal.writeOut(red);
		terminal.writeError(red);
		expect(out()).toBe('red');
		expect(error()).toBe(red);
	});

	it('has colours in a file if they are forced', () => {
		const {terminal, out} = open({stdout: false, env: {...utf8, FORCE_COLOR: '1'}});
		terminal.writeOut(red);
		expect(out()).toBe(red);
	});

	it('is discarded without an error when the reader has exited', () => {
		const {terminal, stdout, error} = open();
		stdout.emit('error', Object.assign(new Error('write EPIPE'), {code: 'EPIPE'}));
		terminal.writeOut('a');
		terminal.writeError('b');
		expect(stdout.readableLength).toBe(0);
		expect(error()).toBe('b');
	});
});

describe('a question', () => {
	const {signal} = new AbortController();

	it('is asked on the error stream and answered with a line', async () => {
		const {terminal, stdin, out, error} = open();
		const answer = terminal.ask('Sure? ', signal);
		stdin.write('yes\nand more\n');
		expect(await answer).toBe('yes');
		expect([out(), error()]).toEqual(['', 'Sure? ']);
	});

	it('has an empty answer when the input ends', async () => {
		const {terminal, stdin} = open();
		const answer = terminal.ask('Sure? ', signal);
		stdin.end();
		expect(await answer).toBe('');
	});

	it('ends when the run is aborted', async () => {
		const controller = new AbortController();
		const answer = open().terminal.ask('Sure? ', controller.signal);
		controller.abort(new Error('enough'));
		await expect(answer).rejects.toThrow('enough');
	});
});

describe('the cursor', () => {
	it('is shown again when asked, and only once', () => {
		const {terminal, error, exit} = open();
		const show = terminal.holdStill(() => {});
		expect(error()).toBe('\u001B[?25l');
		show();
		exit();
		expect(error()).toBe('\u001B[?25h');
	});

	it('is shown again when the process exits', () => {
		const {terminal, error, exit} = open();
		terminal.holdStill(() => {});
		exit();
		expect(error()).toBe('\u001B[?25l\u001B[?25h');
	});
});

describe('a change of size', () => {
	it('is reported until the listener is removed', () => {
		const {terminal, stderr} = open();
		let count = 0;
		const stop = terminal.onResize(() => {
			count += 1;
		});
		stderr.emit('resize');
		stop();
		stderr.emit('resize');
		expect(count).toBe(1);
	});
});
