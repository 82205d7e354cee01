import {createHash} from 'node:crypto';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {contentPath} from '../../../source/domain/metadata/downloads.ts';
import {day} from '../../../source/domain/text/format.ts';
import type {PartCopy, PartState} from '../../../source/parts/part.ts';
import type {World} from '../../../source/ports/world.ts';
import type {SandboxRepository} from '../../../source/sandbox/model.ts';
import {makeWorld} from '../../helpers/backup.ts';
import {findPart} from '../../helpers/find-part.ts';
import {addReader, readSaved} from '../../helpers/metadata.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {runVerify} from '../../helpers/verify.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

/** For the newest commit of the repository. */
const tipRequests = 2;

/** About those for the settings of a repository. */
const settingRequests = 10;

const hashOf = (content: string): string => createHash('sha256').update(content).digest('hex');

const setUp = async () => {
	const [api] = await acme.addSaved('api');
	const {account: by, source} = addReader(acme.sandbox);
	const {downloads} = acme.sandbox.metadata;
	const folder = acme.path('acme#api');
	return {
		api,
		folder,
		add: (name: string, content: string) => downloads.add(api, {name, content, by}),
		remove: (name: string) => downloads.remove(api, name),
		run: (options: Parameters<typeof acme.run>[0] = {}) => acme.run({source, ...options}),
		source,
		list: () => readSaved(join(folder, 'metadata'), 'downloads.json'),
		contentOf: (content: string) => join(folder, contentPath(hashOf(content))),
		fetched: () => timesFetched(api),
	};
};

const timesFetched = (repository: SandboxRepository): number =>
	acme.sandbox.metadata.downloads.list(repository).reduce((sum, {fetched}) => sum + fetched, 0);

/** Restores the newest state to a folder. */
const restore = async (folder: string) => {
	const {files, digest, ...world} = makeWorld(acme.clock);
	const git = world.openGit('restore');
	const copy: PartCopy = {git, files, digest, folder, signal: new AbortController().signal};
	const part = findPart('metadata');
	const target = join(makeTemporaryFolder(), 'api.metadata');
	mkdirSync(target);
	const as = {origin: undefined};
	const state = (await part.readState(copy, undefined, undefined, as)) as PartState;
	await part.restore(copy, state, target, as);
	return {target, done: await part.restoreFiles?.(copy, state, target)};
};

describe('downloads', () => {
	it('are saved by their SHA-256, once, and named in a list', async () => {
		const {add, run, list, contentOf, fetched} = await setUp();
		add('guide.pdf', 'How to');
		add('copy of guide.pdf', 'How to');
		const {exitCode, reports, events} = await run();
		expect(exitCode).toBe(exitCodes.done);
		expect(list()).toMatchObject([
			{name: 'copy of guide.pdf', size: 6, sha256: hashOf('How to')},
			{name: 'guide.pdf', size: 6, sha256: hashOf('How to')},
		]);
		expect(readFileSync(contentOf('How to'), 'utf8')).toBe('How to');
		expect(statSync(contentOf('How to')).mode & 0o777).toBe(0o400);
		expect(reports[0]?.notes[0]).toEqual(expect.stringContaining(', 2 downloads (12 B).'));
		expect(events).toContainEqual(
			expect.objectContaining({
				type: 'follow-up-saved',
				text: expect.stringMatching(/^2 downloads \(12 B\)/),
			}),
		);

		const before = acme.sandbox.requests.length;
		await run();
		expect(acme.sandbox.requests.slice(before).map(({path}) => path)).not.toContain('downloads');
		acme.clock.advance(8 * day);
		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(fetched()).toBe(2);
		expect([...(await runVerify(acme)).findings.values()].flat()).toEqual([]);
	});

	it('stay when they are replaced or deleted upstream', async () => {
		const {add, remove, run, list, contentOf} = await setUp();
		add('guide.pdf', 'First words');
		add('old.zip', 'Old');
		await run();
		acme.clock.advance(8 * day);
		add('guide.pdf', 'Other words');
		remove('old.zip');
		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(list()).toMatchObject([{name: 'guide.pdf', sha256: hashOf('Other words')}]);
		for (const content of ['First words', 'Other words', 'Old']) {
			expect(readFileSync(contentOf(content), 'utf8')).toBe(content);
		}
	});

	it('go on where the requests of a run ended', async () => {
		const {add, run, source, fetched} = await setUp();
		for (let number = 0; number < 12; number += 1) {
			add(`${number}.txt`, `content ${number}`);
		}

		const few = {...source, ofParts: {metadata: 'true', requestsPerHour: '12'}};
		const settings = {metadataTime: 10 * 60_000};
		const {exitCode, reports} = await run({source: few, settings});
		expect(exitCode).toBe(exitCodes.incomplete);
		const before = fetched();
		expect(before).toBeGreaterThan(0);
		expect(reports[0]?.gaps).toEqual([
			expect.objectContaining({
				detail: expect.stringContaining(
					`about ${12 - before + tipRequests + settingRequests} requests are left`,
				),
			}),
		]);
		acme.clock.advance(2 * 60 * 60_000);
		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(fetched()).toBe(12);
	});

	it('that Bitbucket does not give to the plan are told once, and are no failure', async () => {
		const {add, run} = await setUp();
		add('guide.pdf', 'How to');
		acme.sandbox.metadata.putOnFreePlan('acme');
		const first = await run();
		expect(first.exitCode).toBe(exitCodes.done);
		const notices = first.events.flatMap((event) => (event.type === 'noticed' ? [event.text] : []));
		expect(notices).toContainEqual(
			expect.stringContaining('Bitbucket does not give the downloads of acme/api'),
		);
		acme.clock.advance(8 * day);
		const before = acme.sandbox.requests.length;
		const second = await run();
		expect(second.events.filter(({type}) => type === 'noticed')).toEqual([]);
		expect(
			acme.sandbox.requests.slice(before).filter(({path}) => path.includes('/downloads')),
		).toEqual([]);
	});

	it('that cannot be had stop no other', async () => {
		const {add, run, list, contentOf} = await setUp();
		add('a.txt', 'one');
		add('b.txt', 'three');
		const gone = acme.sandbox.addFault({
			match: {path: /\/downloads\/a\.txt/},
			answer: {kind: 'answer', status: 404},
		});
		const first = await run();
		expect(first.exitCode).toBe(exitCodes.done);
		expect(existsSync(contentOf('three'))).toBe(true);
		expect(list()).toMatchObject([{name: 'a.txt'}, {name: 'b.txt', sha256: hashOf('three')}]);
		gone.remove();
		acme.clock.advance(8 * day);
		const broken = acme.sandbox.addFault({
			match: {path: /\/downloads\/a\.txt/},
			answer: {kind: 'answer', status: 500},
		});
		const second = await run();
		expect(second.exitCode).toBe(exitCodes.incomplete);
		expect(second.reports[0]?.gaps).toEqual([
			expect.objectContaining({
				what: 'downloads',
				detail: expect.stringMatching(/^1 of 2 \(a\.txt, 3 B\): /),
				advice: 'The next backup tries again.',
			}),
		]);
		broken.remove();
		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(existsSync(contentOf('one'))).toBe(true);
	});

	it('that do not fit on the disk are named, and come once there is room', async () => {
		const {add, run, contentOf} = await setUp();
		add('small.txt', 'small');
		add('large.txt', 'much larger');
		const wrapWorld = (world: World): World => ({
			...world,
			files: {...world.files, readFreeSpace: async () => 8},
		});
		const {exitCode, reports} = await run({wrapWorld});
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.gaps).toEqual([
			expect.objectContaining({
				detail: '1 of 2 (large.txt, 11 B): only 8 B are free',
				advice: 'Free some space or use a larger disk. The next backup goes on.',
			}),
		]);
		expect(existsSync(contentOf('small'))).toBe(true);
		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(existsSync(contentOf('much larger'))).toBe(true);
	});

	it('are restored under their own names, whichever these are', async () => {
		const {add, run, folder} = await setUp();
		const names = ['../../x', '/etc/passwd', 'CON', 'con', 'Notes.txt', 'notes.TXT', '.git', '..'];
		for (const name of names) {
			add(name, `content of ${name}`);
		}

		expect((await run()).exitCode).toBe(exitCodes.done);
		const {target, done} = await restore(folder);
		expect(readdirSync(join(target, 'downloads')).toSorted()).toEqual([
			'2-_con',
			'2-notes.TXT',
			'Notes.txt',
			'_._.._x',
			'_CON',
			'_etc_passwd',
			'_git',
		]);
		expect(readFileSync(join(target, 'downloads', '_etc_passwd'), 'utf8')).toBe(
			'content of /etc/passwd',
		);
		expect(done?.gaps).toMatchObject([{detail: '1 of 8 (..)'}]);
	});

	it('that are damaged or missing are found by verify, and the next backup mends them', async () => {
		const {add, run, contentOf, folder} = await setUp();
		add('a.txt', 'one');
		add('b.txt', 'three');
		await run();
		chmodSync(contentOf('one'), 0o600);
		writeFileSync(contentOf('one'), 'eno');
		rmSync(contentOf('three'), {force: true});
		const {exitCode, findings} = await runVerify(acme);
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(findings.get('acme/api')).toMatchObject([
			{mirror: 'metadata', kind: 'file-damaged', path: 'a.txt'},
			{mirror: 'metadata', kind: 'file-missing', path: 'b.txt'},
		]);
		expect((await restore(folder)).done?.gaps).toMatchObject([
			{detail: '2 of 2 (a.txt and b.txt)'},
		]);

		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(readFileSync(contentOf('one'), 'utf8')).toBe('one');
		expect(readFileSync(contentOf('three'), 'utf8')).toBe('three');
		expect(readdirSync(join(folder, 'files', 'damaged'))).toHaveLength(1);
		expect((await runVerify(acme)).exitCode).toBe(exitCodes.done);
	});

	it('that are damaged here and gone upstream are named as lost, and no backup fails for them', async () => {
		const {add, remove, run, contentOf} = await setUp();
		add('a.txt', 'one');
		await run();
		remove('a.txt');
		acme.clock.advance(8 * day);
		await run();
		rmSync(contentOf('one'), {force: true});
		expect((await runVerify(acme)).exitCode).toBe(exitCodes.incomplete);
		const {exitCode, events} = await run();
		expect(exitCode).toBe(exitCodes.done);
		expect(events).toContainEqual(
			expect.objectContaining({
				type: 'noticed',
				text: expect.stringContaining('1 download of acme/api'),
			}),
		);
		const verified = await runVerify(acme);
		expect(verified.exitCode).toBe(exitCodes.done);
		expect(verified.findings.get('acme/api')).toMatchObject([
			{kind: 'files-absent', paths: ['a.txt']},
		]);
	});

	it('are not written through a link', async () => {
		const {add, run, folder} = await setUp();
		const elsewhere = makeTemporaryFolder();
		symlinkSync(elsewhere, join(folder, 'files'));
		add('a.txt', 'one');
		expect((await run()).exitCode).not.toBe(exitCodes.done);
		expect(readdirSync(elsewhere)).toEqual([]);
	});
});
