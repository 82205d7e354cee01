import {fstatSync, readFileSync, readSync, statSync} from 'node:fs';
import {exitCodes} from './domain/failure/exit-code.ts';

/** Shows the terminal's cursor again (DECTCEM). */
const showCursor = '\u001b[?25h';

/**
 * The first signal aborts: running work ends, and finished work stays recorded. The second exits at
 * once. The listeners stay registered, so that no signal kills the program before it has cleaned up.
 */
export const listenForSignals = (
	program: NodeJS.Process,
	{ignoresHangUp}: {readonly ignoresHangUp: boolean},
): AbortSignal => {
	const controller = new AbortController();
	const stop = (): void => {
		if (!controller.signal.aborted) {
			controller.abort();
			return;
		}

		if (program.stderr.isTTY) {
			program.stderr.write(showCursor);
		}

		program.exit(exitCodes.interrupted);
	};

	program.on('SIGINT', stop);
	program.on('SIGTERM', stop);
	program.on('SIGHUP', ignoresHangUp ? () => {} : stop);
	return controller.signal;
};

/**
 * Was the program started to live on when its terminal goes, by `nohup` or below a shell with
 * `trap '' HUP`? A signal that is ignored at the start is to stay ignored (POSIX, "nohup"), but Node
 * has reset it before any line of ours runs. So this goes by the traces that are left: the variable
 * in which shells name the command they start, the signals that the parent ignores, and the standard
 * input that GNU's nohup gives.
 *
 * Only of this signal: many parents ignore an interrupt while they wait for a child that is to obey it.
 */
export const startedWithoutHangUp = ({env, ppid, platform}: NodeJS.Process): boolean =>
	platform !== 'win32' &&
	(/(?:^|[/*])nohup$/.test(env['_'] ?? '') || ignoresHangUp(ppid) || hasInputOfNohup());

/** The lowest bit stands for signal 1 (proc(5), "SigIgn"). Other systems than Linux do not tell. */
const ignoresHangUp = (pid: number): boolean => {
	try {
		const [, mask = '0'] =
			/^SigIgn:\s*([\da-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
		return Number.parseInt(mask.slice(-1), 16) % 2 === 1;
	} catch {
		return false;
	}
};

/** In place of a terminal, `nohup` opens the null device so that it cannot be read. */
const hasInputOfNohup = (): boolean => {
	try {
		if (fstatSync(0).rdev === statSync('/dev/null').rdev) {
			readSync(0, Buffer.alloc(1));
		}

		return false;
	} catch (error) {
		return error instanceof Error && 'code' in error && error.code === 'EBADF';
	}
};
