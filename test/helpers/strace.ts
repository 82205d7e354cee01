import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';

/** May this system's programs be watched? */
export const canTrace = spawnSync('strace', ['-f', '-e', 'trace=none', 'true']).status === 0;

/** A file or folder that was synced, or a name that was given. In the order in which it was so. */
export type Step =
	| {readonly kind: 'synced'; readonly path: string}
	| {readonly kind: 'renamed'; readonly from: string; readonly to: string};

/** Comes before a command that is to write its steps to `file`. */
export const traceTo = (file: string): readonly string[] => [
	...['strace', '-f', '-y', '-s', '4096', '-o', file],
	...['-e', 'trace=fsync,fdatasync,rename,renameat,renameat2'],
];

/** A sync counts from its end, and a name from the call that gives it. */
export const readSteps = (file: string): readonly Step[] => {
	const underWay = new Map<string, string>();
	return readFileSync(file, 'utf8')
		.split('\n')
		.flatMap((line): readonly Step[] => {
			const [, process = '', call = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
			const [, from, to] = /^rename\w*\(.*?"(.*?)", .*?"(.*?)"/.exec(call) ?? [];
			if (from !== undefined && to !== undefined) {
				return [{kind: 'renamed', from, to}];
			}

			const path = /^f(?:data)?sync\(\d+<(.*?)>/.exec(call)?.[1];
			if (path !== undefined && call.includes('<unfinished')) {
				underWay.set(process, path);
				return [];
			}

			const resumed = /^<\.\.\. f(?:data)?sync resumed>/.test(call) ? underWay.get(process) : path;
			return resumed === undefined ? [] : [{kind: 'synced', path: resumed}];
		});
};
