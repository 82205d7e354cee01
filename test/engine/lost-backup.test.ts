import {existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeEach, describe, expect, it} from 'vitest';
import {openBackupMemory} from '../../source/adapters/remembered-backups.ts';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import type {World} from '../../source/ports/world.ts';
import {makeSource, type RunResult, runBackup} from '../helpers/backup.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();
let memory: string;

beforeEach(() => {
	memory = join(makeTemporaryFolder(), 'backups');
});

const remembering = (world: World): World => ({...world, backups: openBackupMemory(memory)});

const run = (options: Parameters<typeof acme.run>[0] = {}): Promise<RunResult> =>
	acme.run({wrapWorld: remembering, ...options});

/** The backup folder as it looks while its disk is not mounted. */
const unmount = (): void => {
	renameSync(acme.folder, `${acme.folder}-disk`);
	mkdirSync(acme.folder);
};

const mount = (): void => {
	rmSync(acme.folder, {recursive: true, force: true});
	renameSync(`${acme.folder}-disk`, acme.folder);
};

describe('a backup of which nothing is there any more', () => {
	it.each<[string, () => void]>([
		['its disk is not mounted', () => {}],
		['its folder is gone', () => rmSync(acme.folder, {recursive: true})],
		['its folder is empty', () => mkdirSync(acme.path())],
		[
			'its folder has no record',
			() => {
				mkdirSync(acme.path('.cistern'), {recursive: true});
				mkdirSync(acme.path('acme#api', 'repo'), {recursive: true});
			},
		],
		['something else lies there', () => writeFileSync(join(acme.folder, 'README'), 'mount here')],
	])('ends with 1 before anything is written: %s', async (_, change) => {
		await acme.add('api');
		await acme.add('web');
		const at = new Date(acme.clock.now()).toISOString();
		expect((await run()).exitCode).toBe(exitCodes.done);
		unmount();
		change();
		const before = existsSync(acme.folder)
			? readdirSync(acme.folder, {recursive: true}).sort()
			: undefined;

		const {exitCode, reports} = await run();

		expect(exitCode).toBe(exitCodes.failed);
		expect(reports[0]).toMatchObject({
			problem: {kind: 'backup-missing', path: acme.path(), at, repositories: 2},
			lastComplete: at,
		});
		const after = existsSync(acme.folder)
			? readdirSync(acme.folder, {recursive: true}).sort()
			: undefined;
		expect(after).toEqual(before);

		mount();
		expect((await run()).exitCode).toBe(exitCodes.done);
	});

	it('begins anew if that is asked for, and is not missed again', async () => {
		await acme.add('api');
		await run();
		rmSync(acme.folder, {recursive: true});
		const outage = acme.sandbox.addFault({answer: {kind: 'answer', status: 500}});
		expect((await run({run: {startsOver: true}})).exitCode).toBe(exitCodes.incomplete);
		outage.remove();
		const {exitCode, outcomes} = await run();
		expect(exitCode).toBe(exitCodes.done);
		expect(outcomes.get('acme/api')).toMatchObject({how: 'new'});
	});

	it('keeps a new source from beginning on the same missing disk, and no other source from going on', async () => {
		await acme.add('api');
		await run();
		acme.sandbox.addWorkspace({slug: 'new'});
		const sources = [
			makeSource(acme.sandbox, {title: 'new', workspace: 'new'}),
			makeSource(acme.sandbox),
		];
		const both = (): Promise<RunResult> =>
			runBackup(acme.folder, sources, {clock: acme.clock, wrapWorld: remembering});
		unmount();
		expect((await both()).reports.map(({problem}) => problem?.kind)).toEqual([
			'backup-missing',
			'backup-missing',
		]);
		expect(readdirSync(acme.folder)).toEqual([]);

		mount();
		acme.sandbox.addRepository({workspace: 'new', slug: 'one'});
		expect((await both()).exitCode).toBe(exitCodes.done);
		rmSync(acme.path(), {recursive: true});
		const {exitCode, reports} = await both();
		expect(exitCode).toBe(exitCodes.failed);
		expect(reports.map((report) => report.problem?.kind)).toEqual([undefined, 'backup-missing']);
	});
});

describe('no earlier backup is missed', () => {
	it.each<[string, Parameters<typeof acme.run>[0]]>([
		['by a computer that remembers none', {wrapWorld: (world) => world}],
		['of another workspace', {source: {workspace: 'other'}}],
		['in another folder', {source: {title: 'elsewhere'}}],
	])('%s', async (_, options) => {
		acme.sandbox.addWorkspace({slug: 'other'});
		acme.sandbox.addRepository({workspace: 'other', slug: 'one'});
		await acme.add('api');
		await run();
		rmSync(acme.folder, {recursive: true});
		expect((await run(options)).exitCode).toBe(exitCodes.done);
	});

	it('that was not complete', async () => {
		await acme.add('api');
		const {exitCode} = await run({source: {includeRepos: ['api', 'wbe']}});
		expect(exitCode).toBe(exitCodes.incomplete);
		rmSync(acme.folder, {recursive: true});
		expect((await run()).exitCode).toBe(exitCodes.done);
	});

	it('where the memory is damaged, or cannot be written', async () => {
		await acme.add('api');
		await run();
		const [name = ''] = readdirSync(memory);
		writeFileSync(join(memory, name), '{"folder":');
		rmSync(acme.folder, {recursive: true});
		expect((await run()).exitCode).toBe(exitCodes.done);

		rmSync(memory, {recursive: true});
		writeFileSync(memory, 'something else');
		expect((await run()).exitCode).toBe(exitCodes.done);
	});
});
