import {readFileSync} from 'node:fs';
import {join} from 'node:path';

type MemoryWatch = {
	readonly environment: Readonly<Record<string, string>>;
	/** MiB. */
	readonly readPeak: () => number;
};

/** Makes a program write down at its end how much memory it had at most, in a file in `folder`. */
export const watchMemory = (folder: string): MemoryWatch => {
	const file = join(folder, 'peak');
	const script = `
		import {writeFileSync} from 'node:fs';
		process.on('exit', () =>
			writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)));
	`;
	return {
		environment: {NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(script)}`},
		readPeak: () => Number(readFileSync(file, 'utf8')) / 1024,
	};
};

/** MiB: twice what a busy machine was seen to take, and far less than a server without end sends. */
export const mostMemory = 512;
