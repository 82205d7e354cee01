import {
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {commitFile, forcePush, readRefs} from '../helpers/upstream.ts';
import {runVerify} from '../helpers/verify.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Moves what lies at a path to elsewhere, and puts a link to there in its place. */
const linkAway = (path: string): {readonly elsewhere: string; readonly putBack: () => void} => {
	const elsewhere = join(makeTemporaryFolder(), 'elsewhere');
	renameSync(path, elsewhere);
	symlinkSync(elsewhere, path);
	return {
		elsewhere,
		putBack: () => {
			rmSync(path);
			renameSync(elsewhere, path);
		},
	};
};

/** Every file with what is in it and when it was written, every folder with when something came or went. */
const photograph = (path: string): readonly string[] => {
	const {mtimeMs} = statSync(path);
	if (statSync(path).isFile()) {
		return [`${mtimeMs} ${readFileSync(path, 'base64')}`];
	}

	return [String(mtimeMs), ...readdirSync(path).toSorted()].flatMap((name, index) =>
		index === 0 ? [name] : photograph(join(path, name)).map((line) => `${name}/${line}`),
	);
};

describe('a link', () => {
	it('in the place of something of a repository fails that one alone, is named by verify, and nothing behind it changes', async () => {
		const places = {
			folder: '',
			mirror: 'repo',
			record: 'cistern.json',
			objects: 'repo/objects',
			branches: 'repo/refs/heads',
		};
		const slugs = Object.keys(places);
		const upstreams = await acme.addSaved(...slugs, 'web');
		const moved = Object.entries(places).map(([slug, part]) =>
			linkAway(acme.path(join(`acme#${slug}`, part))),
		);
		symlinkSync(moved[0]?.elsewhere ?? '', acme.path('mine'));
		// As another tool's mirror has them from a template of its user's.
		symlinkSync(moved[0]?.elsewhere ?? '', join(acme.mirror('web'), 'hooks'));
		const before = moved.map(({elsewhere}) => photograph(elsewhere));
		await Promise.all(upstreams.map(({path}) => forcePush(path)));

		const {exitCode, outcomes} = await acme.run();
		const verified = await runVerify(acme);

		expect(exitCode).toBe(exitCodes.incomplete);
		for (const slug of slugs) {
			expect(outcomes.get(`acme/${slug}`)).toMatchObject({
				failure:
					slug === 'record'
						? {kind: 'record-unreadable', detail: expect.stringContaining('link')}
						: {kind: 'repository-linked', path: expect.stringContaining(`acme#${slug}`)},
			});
		}

		expect(outcomes.get('acme/web')).toMatchObject({result: 'saved'});
		expect(verified.exitCode).toBe(exitCodes.incomplete);
		expect(Object.fromEntries(verified.findings)).toMatchObject({
			'acme#folder': [{kind: 'linked', path: 'acme#folder'}],
			'acme/mirror': [{kind: 'linked', path: 'acme#mirror/repo'}],
			'acme#record': [{kind: 'folder-unreadable'}],
			'acme/objects': [{kind: 'linked', path: 'acme#objects/repo/objects'}],
			'acme/branches': [{kind: 'linked', path: 'acme#branches/repo/refs/heads'}],
			'acme/web': [],
			acme: [{kind: 'foreign', path: 'mine'}],
		});
		expect(moved.map(({elsewhere}) => photograph(elsewhere))).toEqual(before);

		for (const {putBack} of moved) {
			putBack();
		}

		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		for (const {slug, path} of upstreams) {
			expect(await readRefs(acme.mirror(slug))).toEqual(await readRefs(path));
		}
	});

	it("in the place of something of Cistern's own lets no run work there, and verify says which", async () => {
		const [{path}] = await acme.addSaved('api');
		const saved = await readRefs(acme.mirror('api'));
		await commitFile(path);
		mkdirSync(acme.path('.cistern/logs'), {recursive: true});
		for (const name of ['.cistern', '.cistern/logs', '.cistern/runs.jsonl']) {
			const {elsewhere, putBack} = linkAway(acme.path(name));
			const before = photograph(elsewhere);

			const {exitCode, reports} = await acme.run();
			const verified = await runVerify(acme);

			expect(exitCode).toBe(exitCodes.failed);
			const place = {kind: 'folder-unusable', path: acme.path(name)};
			expect(reports[0]?.problem).toMatchObject(place);
			expect(verified.exitCode).toBe(exitCodes.incomplete);
			expect(verified.findings.get('acme')).toContainEqual({kind: 'linked', path: name});
			expect(verified.findings.get('acme/api')).toEqual([]);
			expect(photograph(elsewhere)).toEqual(before);
			putBack();
		}

		expect(await readRefs(acme.mirror('api'))).toEqual(saved);
	});

	it('to the folder of a source is followed: it may lie on another disk', async () => {
		const [{path}] = await acme.addSaved('api');
		linkAway(acme.path());
		await commitFile(path);

		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		expect((await runVerify(acme)).findings.get('acme/api')).toEqual([]);
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
	});
});
