import {execFileSync} from 'node:child_process';
import {GitError} from 'simple-git';
import {describe, expect, it} from 'vitest';
import {asFileFailure} from '../../source/adapters/files/file-failure.ts';
import {asMirrorFailure} from '../../source/adapters/git/run-git.ts';
import {failureOfNetwork} from '../../source/adapters/network/network-failure.ts';
import type {Failure} from '../../source/domain/failure/failure.ts';
import {endsTheRun} from '../../source/domain/failure/failure-table.ts';

const coded = (code: string): Error => Object.assign(new Error('x'), {code});
const ofFile = (code: string): unknown => asFileFailure(coded(code), '/x');
const ofConnection = (code: string): unknown => failureOfNetwork(coded(code), 'x', false);
const ofStart = (words: string): unknown => asMirrorFailure(new GitError(undefined, words), '/x');

/** Runs a script that may open few files, and gives its output. */
const runWithFewFiles = (script: string): string => {
	const start = 'ulimit -n 64; exec "$@"';
	const node = [process.execPath, '--input-type=module', '-e', script];
	return execFileSync('sh', ['-c', start, 'limit', ...node], {encoding: 'utf8'});
};

describe('a limit of this computer', () => {
	it.each([
		['file, as this process may open no more', ofFile('EMFILE'), 'files'],
		['file, as the whole system may open no more', ofFile('ENFILE'), 'files'],
		['file, as there is no memory', ofFile('ENOMEM'), 'memory'],
		['connection', ofConnection('EMFILE'), 'files'],
		['git, of which there are too many', ofStart('Error: spawn git EAGAIN'), 'processes'],
		['git, as no pipe to it can be opened', ofStart('Error: spawn git EMFILE'), 'files'],
		['git, as there is no memory', ofStart('Error: spawn git ENOMEM'), 'memory'],
		[
			'git that has no pipes',
			ofStart("TypeError: Cannot read properties of undefined (reading 'on')"),
			'files',
		],
	])('is known from a %s, and ends the run', (_, error, lacks) => {
		expect(error).toMatchObject({failure: {kind: 'computer-limit', lacks}});
		expect(endsTheRun((error as {failure: Failure}).failure)).toBe(true);
	});

	it.runIf(process.platform === 'linux')(
		'is recognized where no file can be opened: from an unknown name, and by a git that is started without pipes',
		() => {
			const [failures, startGit] = ['network/network-failure.ts', 'git/start-git.ts'].map(
				(path) => new URL(`../../source/adapters/${path}`, import.meta.url).href,
			);
			const said = runWithFewFiles(`
				import {openSync} from 'node:fs';
				import {failureOfNetwork} from '${failures}';
				import {startGit} from '${startGit}';
				const kind = () => failureOfNetwork({code: 'ENOTFOUND'}, 'x', false).failure.kind;
				const kinds = [kind()];
				try { for (;;) openSync('/dev/null'); } catch {}
				kinds.push(kind());
				try { startGit('/', ['version'], {}); } catch ({failure}) {
					setImmediate(() => console.log(JSON.stringify({kinds, failure})));
				}
			`);
			expect(JSON.parse(said)).toEqual({
				kinds: ['network', 'computer-limit'],
				failure: {kind: 'computer-limit', lacks: 'files'},
			});
		},
	);
});
