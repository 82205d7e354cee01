import {existsSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {FailureError} from '../../source/domain/failure/failure.ts';
import {flipByte} from '../helpers/flip-byte.ts';
import {commitFile, deleteRef, forcePush, git, readOid, readRefs} from '../helpers/upstream.ts';
import {runVerify} from '../helpers/verify.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** A repository with a branch `old` that was rewritten, and then deleted. Gives both old tips. */
const addOld = async (slug: string): Promise<{path: string; old: readonly string[]}> => {
	const {path} = await acme.add(slug);
	return {path, old: [await commitFile(path, {branch: 'old'})]};
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
		const slugs = ['blob', 'refs', 'tip', 'mirror'];
		const made = new Map<string, {path: string; old: readonly string[]}>();
		for (const slug of slugs) {
			made.set(slug, await addOld(slug));
		}

		await acme.run();
		for (const {path} of made.values()) {
			await forcePush(path, {branch: 'old'});
		}

		await acme.run();
		for (const {path} of made.values()) {
			await deleteRef(path, 'refs/heads/old');
		}

		await acme.run();
		const kept = new Map<string, readonly string[]>();
		const histories = new Map<string, string>();
		for (const slug of slugs) {
			kept.set(slug, [...(await keptOids(slug))].sort());
			histories.set(slug, await readOid(acme.mirror(slug), 'refs/cistern/history'));
		}

		await flipByte(acme.mirror('blob'), await readOid(acme.mirror('blob'), 'main:README.md'));
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
		expect(findings.get('acme/refs')).toMatchObject([{kind: 'mirror-unreadable'}]);
		expect(findings.get('acme/tip')).toMatchObject([
			{kind: 'kept-missing', ref: 'refs/heads/old'},
			{kind: 'kept-missing', ref: 'refs/heads/old'},
		]);
		expect(findings.get('acme/mirror')).toEqual([{mirror: 'repo', kind: 'mirror-missing'}]);

		const {outcomes, reports} = await acme.run();

		for (const slug of ['blob', 'refs', 'tip']) {
			expect([...new Set(await keptOids(slug))].sort()).toEqual(kept.get(slug));
			expect(await readRefs(acme.mirror(slug))).toEqual(await readRefs(made.get(slug)?.path ?? ''));
			expect(await readOid(acme.mirror(slug), 'refs/cistern/history')).toBe(histories.get(slug));
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
		await acme.add('api');
		await acme.run();
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
