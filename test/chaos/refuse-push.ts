import {chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {makeBareRepository} from '../../source/sandbox/bare-repository.ts';
import {runHere} from '../helpers/program-here.ts';
import {pick, type Random} from '../helpers/random.ts';
import {git, readRefs} from '../helpers/upstream.ts';
import {findSaved} from './lose.ts';
import {type End, runEngine, type Scene} from './scene.ts';

const refusing = (ref: string): string => `#!/bin/sh
[ "$1" != '${ref}' ] || { echo 'too large' >&2; exit 1; }
`;

/**
 * After a backup, a repository is pushed to a server that refuses one of its branches: it gets all
 * others, and that one once the server takes it.
 */
export const refusePush = async (scene: Scene, random: Random): Promise<End> => {
	const {exitCode} = await runEngine(scene);
	const names = readdirSync(join(scene.home.backup, 'acme'));
	const saved = findSaved(scene).filter(
		({repository: {slug}, folder}) =>
			// One mirror, and one repository of that name.
			!readdirSync(folder).includes('wiki') &&
			!names.some((name) => name.startsWith(`acme#${slug}~`)),
	);
	if (saved.length === 0) {
		return exitCode;
	}

	const {repository, folder} = pick(random, saved);
	const refs = await readRefs(join(folder, 'repo'), 'refs/heads/', 'refs/tags/', 'refs/notes/');
	const heads = [...refs.keys()].filter((ref) => /^refs\/heads\/[\w/-]+$/.test(ref));
	if (heads.length === 0) {
		return exitCode;
	}

	const remote = mkdtempSync(join(scene.home.folder, 'remote-'));
	rmSync(remote, {recursive: true});
	makeBareRepository(remote, 'main');
	const refused = pick(random, heads);
	const hook = join(remote, 'hooks', 'update');
	mkdirSync(join(remote, 'hooks'));
	writeFileSync(hook, refusing(refused));
	chmodSync(hook, 0o755);
	const push = () => runHere(scene.home, ['restore', repository.slug, '--push', remote]);
	const read = async (): Promise<ReadonlyMap<string, string>> => {
		// A file of its own with a name that is not UTF-8 cannot be read by name.
		await git(remote, 'pack-refs', '--all');
		return readRefs(remote, 'refs/');
	};

	const first = await push();
	expect([first.exitCode, first.stderr]).toEqual([
		exitCodes.incomplete,
		expect.stringContaining('too large'),
	]);
	expect(await read()).toEqual(new Map([...refs].filter(([ref]) => ref !== refused)));

	rmSync(hook);
	expect(await push()).toMatchObject({exitCode: exitCodes.done});
	expect(await read()).toEqual(refs);
	return exitCode;
};
