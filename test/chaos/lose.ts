import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import type {SandboxRepository} from '../../source/sandbox/model.ts';
import {emptyPacks} from '../helpers/flip-byte.ts';
import {pick, type Random} from '../helpers/random.ts';
import {forcePush, readRefs} from '../helpers/upstream.ts';
import {readReachable} from '../helpers/whole-mirror.ts';
import {type End, runEngine, type Scene, sourceFolder} from './scene.ts';

type Saved = {readonly repository: SandboxRepository; readonly folder: string};

/** The repositories that upstream has and whose folder is as a backup left it. */
export const findSaved = (scene: Scene): readonly Saved[] =>
	scene.sandbox
		.listRepositories('acme')
		.map((repository) => ({
			repository,
			folder: join(sourceFolder(scene), `acme#${repository.slug}`),
		}))
		.filter(({repository, folder}) => {
			const record = join(folder, 'cistern.json');
			return (
				existsSync(record) &&
				JSON.parse(readFileSync(record, 'utf8')).uuid === repository.uuid.slice(1, -1)
			);
		});

const mirrorsOf = (folder: string): readonly string[] =>
	['repo', 'wiki'].map((part) => join(folder, part)).filter((path) => existsSync(path));

/** The ids of all that a ref of these mirrors reaches. */
const idsIn = async (mirrors: readonly string[]): Promise<ReadonlySet<string>> => {
	const lines = await Promise.all(mirrors.map(readReachable));
	return new Set(lines.flat().map((line) => line.slice(0, 40)));
};

const keptIn = async (mirrors: readonly string[]): Promise<readonly string[]> => {
	const refs = await Promise.all(mirrors.map((path) => readRefs(path, 'refs/cistern/kept/')));
	return refs.flatMap((each) => [...each.values()]);
};

/**
 * A backup after something in a folder was destroyed; `destroy` says if all of it. The mirrors are
 * whole again, and the repository is named where an old tip is lost for good.
 */
const backUpAfter = async (
	scene: Scene,
	{repository, folder}: Saved,
	destroy: () => Promise<boolean>,
): Promise<End> => {
	const mirrors = mirrorsOf(folder);
	const before = await idsIn(mirrors);
	const kept = await keptIn(mirrors);
	const isAllGone = await destroy();

	const {exitCode, reports} = await runEngine(scene);

	const after = await idsIn(mirrorsOf(folder));
	for (const oid of before) {
		if (!after.has(oid)) {
			scene.lost.add(oid);
		}
	}

	if (isAllGone || kept.some((oid) => !after.has(oid))) {
		expect(reports[0]?.lost).toContain(`acme/${repository.slug}`);
		expect(exitCode).toBe(exitCodes.incomplete);
	}

	for (const name of readdirSync(folder).filter((each) => each.includes('.damaged-'))) {
		rmSync(join(folder, name), {recursive: true});
	}

	return exitCode;
};

/** A disk empties the packs of a mirror, and upstream rewrites a branch. */
export const loseObjects = async (scene: Scene, random: Random): Promise<End> => {
	const saved = findSaved(scene);
	if (saved.length === 0) {
		return (await runEngine(scene)).exitCode;
	}

	const one = pick(random, saved);
	return backUpAfter(scene, one, async () => {
		emptyPacks(join(one.folder, 'repo'));
		await forcePush(one.repository.path);
		return false;
	});
};

/** Of a saved repository nothing is left, or an empty folder. */
export const loseFolder = async (scene: Scene, random: Random): Promise<End> => {
	const saved = findSaved(scene);
	if (saved.length < 2) {
		return (await runEngine(scene)).exitCode;
	}

	const one = pick(random, saved);
	return backUpAfter(scene, one, async () => {
		rmSync(one.folder, {recursive: true});
		if (random(2) === 0) {
			mkdirSync(one.folder);
		}

		return true;
	});
};

const foreignNames = [
	'desktop.ini',
	'refs/desktop.ini',
	'objects/ab/desktop.ini',
	'refs/heads/.DS_Store',
];

/** A sync client leaves its files in a mirror for one night. Nothing is set aside because of them. */
export const leaveForeignFiles = async (scene: Scene, random: Random): Promise<End> => {
	const mirrors = findSaved(scene).flatMap(({folder}) => mirrorsOf(folder));
	const files = mirrors.flatMap((mirror) =>
		foreignNames.filter(() => random(2) === 0).map((name) => join(mirror, name)),
	);
	for (const file of files) {
		mkdirSync(dirname(file), {recursive: true});
		writeFileSync(file, '[.ShellClassInfo]\n');
	}

	const {exitCode} = await runEngine(scene);
	for (const file of files) {
		rmSync(file, {force: true});
	}

	return exitCode;
};
