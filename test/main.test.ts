import {expect, it} from 'vitest';
import {StopError} from '../source/domain/failure/failure.ts';
import {printError} from '../source/main.ts';

const read = (stderr: {readonly isTTY: boolean; readonly columns?: number}): string => {
	let written = '';
	const write = (text: string): boolean => {
		written += text;
		return true;
	};
	const program = {stderr: {...stderr, write}} as unknown as NodeJS.Process;
	const error = new StopError(
		`Another run holds ${'/srv/backup'.repeat(3)}: process 12 on this computer.`,
		{advice: 'Wait until it ends, or let the next run wait for it with --wait.', exitCode: 11},
	);
	printError(error, program, new AbortController().signal);
	return written;
};

it('an error is broken at words in a terminal, and one line each elsewhere', () => {
	const lines = read({isTTY: true, columns: 60}).split('\n');
	expect(Math.max(...lines.map(({length}) => length))).toBeLessThan(60);
	expect(lines).toContain('Wait until it ends, or let the next run wait for it with');
	expect(read({isTTY: false}).trimEnd().split('\n')).toHaveLength(2);
});
