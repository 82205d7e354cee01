import {
	appendFileSync,
	mkdirSync,
	readFileSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {compileSchema} from '../helpers/event-schema.ts';
import {flipByte, packWith} from '../helpers/flip-byte.ts';
import {commitOdd} from '../helpers/hostile-objects.ts';
import {commitFile, deleteRef, git, readOid, readRefs} from '../helpers/upstream.ts';
import {runVerify} from '../helpers/verify.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const recordPath = (slug: string): string => acme.path(`acme#${slug}`, 'cistern.json');

describe('cistern verify', () => {
	it('names each kind of damage and what it affects, and the next backup repairs it', {
		timeout: 180_000,
	}, async () => {
		const slugs = ['flip', 'cut', 'ref', 'bare', 'half', 'foreign', 'newer', 'killed'];
		const paths = new Map(
			(await acme.addSaved(...slugs)).map(({slug, path}): [string, string] => [slug, path]),
		);
		const upstream = paths.get('flip') ?? '';
		await commitFile(upstream, {branch: 'old', file: 'precious.txt'});
		const [oldTip, blob] = [
			await readOid(upstream, 'old'),
			await readOid(upstream, 'old:precious.txt'),
		];
		await acme.run();
		await deleteRef(upstream, 'refs/heads/old');
		await acme.run({run: {name: '20261123T120000Z-abc123'}});
		const recordOf = (slug: string): string => readFileSync(recordPath(slug), 'utf8');
		await flipByte(acme.mirror('flip'), blob);
		truncateSync(await packWith(acme.mirror('cut'), 'main'), 100);
		const main = await readOid(acme.mirror('ref'), 'main');
		await git(acme.mirror('ref'), 'update-ref', '-d', 'refs/heads/main');
		await git(acme.mirror('ref'), 'update-ref', 'refs/heads/mine', main);
		rmSync(recordPath('bare'));
		writeFileSync(recordPath('half'), recordOf('half').slice(0, 40));
		writeFileSync(acme.path('acme#foreign', 'notes.txt'), 'mine');
		writeFileSync(acme.path('notes.txt'), 'mine');
		writeFileSync(recordPath('newer'), '{"version": 3}');
		writeFileSync(join(acme.mirror('killed'), 'cistern.dirty'), '');
		await commitFile(paths.get('killed') ?? '');
		mkdirSync(acme.path('.cistern', 'work', 'dead-run'), {recursive: true});
		writeFileSync(acme.path('.cistern', 'trash'), 'mine');

		const {exitCode, findings, events} = await runVerify(acme);

		const validate = await compileSchema();
		expect(events.map((event) => validate({...event}) || validate.errors)).toEqual(
			events.map(() => true),
		);
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(findings.get('acme/flip')).toEqual([
			expect.objectContaining({
				kind: 'objects-damaged',
				refs: [],
				kept: [{ref: 'refs/heads/old', oid: oldTip, keptAt: '2026-11-23T12:00:00Z'}],
				history: false,
			}),
		]);
		expect(findings.get('acme/cut')).toEqual([
			expect.objectContaining({
				kind: 'objects-damaged',
				refs: [{ref: 'refs/heads/main', oid: await readOid(paths.get('cut') ?? '', 'main')}],
			}),
		]);
		expect(findings.get('acme/ref')).toEqual([
			{mirror: 'repo', kind: 'ref-missing', ref: 'refs/heads/main', oid: main},
			{mirror: 'repo', kind: 'ref-foreign', ref: 'refs/heads/mine', oid: main},
		]);
		expect(findings.get('acme#bare')).toEqual([{kind: 'record-missing'}]);
		expect(findings.get('acme#half')).toEqual([{kind: 'record-damaged'}]);
		expect(findings.get('acme/foreign')).toEqual([
			{kind: 'foreign', path: 'acme#foreign/notes.txt'},
		]);
		expect(findings.get('acme#newer')).toEqual([{kind: 'record-newer'}]);
		expect(findings.get('acme/killed')).toEqual([{mirror: 'repo', kind: 'unfinished'}]);
		expect(findings.get('acme')).toEqual([
			{kind: 'foreign', path: 'notes.txt'},
			{kind: 'foreign', path: '.cistern/trash'},
			{kind: 'leftover', path: '.cistern/work/dead-run'},
		]);
		expect(JSON.parse(recordOf('flip'))).toMatchObject({
			parts: {repo: {damage: 'objects are damaged or missing'}},
		});
		expect(JSON.parse(recordOf('ref'))).toMatchObject({
			parts: {repo: {damage: 'refs are not as they were recorded'}},
		});
		expect(recordOf('newer')).toBe('{"version": 3}');

		const mended = await acme.run({run: {name: '20261124T120000Z-def456'}});

		expect(mended.exitCode).toBe(exitCodes.incomplete);
		expect(mended.outcomes.get('acme/newer')).toMatchObject({failure: {kind: 'record-newer'}});
		expect(mended.reports[0]?.lost).toEqual(['acme/flip']);
		const setAside = 'repo.damaged-20261124T120000Z-def456';
		expect(mended.outcomes.get('acme/flip')).toMatchObject({
			mended: [
				{
					mirror: 'repo',
					setAside,
					rescued: 0,
					lost: [{ref: 'refs/heads/old', oid: oldTip, keptAt: '2026-11-23T12:00:00Z'}],
					unnamed: 0,
					history: 'whole',
				},
			],
		});
		expect(mended.outcomes.get('acme/cut')).toMatchObject({
			mended: [{mirror: 'repo', setAside, rescued: 0, lost: [], unnamed: 0, history: 'whole'}],
		});
		expect(mended.outcomes.get('acme/ref')).toMatchObject({changes: {created: 1, deleted: 1}});
		for (const slug of slugs.filter((one) => one !== 'newer')) {
			expect(await readRefs(acme.mirror(slug))).toEqual(await readRefs(paths.get(slug) ?? ''));
		}

		const again = await runVerify(acme);

		expect(again.findings.get('acme/flip')).toEqual([
			expect.objectContaining({kind: 'kept-lost', ref: 'refs/heads/old', oid: oldTip}),
			{kind: 'set-aside', path: `acme#flip/${setAside}`},
		]);
		expect(again.findings.get('acme')).toEqual([
			{kind: 'foreign', path: 'notes.txt'},
			{kind: 'foreign', path: '.cistern/trash'},
		]);
		for (const slug of ['ref', 'bare', 'half', 'killed']) {
			expect(again.findings.get(`acme/${slug}`)).toEqual([]);
		}

		expect(readFileSync(acme.path('notes.txt'), 'utf8')).toBe('mine');
		expect(readFileSync(acme.path('acme#foreign', 'notes.txt'), 'utf8')).toBe('mine');
	});

	it('distinguishes all other faults, oddities and remains of other tools', async () => {
		const slugs = ['borrowed', 'moved', 'head', 'fewer', 'forgotten', 'older', 'newer', 'theirs'];
		await acme.addSaved(...slugs, 'pull', 'odd');
		const {path} = acme.sandbox.listRepositories('acme').find(({slug}) => slug === 'odd') ?? {};
		await commitOdd(path ?? '', 'crooked');
		await acme.run();
		const main = await readOid(acme.mirror('moved'), 'main');
		const objects = join(acme.mirror('head'), 'objects');
		writeFileSync(join(acme.mirror('borrowed'), 'objects', 'info', 'alternates'), `${objects}\n`);
		const moved = await commitFile(acme.mirror('moved'));
		await git(acme.mirror('head'), 'symbolic-ref', 'HEAD', 'refs/heads/other');
		const changeRecord = (slug: string, changes: Record<string, unknown>): void => {
			const record: {parts: {repo: object}} = JSON.parse(readFileSync(recordPath(slug), 'utf8'));
			const repo = {...record.parts.repo, ...changes};
			const parts = {...record.parts, repo};
			writeFileSync(recordPath(slug), JSON.stringify({...record, parts}));
		};
		changeRecord('fewer', {keptTips: 2});
		changeRecord('older', {refs: {digest: 'another', count: 1}});
		const later = new Date(acme.clock.now() + 60_000).toISOString();
		changeRecord('newer', {refs: {digest: 'another', count: 1}, changedAt: later});
		await git(acme.mirror('forgotten'), 'update-ref', '-d', 'refs/cistern/history');
		await git(acme.mirror('theirs'), 'update-ref', '-d', 'refs/cistern/history');
		rmSync(recordPath('theirs'));
		await git(acme.mirror('pull'), 'update-ref', 'refs/pull/1/head', 'main');
		appendFileSync(acme.path('.cistern', 'runs.jsonl'), '{"half":');

		const {exitCode, findings} = await runVerify(acme);

		const mirror = 'repo';
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(Object.fromEntries(findings)).toEqual({
			'acme/borrowed': [{mirror, kind: 'objects-borrowed'}],
			'acme/moved': [
				{mirror, kind: 'ref-changed', ref: 'refs/heads/main', recorded: main, found: moved},
			],
			'acme/head': [
				{mirror, kind: 'head-changed', recorded: 'refs/heads/main', found: 'refs/heads/other'},
			],
			'acme/fewer': [{mirror, kind: 'kept-fewer', recordedTips: 2, foundTips: 0}],
			'acme/forgotten': [{mirror, kind: 'history-missing'}],
			'acme/older': [{mirror, kind: 'record-outdated'}],
			'acme/newer': [expect.objectContaining({kind: 'mirror-outdated', recordedAt: later})],
			'acme#theirs': [{kind: 'unrecorded'}],
			'acme/pull': [{mirror, kind: 'namespace-foreign', prefix: 'refs/pull/'}],
			'acme/odd': [expect.objectContaining({kind: 'objects-odd', count: 2})],
			acme: [{kind: 'runs-unreadable', lines: 1}],
		});

		rmSync(acme.path('.cistern', 'runs.jsonl'));
		expect((await runVerify(acme)).findings.get('acme')).toEqual([{kind: 'runs-missing'}]);

		await acme.run();

		const mended = await runVerify(acme);
		expect(mended.exitCode).toBe(exitCodes.done);
		const left = [...mended.findings.values()].flat().map(({kind}) => kind);
		expect(left.toSorted()).toEqual(['namespace-foreign', 'objects-odd', 'set-aside']);
	});
});
