import {join} from 'node:path';
import {expect, it} from 'vitest';
import {mirrorMethods} from '../../../source/adapters/git/mirror.ts';
import {GitExit, type RunGit} from '../../../source/adapters/git/run-git.ts';
import {salvageMethods} from '../../../source/adapters/git/salvage.ts';
import type {GitChecks} from '../../../source/ports/git.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

it('a damaged object among many refs costs one copy more, not one for each ref', async () => {
	const oids = Array.from({length: 64}, (_, index) => index.toString(16).padStart(40, '0'));
	const [broken = ''] = oids;
	let copies = 0;
	const run: RunGit = async ({args, input = ''}) => {
		copies += args[0] === 'fetch' ? 1 : 0;
		if (input.includes(broken)) {
			throw new GitExit(128, {stdout: '', stderr: `fatal: bad object ${broken}`});
		}

		return '';
	};
	const checks = {
		checkObjects: async () => ({damage: undefined, oddities: []}),
		readTypes: async () => new Map(),
		findBroken: async () => new Set([broken]),
	} as Partial<GitChecks> as GitChecks;
	const mirror = join(makeTemporaryFolder(), 'mirror');
	await mirrorMethods(run).createMirror(mirror);
	const refs = new Map(oids.map((oid, index) => [`refs/tags/v${index}`, oid]));
	const {signal} = new AbortController();
	const copied = await salvageMethods(run, checks).copyRefs(mirror, mirror, refs, [], signal);

	expect(copied.size).toBe(63);
	expect(copies).toBe(2);
});
