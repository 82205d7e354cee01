import {execFileSync, spawnSync} from 'node:child_process';

/** Debian's packages with the programs that packages are made with, and one program of each. */
const tools: Readonly<Record<string, string>> = {
	'binutils-aarch64-linux-gnu': 'aarch64-linux-gnu-strip',
	'binutils-x86-64-linux-gnu': 'x86_64-linux-gnu-strip',
	dpkg: 'dpkg-deb',
	mmdebstrap: 'mmdebstrap',
	'xz-utils': 'xz',
	zip: 'zip',
};

/** Throws if a program is missing, before minutes have gone into packages that do not need it. */
export const requireTools = (): void => {
	const missing = Object.entries(tools)
		.filter(([, program]) => spawnSync(program, ['--version']).error !== undefined)
		.map(([name]) => name);
	if (missing.length > 0) {
		throw new Error(`Programs are missing here: apt-get install ${missing.join(' ')}`);
	}
};

/** Runs a program and gives its output. Its other words go to standard error. Throws if it fails. */
export const run = (
	program: string,
	words: readonly string[],
	{folder, variables = {}}: {folder?: string; variables?: Readonly<Record<string, string>>} = {},
): string =>
	execFileSync(program, words, {
		...(folder === undefined ? {} : {cwd: folder}),
		env: {...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...variables},
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
		maxBuffer: 100_000_000,
	});
