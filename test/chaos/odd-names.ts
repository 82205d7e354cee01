import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {pick, type Random} from '../helpers/random.ts';
import {writeRefFile} from '../helpers/ref-files.ts';
import {commitFile, forcePush, readRefs, tag} from '../helpers/upstream.ts';
import {type End, runProgram, type Scene} from './scene.ts';

const pickPath = ({sandbox}: Scene, random: Random): string =>
	pick(random, sandbox.listRepositories('acme')).path;

/** Branches and a tag that git takes for others where it is given a short name, and a rewritten one. */
export const pushTwins = async (scene: Scene, random: Random): Promise<End> => {
	const path = pickPath(scene, random);
	await commitFile(path);
	for (const branch of ['refs/heads/main', 'heads/main', 'refs/cistern/history', 'HEAD']) {
		if (random(3) > 0) {
			await commitFile(path, {branch, file: 'twin.txt'});
		}
	}

	await tag(path, 'main');
	const heads = [...(await readRefs(path, 'refs/heads/')).keys()].filter(
		(ref) => !ref.includes('\uFFFD'),
	);
	await forcePush(path, {branch: pick(random, heads).slice('refs/heads/'.length)});
	return runProgram(scene);
};

/** Notes, and a branch and a tag with names in ISO-8859-1, all of them moved if they are there. */
export const pushOddRefs = async (scene: Scene, random: Random): Promise<End> => {
	const path = pickPath(scene, random);
	writeRefFile(path, 'refs/notes/commits', await forcePush(path, {branch: 'notes-source'}));
	const names = ['refs/heads/caf\u00e9', 'refs/tags/z\u00fcrich'].filter(() => random(4) > 0);
	const oid = await commitFile(path, {branch: 'main'});
	const file = join(path, 'packed-refs');
	const others = existsSync(file)
		? readFileSync(file, 'latin1')
				.split('\n')
				.filter((line) => line !== '' && !/[\u00e9\u00fc]$/.test(line))
		: [];
	const lines = [...others, ...names.map((name) => `${oid} ${name}`)];
	writeFileSync(file, lines.map((line) => `${line}\n`).join(''), 'latin1');
	return runProgram(scene);
};
