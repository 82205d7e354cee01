import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {startSandbox} from '../../source/sandbox/start-sandbox.ts';
import {addAccess} from '../helpers/backup.ts';
import {createFakeClock} from '../helpers/fake-clock.ts';
import {speaksOld} from '../helpers/old-protocol.ts';
import {makeHome} from '../helpers/program.ts';
import {createRandom, pick} from '../helpers/random.ts';
import {git} from '../helpers/upstream.ts';
import {expectWhole} from '../helpers/whole-mirror.ts';
import {createLivingWorkspace} from './change-workspace.ts';
import {type Misfortune, misfortunes} from './misfortunes.ts';
import {createSavedTips, findMirrors} from './saved-tips.ts';
import {type End, runProgram, type Scene, sourceFolder} from './scene.ts';

/** `npm run chaos -- 7 500`: the seed and the number of backups. Among all tests it is a short one. */
const {CHAOS_SEED: seed = '1', CHAOS_BACKUPS: asked} = process.env;
const backups = Number(asked ?? 3);

/** All that was ever saved is looked for so often. Backups. */
const lookEvery = 10;

const say = (text: string): void => {
	if (asked !== undefined) {
		process.stdout.write(`${text}\n`);
	}
};

const openScene = async (): Promise<Scene> => {
	const sandbox = await startSandbox();
	onTestFinished(() => sandbox.close());
	addAccess(sandbox);
	return {sandbox, home: makeHome(sandbox), clock: createFakeClock(), lost: new Set()};
};

/** One of each kind first; then as it comes. */
const planMisfortunes = (): readonly Misfortune[] => {
	const random = createRandom(Number(seed));
	return Array.from(
		{length: backups},
		(_, index) => misfortunes[index] ?? pick(random, misfortunes),
	);
};

/** Processes that were started for this home and still run. */
const findOrphans = ({home}: Scene): readonly string[] =>
	readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.filter((pid) => {
			try {
				return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`HOME=${home.folder}`);
			} catch {
				return false;
			}
		});

const formatTable = (counts: ReadonlyMap<string, readonly End[]>): string =>
	[...counts]
		.map(([name, ends]) => {
			const each = [...new Set(ends)].map(
				(end) => `${ends.filter((other) => other === end).length} x ${end}`,
			);
			return `${name.padEnd(22)}${String(ends.length).padStart(4)} backups: ${each.join(', ')}`;
		})
		.join('\n');

it('whatever goes wrong, no tip that was ever saved is lost, and the next whole run is whole', {
	timeout: 60_000 + backups * 60_000,
}, async () => {
	const scene = await openScene();
	const workspace = createLivingWorkspace(scene.sandbox);
	const tips = createSavedTips(sourceFolder(scene), scene.lost);
	const counts = new Map<string, readonly End[]>();
	onTestFinished(({task}) => {
		const again =
			task.result?.state === 'fail' ? `\nAgain: npm run chaos -- ${seed} ${backups}` : '';
		say(`${formatTable(counts)}${again}`);
	});

	for (const [index, {name, ends, strike}] of planMisfortunes().entries()) {
		// Numbers of its own, so that what a backup does with them changes nothing of the next.
		const random = createRandom(Number(seed) * 100_003 + index);
		for (let change = 1 + random(4); change > 0; change -= 1) {
			await workspace.change(random);
		}

		// Every third time git makes the transfers by itself.
		scene.sandbox.speakOldProtocol(speaksOld(index % 3 === 2));
		const end = await strike(scene, random);
		await tips.collect();
		counts.set(name, [...(counts.get(name) ?? []), end]);
		say(`${index + 1} ${name}: ${end}, ${tips.count()} tips`);
		expect(ends, `backup ${index + 1}, ${name}`).toContain(end);
		if (end === exitCodes.done) {
			workspace.wasSeen();
		}

		if (index % lookEvery === 0) {
			await tips.expectThere();
		}
	}

	expect(await runProgram(scene)).toBe(exitCodes.done);
	expect(findOrphans(scene)).toEqual([]);
	await tips.expectThere();
	for (const mirror of findMirrors(sourceFolder(scene))) {
		await git(mirror, 'fsck', '--no-dangling');
	}

	for (const {slug, path, wikiPath} of workspace.repositories()) {
		const folder = join(sourceFolder(scene), `acme#${slug}`);
		await expectWhole(path, join(folder, 'repo'), [], scene.lost);
		if (wikiPath !== undefined) {
			await expectWhole(wikiPath, join(folder, 'wiki'), [], scene.lost);
		}
	}

	expect(findMirrors(sourceFolder(scene)).filter((path) => path.includes('damaged'))).toEqual([]);
	say(
		`${workspace.repositories().length} repositories as upstream, ${tips.count()} tips all there.`,
	);
});
