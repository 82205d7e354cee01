import {existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {type Failure, FailureError} from '../../../source/domain/failure/failure.ts';
import {day} from '../../../source/domain/text/format.ts';
import type {World} from '../../../source/ports/world.ts';
import type {RunResult} from '../../helpers/backup.ts';
import {runVerify} from '../../helpers/verify.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();
const putFile = (path: string): void => {
	rmSync(path, {recursive: true, force: true});
	writeFileSync(path, 'something else');
};

const noticesOf = ({events}: RunResult): readonly string[] =>
	events.flatMap((event) => (event.type === 'noticed' ? [event.text] : []));

type Forbidden = Extract<Failure, {readonly kind: 'folder-unusable'}>;

/** Makes a folder unreadable. These tests may run as root, who may read everything. */
const forbid = (world: World, failure: Forbidden): World => ({
	...world,
	files: {
		...world.files,
		listFolders: async (folder) => {
			if (folder === failure.path) {
				throw new FailureError(failure);
			}

			return world.files.listFolders(folder);
		},
	},
});

describe('a source whose settings do not speak of metadata', () => {
	it('brings one notice about it, in the second backup', async () => {
		await acme.add('api');
		const notices: (readonly string[])[] = [];
		for (let run = 0; run < 3; run += 1) {
			notices.push(noticesOf(await acme.run({source: {ofParts: {}}})));
		}

		expect(notices).toEqual([[], [expect.stringContaining('add "metadata: true"')], []]);
	});
});

describe("what is not Cistern's in the place of something in a source's own folder", () => {
	it('is removed from the place for work in progress, where nothing is ever kept', async () => {
		await acme.addSaved('api');
		putFile(acme.path('.cistern', 'work'));
		const result = await acme.run();
		expect([result.exitCode, noticesOf(result)]).toEqual([exitCodes.done, []]);
	});

	it('ends the source if the lock cannot be read, and is named', async () => {
		await acme.addSaved('api');
		const lock = acme.path('.cistern', 'lock');
		mkdirSync(lock);
		const {exitCode, reports} = await acme.run();
		expect(exitCode).toBe(exitCodes.failed);
		expect(reports[0]?.problem).toMatchObject({kind: 'folder-unusable', path: lock});
	});

	it('leaves repositories that are gone where they are, and is reported once', async () => {
		const gone = await acme.addSaved('web', 'app', 'api');
		for (const repository of gone.slice(0, 2)) {
			acme.sandbox.deleteRepository(repository);
		}

		const removing = {settings: {removeDeletedRepos: true}};
		for (let run = 0; run < 3; run += 1) {
			await acme.run(removing);
			acme.clock.advance(4 * day);
		}

		const trash = acme.path('.cistern', 'trash');
		putFile(trash);
		const result = await acme.run(removing);
		expect(result.exitCode).toBe(exitCodes.done);
		expect(noticesOf(result)).toEqual([expect.stringContaining(`${trash} cannot be used`)]);
		expect(['acme#web', 'acme#app'].map((name) => existsSync(acme.path(name)))).toEqual([
			true,
			true,
		]);
	});

	it('that nobody may look into is no failure where it is the trash', async () => {
		await acme.addSaved('api');
		const path = acme.path('.cistern', 'trash');
		const failure = {kind: 'folder-unusable', path, detail: 'not for you'} as const;
		const result = await acme.run({
			settings: {removeDeletedRepos: true},
			wrapWorld: (world) => forbid(world, failure),
		});
		expect(result.exitCode).toBe(exitCodes.done);
		expect(noticesOf(result)).toEqual([
			expect.stringContaining(`is not emptied: ${path} cannot be used`),
		]);
	});

	it('hides no verdict of a verify that may not look into it', async () => {
		await acme.addSaved('api');
		const path = acme.path('.cistern', 'work');
		const failure = {kind: 'folder-unusable', path, detail: 'not for you'} as const;
		const verified = await runVerify(acme, ['--json'], (world) => forbid(world, failure));
		expect(verified.findings).toEqual(
			new Map([
				['acme/api', []],
				['acme', [{kind: 'folder-unreadable', failure}]],
			]),
		);
		expect(verified.exitCode).toBe(exitCodes.incomplete);
	});
});
