import {execFileSync, spawn} from 'node:child_process';
import {mkdirSync} from 'node:fs';

/** A small system in a folder, to run programs in that find nothing of this machine's. */
export type BareRoot = {
	readonly folder: string;
	readonly variables: Readonly<Record<string, string>>;
	/** User and group, by number. */
	readonly user: string;
};

/** The oldest Debian that is looked after, with git and the certificates that it needs. */
export const makeBareDebian = (archive: string): void => {
	const include = '--include=ca-certificates,git';
	execFileSync('mmdebstrap', ['--variant=minbase', '--quiet', include, 'bookworm', archive]);
};

export const unpack = (archive: string, folder: string, ...words: readonly string[]): void => {
	mkdirSync(folder, {recursive: true});
	execFileSync('tar', ['-xf', archive, '-C', folder, ...words]);
};

/** In namespaces of its own: all mounts and processes end with the program. */
const script = `
mount --rbind /dev "$1/dev" && mount -t proc proc "$1/proc" || exit 125
root=$1 user=$2; shift 2
exec chroot --userspec="$user" "$root" /usr/bin/env -i "$@"
`;

/** Runs a program in the root, with the network of this machine. Its output is what it printed anywhere. */
export const runIn = (
	{folder, variables, user}: BareRoot,
	words: readonly string[],
): Promise<{readonly exitCode: number | null; readonly output: string}> => {
	const isolated = ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script, 'bare-root'];
	const environment = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
	const child = spawn('unshare', [...isolated, folder, user, ...environment, ...words], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => {
			output += text;
		});
	}
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (exitCode) => resolve({exitCode, output}));
	});
};
