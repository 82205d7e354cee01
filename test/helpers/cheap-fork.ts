import {spawnSync} from 'node:child_process';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';

/**
 * Makes each start of a process cost a worker half as much, where there is a C compiler and
 * `cheap-fork.c` is written for the processor. The workers start later, with this environment.
 */
export const setup = (): void => {
	if (process.platform !== 'linux' || process.arch !== 'x64') {
		return;
	}

	const library = join(tmpdir(), 'cheap-fork.so');
	const source = resolve('test/helpers/cheap-fork.c');
	if (spawnSync('cc', ['-shared', '-fPIC', '-o', library, source]).status === 0) {
		process.env['LD_PRELOAD'] = library;
	}
};
