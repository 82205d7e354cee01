import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {packRefFiles} from '../helpers/ref-files.ts';
import {
	commitFile,
	deleteRef,
	forcePush,
	git,
	readOid,
	readRefs,
	tag,
	tagAnnotated,
} from '../helpers/upstream.ts';
import {expectReachable} from '../helpers/whole-mirror.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Everything git would ever remove is removed. */
const collectGarbage = async (mirror: string): Promise<void> => {
	await git(mirror, 'reflog', 'expire', '--expire=now', '--all');
	await git(mirror, 'gc', '--quiet', '--prune=now');
};

const expectAllThere = async (mirror: string, oids: Iterable<string>): Promise<void> => {
	for (const oid of oids) {
		expect(await git(mirror, 'cat-file', '-t', oid)).toMatch(/commit|tag/);
	}
};

/** Changes `refs/heads/many/N` for each N at once: to `oid`, or gone where there is none. */
const changeRefs = async (path: string, from: number, to: number, oid?: string): Promise<void> => {
	const refs = await readRefs(path);
	for (let number = from; number < to; number += 1) {
		const ref = `refs/heads/many/${number}`;
		if (oid === undefined) {
			refs.delete(ref);
		} else {
			refs.set(ref, oid);
		}
	}
	packRefFiles(path, refs);
};

describe('what upstream rewrites or deletes', () => {
	it('is kept if it is a tag object that a branch led to, though the branch only moved on', async () => {
		const {path} = await acme.add('api');
		await tagAnnotated(path, 'v1');
		const oid = await readOid(path, 'v1');
		packRefFiles(path, new Map([...(await readRefs(path)), ['refs/heads/odd', oid]]));
		await deleteRef(path, 'refs/tags/v1');
		await acme.run();
		const tip = await commitFile(path);
		packRefFiles(path, new Map([...(await readRefs(path)), ['refs/heads/odd', tip]]));
		await acme.run();

		expect((await readRefs(acme.mirror('api'))).get('refs/heads/odd')).toBe(tip);
		const kept = await readRefs(acme.mirror('api'), 'refs/cistern/kept/');
		expect([...kept.values()]).toEqual([oid]);
	});

	it('is found by its hash after all reflogs are expired and git gc --prune=now', async () => {
		const {path} = await acme.add('api');
		await commitFile(path, {branch: 'feature', file: 'feature.txt'});
		await tagAnnotated(path, 'v1');
		await tag(path, 'light', 'feature');
		await acme.run();
		const old = await readRefs(path);

		await forcePush(path);
		await deleteRef(path, 'refs/heads/feature');
		await commitFile(path, {branch: 'feature/x'});
		await tagAnnotated(path, 'v1');
		await deleteRef(path, 'refs/tags/light');
		const {outcomes, exitCode} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
		expect(outcomes.get('acme/api')).toMatchObject({
			result: 'saved',
			changes: {created: 1, rewritten: 1, moved: 1, deleted: 2, forwarded: 0},
		});
		await collectGarbage(acme.mirror('api'));
		await expectAllThere(acme.mirror('api'), old.values());
	});

	it('is kept when feature becomes feature/x and back again', async () => {
		const {path} = await acme.add('api');
		const tips = [await commitFile(path, {branch: 'feature'})];
		await acme.run();
		await deleteRef(path, 'refs/heads/feature');
		tips.push(await commitFile(path, {branch: 'feature/x'}));
		await acme.run();
		await deleteRef(path, 'refs/heads/feature/x');
		tips.push(await commitFile(path, {branch: 'feature'}));
		await acme.run();

		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
		await expectReachable(acme.mirror('api'), tips);
	});

	it('is kept when a repository is emptied', async () => {
		const [{path}] = await acme.addSaved('api');
		const old = await readRefs(path);
		await deleteRef(path, 'refs/heads/main');

		const {exitCode} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect((await readRefs(acme.mirror('api'))).size).toBe(0);
		await expectReachable(acme.mirror('api'), old.values());
	});

	it('is kept among 2,000 refs', async () => {
		const {path} = await acme.add('api');
		const first = await readOid(path, 'main');
		const second = await commitFile(path);
		const third = await forcePush(path, {branch: 'many/0'});
		await changeRefs(path, 1, 50, third);
		await changeRefs(path, 50, 2000, second);
		await acme.run();

		// Fifty of each: onto something else, backwards, and gone.
		await changeRefs(path, 0, 50, second);
		await changeRefs(path, 50, 100, first);
		await changeRefs(path, 100, 150);
		const {exitCode, outcomes} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(outcomes.get('acme/api')).toMatchObject({
			result: 'saved',
			changes: {rewritten: 100, deleted: 50},
		});
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
		await expectReachable(acme.mirror('api'), [first, second, third]);
	});

	it('makes no kept ref of a fast-forward', async () => {
		const [{path}] = await acme.addSaved('api');
		await commitFile(path);

		await acme.run();

		expect(await readRefs(acme.mirror('api'), 'refs/cistern/kept/')).toEqual(new Map());
	});

	it('is hidden from a clone', async () => {
		const [{path}] = await acme.addSaved('api');
		await forcePush(path);
		await acme.run();

		expect((await readRefs(acme.mirror('api'), 'refs/cistern/kept/')).size).toBe(1);
		const seen = await git(acme.path(), 'ls-remote', acme.mirror('api'));
		expect(seen).not.toContain('refs/cistern');
	});

	it("is written down in the mirror's own history with the refs of each moment", async () => {
		const [{path}] = await acme.addSaved('api');
		const before = await readRefs(path);
		await forcePush(path);
		await acme.run();

		const older = await git(acme.mirror('api'), 'show', 'refs/cistern/history~1:refs');
		expect(older).toBe(
			`ref: refs/heads/main HEAD\n${before.get('refs/heads/main')} refs/heads/main\n`,
		);
		const message = await git(
			acme.mirror('api'),
			'log',
			'-1',
			'--format=%b',
			'refs/cistern/history',
		);
		expect(message).toContain(`${before.get('refs/heads/main')} `);
	});
});

describe('the time of an entry', () => {
	const hour = 3_600_000;
	const passTime = (method: string, after: number): void => {
		acme.sandbox.addFault({
			match: {service: 'git', method},
			after,
			times: 1,
			answer: {kind: 'meanwhile', run: () => acme.clock.advance(hour)},
		});
	};

	it('is when upstream told its refs, not when the run began nor when all was fetched', async () => {
		const {path} = await acme.add('api');
		// A first copy has the refs of its look. A change asks for them once more before it fetches.
		for (const toldAfter of [0, hour]) {
			const began = acme.clock.now();
			// The first request of a run only looks.
			passTime('GET', 1);
			passTime('POST', 0);
			await acme.run();
			acme.sandbox.clearFaults();

			const at = await git(acme.mirror('api'), 'log', '-1', '--format=%ct', 'refs/cistern/history');
			expect(Number(at) * 1000).toBe(began + toldAfter);
			await commitFile(path);
		}
	});
});
