import {randomBytes} from 'node:crypto';
import {existsSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {FailureError} from '../../source/domain/failure/failure.ts';
import {copySavedAs} from '../helpers/copy-saved.ts';
import {Death, dyingWorld} from '../helpers/dying-world.ts';
import {emptyPacks, flipByte} from '../helpers/flip-byte.ts';
import {createRandom} from '../helpers/random.ts';
import {
	branch,
	commitFile,
	deleteRef,
	forcePush,
	git,
	readOid,
	readRefs,
	tag,
} from '../helpers/upstream.ts';
import {runVerify} from '../helpers/verify.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** A repository with a branch `old` that was rewritten, and then deleted. Gives both old tips. */
const addOld = async (slug: string): Promise<{path: string; old: readonly string[]}> => {
	const {path} = await acme.add(slug);
	return {path, old: [await commitFile(path, {branch: 'old'})]};
};

/** Others that look the same upstream and were saved when it was. */
const saveAlike = async (slug: string, path: string, others: readonly string[]): Promise<void> => {
	for (const other of others) {
		const {uuid} = acme.sandbox.addRepository({workspace: 'acme', slug: other, path});
		const identity = {uuid: uuid.slice(1, -1), slug: other};
		await copySavedAs(acme.path(`acme#${slug}`), acme.path(`acme#${other}`), identity);
	}
};

const keptOids = async (slug: string): Promise<readonly string[]> => [
	...(await readRefs(acme.mirror(slug), 'refs/cistern/kept/')).values(),
];

const damagedOf = (slug: string): readonly string[] =>
	readdirSync(acme.path(`acme#${slug}`)).filter((name) => name.startsWith('repo.damaged-'));

describe('the backup after a verification', () => {
	it('keeps every old tip and the history of a damaged mirror that can be read', {
		timeout: 180_000,
	}, async () => {
		const {path} = await addOld('blob');
		await acme.run();
		await forcePush(path, {branch: 'old'});
		await acme.run();
		await deleteRef(path, 'refs/heads/old');
		await acme.run();
		const kept = [...(await keptOids('blob'))].sort();
		expect(kept).toHaveLength(2);
		const history = await readOid(acme.mirror('blob'), 'refs/cistern/history');
		await saveAlike('blob', path, ['refs', 'tip', 'mirror', 'commit']);

		await flipByte(acme.mirror('blob'), await readOid(acme.mirror('blob'), 'main:README.md'));
		await flipByte(acme.mirror('commit'), await readOid(acme.mirror('commit'), 'main'));
		writeFileSync(join(acme.mirror('refs'), 'packed-refs'), 'junk');
		for (const ref of (await readRefs(acme.mirror('tip'), 'refs/cistern/kept/')).keys()) {
			await deleteRef(acme.mirror('tip'), ref);
		}

		rmSync(acme.mirror('mirror'), {recursive: true});

		const {findings, exitCode} = await runVerify(acme);

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(findings.get('acme/blob')).toMatchObject([
			{kind: 'objects-damaged', refs: [{ref: 'refs/heads/main'}]},
		]);
		expect(findings.get('acme/commit')).toMatchObject([
			{kind: 'objects-damaged', refs: [{ref: 'refs/heads/main'}], kept: [], history: false},
		]);
		expect(findings.get('acme/refs')).toMatchObject([{kind: 'mirror-unreadable'}]);
		expect(findings.get('acme/tip')).toMatchObject([
			{kind: 'kept-missing', ref: 'refs/heads/old'},
			{kind: 'kept-missing', ref: 'refs/heads/old'},
		]);
		expect(findings.get('acme/mirror')).toEqual([{mirror: 'repo', kind: 'mirror-missing'}]);

		const {outcomes, reports} = await acme.run();

		for (const slug of ['blob', 'refs', 'tip', 'commit']) {
			expect([...new Set(await keptOids(slug))].sort()).toEqual(kept);
			expect(await readRefs(acme.mirror(slug))).toEqual(await readRefs(path));
			expect(await readOid(acme.mirror(slug), 'refs/cistern/history')).toBe(history);
			await git(acme.mirror(slug), 'fsck', '--full');
			expect(outcomes.get(`acme/${slug}`)).toMatchObject({
				mended: [{rescued: 2, lost: [], unnamed: 0, history: 'whole'}],
			});
		}

		expect(['blob', 'refs', 'tip'].map((slug) => damagedOf(slug).length)).toEqual([1, 1, 0]);
		expect(outcomes.get('acme/mirror')).toMatchObject({
			mended: [{rescued: 0, unnamed: 2, history: 'lost'}],
		});
		expect(reports[0]).toMatchObject({lost: ['acme/mirror'], exitCode: exitCodes.incomplete});
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
	});

	it('keeps the dates of a history in order that is written anew, if a clock was ahead too', async () => {
		const {path} = await acme.add('api');
		const day = 24 * 60 * 60_000;
		for (const days of [0, 90, -90, 1]) {
			acme.clock.jump(days * day);
			await commitFile(path);
			await acme.run();
		}

		const mirror = acme.mirror('api');
		const first = await readOid(mirror, 'refs/cistern/history~3:refs');
		rmSync(join(mirror, 'objects', first.slice(0, 2), first.slice(2)));
		await runVerify(acme);

		const {outcomes} = await acme.run();

		expect(outcomes.get('acme/api')).toMatchObject({mended: [{history: 'part'}]});
		const log = await git(mirror, 'log', '--format=%ct', 'refs/cistern/history');
		const dates = log.trim().split('\n').map(Number);
		expect(dates).toHaveLength(3);
		expect(dates).toEqual([...new Set(dates)].toSorted((left, right) => right - left));
	});

	it('mends a wiki too; one that dies between the two moves of it leaves all to the next', async () => {
		const {wikiPath = ''} = await acme.add('docs', {withWiki: true});
		const old = await commitFile(wikiPath, {branch: 'master'});
		await acme.run();
		await forcePush(wikiPath, {branch: 'master'});
		await acme.run();
		const mirror = acme.path('acme#docs', 'wiki');
		await flipByte(mirror, await readOid(mirror, 'master:README.md'));

		const {findings} = await runVerify(acme);

		expect(findings.get('acme/docs')).toMatchObject([
			{mirror: 'wiki', kind: 'objects-damaged', refs: [{ref: 'refs/heads/master'}]},
		]);
		const isSecondMove = (name: string, args: readonly unknown[]): boolean =>
			name === 'move' && args[1] === mirror;
		const killed = acme.run({
			wrapWorld: (world) => dyingWorld(world, isSecondMove, createRandom(1)),
		});
		await expect(killed).rejects.toBeInstanceOf(Death);
		const [setAside] = readdirSync(acme.path('acme#docs')).filter((name) => /^wiki\./.test(name));
		expect([existsSync(mirror), setAside]).toEqual([false, expect.stringMatching('wiki.damaged-')]);

		const {exitCode, outcomes} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(outcomes.get('acme/docs')).toMatchObject({
			mended: [{mirror: 'wiki', setAside, rescued: 1, lost: [], unnamed: 0, history: 'whole'}],
		});
		expect(await readRefs(mirror)).toEqual(await readRefs(wikiPath));
		expect([...(await readRefs(mirror, 'refs/cistern/kept/')).values()]).toEqual([old]);
		expect((await runVerify(acme)).findings.get('acme/docs')).toEqual([
			{kind: 'set-aside', path: `acme#docs/${setAside}`},
		]);
	});

	it('that met the damage itself is enough: the next one mends it', async () => {
		const {path, old} = await addOld('api');
		await acme.run();
		await flipByte(acme.mirror('api'), old[0] ?? '');
		await deleteRef(path, 'refs/heads/old');

		const {exitCode, outcomes} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(outcomes.get('acme/api')).toMatchObject({failure: {kind: 'mirror-unusable'}});
		const mended = (await acme.run()).outcomes.get('acme/api');
		expect(mended).toMatchObject({
			mended: [{lost: [{ref: 'refs/heads/old', oid: old[0]}], history: 'whole'}],
		});
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
	});

	it('leaves a damaged mirror where it is as long as upstream cannot be reached', async () => {
		await acme.addSaved('api');
		await flipByte(acme.mirror('api'), await readOid(acme.mirror('api'), 'main:README.md'));
		await runVerify(acme);

		const {outcomes} = await acme.run({
			wrapWorld: (world) => ({
				...world,
				connect: (source, run) => {
					const plain = world.connect(source, run);
					const fetchObjects = () =>
						Promise.reject(
							new FailureError({kind: 'not-found', door: 'git', message: 'not today'}),
						);
					return {...plain, git: {...plain.git, fetchObjects}};
				},
			}),
		});

		expect(outcomes.get('acme/api')).toMatchObject({failure: {kind: 'not-found'}});
		expect(existsSync(join(acme.mirror('api'), 'HEAD'))).toBe(true);
		expect(damagedOf('api')).toEqual([]);
		expect((await acme.run()).outcomes.get('acme/api')).toMatchObject({
			mended: [{lost: [], history: 'whole'}],
		});
		expect(damagedOf('api')).toHaveLength(1);
	});
});

it('mends a mirror whose packs were emptied, though a branch was rewritten since, and is whole after that', async () => {
	const {path, old} = await addOld('api');
	await acme.run();
	emptyPacks(acme.mirror('api'));
	await forcePush(path, {branch: 'old'});

	const mended = await acme.run();

	expect(mended.exitCode).toBe(exitCodes.incomplete);
	expect(mended.outcomes.get('acme/api')).toMatchObject({
		mended: [{lost: [{ref: 'refs/heads/old', oid: old[0]}], history: 'whole'}],
	});
	const log = await git(acme.mirror('api'), 'log', '-1', '--format=%B', 'refs/cistern/history');
	expect(log).toContain(`rewritten ${old[0]}`);
	expect((await acme.run()).exitCode).toBe(exitCodes.done);
	expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
});

it('leaves nothing behind of what could not be copied, and rescues what stands on upstream alone', async () => {
	const {path} = await acme.add('api');
	await commitFile(path, {file: 'large.bin', content: randomBytes(300_000).toString('hex')});
	await acme.run();
	const first = readdirSync(join(acme.mirror('api'), 'objects', 'pack'));
	for (let number = 1; number <= 8; number += 1) {
		await branch(path, `b${number}`);
		await tag(path, `v${number}`, await commitFile(path, {branch: `b${number}`}));
	}

	await acme.run();
	await deleteRef(path, 'refs/heads/b1');
	await deleteRef(path, 'refs/tags/v1');
	await acme.run();
	for (const name of first) {
		rmSync(join(acme.mirror('api'), 'objects', 'pack', name));
	}

	await runVerify(acme);
	const {exitCode, outcomes} = await acme.run();

	expect(outcomes.get('acme/api')).toMatchObject({mended: [{lost: [], history: 'whole'}]});
	expect(exitCode).toBe(exitCodes.done);
	const files = readdirSync(acme.mirror('api'), {recursive: true, encoding: 'utf8'});
	expect(files.filter((name) => name.includes('tmp_'))).toEqual([]);
	await git(acme.mirror('api'), 'fsck', '--full');
	expect(await keptOids('api')).toHaveLength(2);
});

it('a run that dies while a mirror without its record is looked through leaves no lock that stays', async () => {
	const [{path}] = await acme.addSaved('api');
	const tip = await readOid(path, 'main');
	rmSync(acme.path('acme#api', 'cistern.json'));
	await forcePush(path);
	const dying = acme.run({wrapWorld: (world) => dyingWorld(world, 'moving refs', createRandom(1))});
	await expect(dying).rejects.toBeInstanceOf(Death);

	await git(path, 'symbolic-ref', 'HEAD', 'refs/heads/other');
	await commitFile(path, {branch: 'other'});
	expect((await acme.run()).outcomes.get('acme/api')).toMatchObject({result: 'saved'});
	expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
	expect(await keptOids('api')).toContain(tip);
});
