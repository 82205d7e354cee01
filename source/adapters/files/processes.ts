import {execFile} from 'node:child_process';
import {readdir, readFile, readlink} from 'node:fs/promises';
import {promisify} from 'node:util';
import {codeOf} from './file-failure.ts';

/** Identifies this machine and its present boot. */
type Machine = {
	/** Stays the same over a restart. */
	readonly id: string | undefined;
	/** Changes with every restart. */
	readonly boot: string | undefined;
	/** Names the space in which process ids are unique: a container has one of its own. */
	readonly processes: string | undefined;
};

/** Runs a program and gives its output; undefined when it failed or printed nothing. */
const ask = async (command: string, ...args: readonly string[]): Promise<string | undefined> => {
	try {
		const {stdout} = await promisify(execFile)(command, args, {maxBuffer: 64 * 1024 * 1024});
		return stdout.trim() || undefined;
	} catch {
		return undefined;
	}
};

const orNothing = async (reading: Promise<string>): Promise<string | undefined> =>
	reading.then(
		(text) => text.trim() || undefined,
		() => undefined,
	);

let known: Promise<Machine> | undefined;

/** Asks the system once. A field is undefined when the system does not reveal it. */
export const readMachine = (): Promise<Machine> => {
	known ??= askForMachine();
	return known;
};

const askForMachine = async (): Promise<Machine> => {
	switch (process.platform) {
		case 'linux':
			return {
				id: await orNothing(readFile('/etc/machine-id', 'utf8')),
				boot: await orNothing(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
				processes: await orNothing(readlink('/proc/self/ns/pid')),
			};
		case 'darwin': {
			const hardware = await ask('ioreg', '-rd1', '-c', 'IOPlatformExpertDevice');
			const id = /"IOPlatformUUID" = "([^"]+)"/.exec(hardware ?? '')?.[1];
			return {id, boot: await ask('sysctl', '-n', 'kern.bootsessionuuid'), processes: 'all'};
		}
		case 'win32': {
			const key = 'HKLM\\SOFTWARE\\Microsoft\\Cryptography';
			const id = /REG_SZ\s+(\S+)/.exec((await ask('reg', 'query', key, '/v', 'MachineGuid')) ?? '');
			return {id: id?.[1], boot: undefined, processes: 'all'};
		}
		default:
			return {id: undefined, boot: undefined, processes: undefined};
	}
};

type ProcessState = {readonly birth: string; readonly isZombie: boolean};

/**
 * Does this process run on this machine? One of another user counts. A zombie does not: it has
 * ended, and waits for its parent to notice, which in many containers never happens.
 * `birth` is what `readProcessBirth` gave earlier; another process may have the id since then.
 */
export const isAlive = async (pid: number, birth?: string): Promise<boolean> => {
	try {
		process.kill(pid, 0);
	} catch (error) {
		if (codeOf(error) !== 'EPERM') {
			return false;
		}
	}

	const state = await readProcess(pid);
	return state === undefined || (!state.isZombie && (birth === undefined || birth === state.birth));
};

/**
 * Process ids are used again; this text differs for each process that had the id. On Linux it is
 * boot and start time, elsewhere the start time as `ps` prints it. Undefined if neither is known.
 */
export const readProcessBirth = async (pid: number): Promise<string | undefined> =>
	(await readProcess(pid))?.birth;

const readProcess = async (pid: number): Promise<ProcessState | undefined> => {
	if (process.platform !== 'linux') {
		const [, state, birth] =
			/^(\S+)\s+(.+)$/.exec((await ask('ps', '-o', 'stat=,lstart=', '-p', String(pid))) ?? '') ??
			[];
		return birth === undefined ? undefined : {birth, isZombie: state?.startsWith('Z') === true};
	}

	const stat = await orNothing(readFile(`/proc/${pid}/stat`, 'utf8'));
	const {boot} = await readMachine();
	if (stat === undefined || boot === undefined) {
		return undefined;
	}

	// proc(5): field 3 is the state, field 22 the start time. The name in field 2 may hold spaces
	// and brackets.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return {birth: `${boot}:${fields[19]}`, isZombie: fields[0] === 'Z'};
};

/**
 * Ids of the processes whose environment holds `NAME=value`, except our own: those that a run
 * started, and their children. The processes of other users cannot be read, and are not ours.
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

const findByPs = async (marker: string): Promise<readonly number[]> =>
	((await ask('ps', '-A', '-E', '-ww', '-o', 'pid=,command=')) ?? '')
		.split('\n')
		.filter((line) => line.split(' ').includes(marker))
		.map((line) => Number.parseInt(line, 10));

/** Milliseconds between two looks for processes that are ending. */
const pollEvery = 20;

/** Kills every process that carries the marker, and returns when none is left. */
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
				// It ended by itself in the meantime.
			}
		}

		await new Promise((resolve) => setTimeout(resolve, pollEvery));
	}
};
