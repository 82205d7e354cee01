import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect, it, onTestFinished, vi} from 'vitest';
import {withTemporaryFolder} from '../../source/commands/temporary-folder.ts';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {makeWorld} from '../helpers/backup.ts';
import {createFakeClock} from '../helpers/fake-clock.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';

it('the folder of a killed run goes with the next run, and that of a run at work stays', async () => {
	const world = makeWorld(createFakeClock());
	const place = makeTemporaryFolder();
	vi.stubEnv('TMPDIR', place);
	onTestFinished(() => void vi.unstubAllEnvs());
	const [alive, dead, begun] = ['alive', 'dead', 'begun'].map((name) =>
		join(place, `cistern-work-${name}`),
	);
	mkdirSync(begun ?? '');
	for (const folder of [alive, dead]) {
		await world.files.lock(folder ?? '', 'another-run');
		mkdirSync(join(folder ?? '', 'backup'));
	}

	const lock = join(dead ?? '', 'lock');
	const {birth: _, ...claim} = JSON.parse(readFileSync(lock, 'utf8'));
	writeFileSync(lock, JSON.stringify({...claim, pid: spawnSync('true').pid}));
	const left = ['cistern-work-alive', 'cistern-work-begun'];
	await withTemporaryFolder(world, async (folder) => {
		expect(readdirSync(folder)).toEqual([]);
		expect(existsSync(join(dirname(folder), 'lock'))).toBe(true);
		expect(
			readdirSync(place)
				.filter((name) => !folder.includes(name))
				.toSorted(),
		).toEqual(left);
	});
	expect(readdirSync(place).toSorted()).toEqual(left);
});

it('a place for temporary files that is not there is named', async () => {
	const place = join(makeTemporaryFolder(), 'none');
	vi.stubEnv('TMPDIR', place);
	onTestFinished(() => void vi.unstubAllEnvs());
	const world = makeWorld(createFakeClock());
	await expect(withTemporaryFolder(world, async () => {})).rejects.toMatchObject({
		message: `No folder for temporary files can be made in ${place} (ENOENT).`,
		exitCode: exitCodes.failed,
	});
});
