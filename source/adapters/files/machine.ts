import {execFile} from 'node:child_process';
import {readFile, readlink} from 'node:fs/promises';
import {promisify} from 'node:util';

const execute = promisify(execFile);

/** Tells this machine, and its life since it was last started, from every other. */
export type Machine = {
	/** Stays the same when it is restarted. Undefined where the system tells none. */
	readonly id: string | undefined;
	/** Another one each time it is started. */
	readonly boot: string | undefined;
	/** Where process ids mean the same: a container has ids of its own. */
	readonly processes: string | undefined;
};

let known: Promise<Machine> | undefined;

export const readMachine = (): Promise<Machine> => {
	known ??= (readers[process.platform] ?? readNothing)();
	return known;
};

const readNothing = async (): Promise<Machine> => ({
	id: undefined,
	boot: undefined,
	processes: undefined,
});

const orNothing = async (reading: Promise<string>): Promise<string | undefined> =>
	reading.then(
		(text) => text.trim() || undefined,
		() => undefined,
	);

const readLinux = async (): Promise<Machine> => ({
	id: await orNothing(readFile('/etc/machine-id', 'utf8')),
	boot: await orNothing(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
	processes: await orNothing(readlink('/proc/self/ns/pid')),
});

const ask = (command: string, ...args: readonly string[]): Promise<string> =>
	execute(command, args).then(({stdout}) => stdout);

const readMac = async (): Promise<Machine> => {
	const hardware = await orNothing(ask('ioreg', '-rd1', '-c', 'IOPlatformExpertDevice'));
	return {
		id: /"IOPlatformUUID" = "([^"]+)"/.exec(hardware ?? '')?.[1],
		boot: await orNothing(ask('sysctl', '-n', 'kern.bootsessionuuid')),
		processes: 'all',
	};
};

const readWindows = async (): Promise<Machine> => {
	const key = 'HKLM\\SOFTWARE\\Microsoft\\Cryptography';
	const value = await orNothing(ask('reg', 'query', key, '/v', 'MachineGuid'));
	return {id: /REG_SZ\s+(\S+)/.exec(value ?? '')?.[1], boot: undefined, processes: 'all'};
};

const readers: {readonly [Platform in NodeJS.Platform]?: () => Promise<Machine>} = {
	linux: readLinux,
	darwin: readMac,
	win32: readWindows,
};
