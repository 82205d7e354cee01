import {execFile} from 'node:child_process';
import {readdir, readFile} from 'node:fs/promises';
import {promisify} from 'node:util';
import {codeOf} from './file-failure.ts';

const execute = promisify(execFile);

/** Does a process of this id live on this machine? One of another user counts. */
export const isAlive = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return codeOf(error) === 'EPERM';
	}
};

/**
 * Tells one life of a process id from another, ids being used again: start time and boot on Linux,
 * start time as `ps` prints it elsewhere. Undefined where nothing can be learned.
 */
export const readProcessBirth = async (pid: number): Promise<string | undefined> =>
	process.platform === 'linux' ? readLinuxBirth(pid) : readBirthFromPs(pid);

const readLinuxBirth = async (pid: number): Promise<string | undefined> => {
	try {
		const [stat, boot] = await Promise.all([
			readFile(`/proc/${pid}/stat`, 'utf8'),
			readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
		]);
		// Field 22 is the start time (proc(5)); the name before it may hold spaces and brackets.
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return `${boot.trim()}:${fields[19]}`;
	} catch {
		return undefined;
	}
};

const readBirthFromPs = async (pid: number): Promise<string | undefined> => {
	try {
		const {stdout} = await execute('ps', ['-o', 'lstart=', '-p', String(pid)]);
		return stdout.trim() || undefined;
	} catch {
		return undefined;
	}
};

/**
 * Ids of the processes whose environment holds `NAME=value`, our own excepted: what a run started,
 * and what that started in turn. Other users' processes cannot be looked into and are not ours.
 */
export const findMarkedProcesses = async (marker: string): Promise<readonly number[]> => {
	const found = process.platform === 'linux' ? await findByProc(marker) : await findByPs(marker);
	return found.filter((pid) => pid !== process.pid);
};

const findByProc = async (marker: string): Promise<readonly number[]> => {
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
	const marked = await Promise.all(
		pids.map(async (pid) => {
			const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
			return environment.split('\0').includes(marker);
		}),
	);
	return pids.filter((_, index) => marked[index]);
};

const findByPs = async (marker: string): Promise<readonly number[]> => {
	try {
		const {stdout} = await execute('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='], {
			maxBuffer: 64 * 1024 * 1024,
		});
		return stdout
			.split('\n')
			.filter((line) => line.split(' ').includes(marker))
			.map((line) => Number.parseInt(line, 10));
	} catch {
		return [];
	}
};

const pollEvery = 20;

/** Kills every process that carries the marker and comes back when none is left. */
export const endMarkedProcesses = async (marker: string): Promise<void> => {
	for (;;) {
		const pids = await findMarkedProcesses(marker);
		if (pids.length === 0) {
			return;
		}

		for (const pid of pids) {
			try {
				process.kill(pid, 'SIGKILL');
			} catch {
				// It ended by itself in between.
			}
		}

		await new Promise((resolve) => setTimeout(resolve, pollEvery));
	}
};
