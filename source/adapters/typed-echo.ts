import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';

/** The standard error, which is the terminal. */
const terminal = 2;

/**
 * Keeps the terminal from showing what is typed, until the returned function is called: an Enter would
 * move all lines up, and one of them out of reach. Leaves everything else to the system, so that
 * Ctrl-C and Ctrl-Z work even while the program is busy. Does nothing where that cannot be done.
 */
export const muteEcho = (): (() => void) => {
	const before = stty('-g');
	if (before === undefined || stty('-echo') === undefined) {
		return () => {};
	}

	return () => void stty(before);
};

/**
 * Node can switch the echo off only together with the keys that interrupt. Gives the words of stty.
 * A process in the background would be stopped for changing the terminal (SIGTTOU), and its whole
 * group with it.
 */
const stty = (setting: string): string | undefined => {
	if (process.platform === 'win32' || !isInForeground()) {
		return undefined;
	}

	const {status, stdout} = spawnSync('stty', [setting], {
		stdio: [terminal, 'pipe', 'ignore'],
		encoding: 'utf8',
	});
	return status === 0 ? stdout.trim() : undefined;
};

/** Does the terminal belong to this process, and not to the shell that put it into the background? */
export const isInForeground = (): boolean => {
	try {
		// proc(5): behind the name in brackets come state, parent, group, session, terminal and its group,
		// which is -1 without a terminal that could stop this process.
		const [, , group, , , foreground] = readFileSync('/proc/self/stat', 'latin1')
			.replace(/^.*\) /s, '')
			.split(' ');
		return group === foreground || foreground === '-1';
	} catch {
		// Systems without /proc: a plus behind the state means the foreground (ps(1)).
		const {stdout} = spawnSync('ps', ['-o', 'stat=', '-p', `${process.pid}`], {encoding: 'utf8'});
		return stdout?.includes('+') === true;
	}
};
