import {mkdirSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {workspaceId} from '../../../source/domain/store/names.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {placeOf, pointerTo, sha256} from '../../helpers/lfs-files.ts';
import {addReader} from '../../helpers/metadata.ts';
import {makeHome} from '../../helpers/program.ts';
import {runHere} from '../../helpers/program-here.ts';
import {fetchAll, makeStore} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {
	commitFile,
	deleteRef,
	forcePush,
	git,
	readRefs,
	tagAnnotated,
} from '../../helpers/upstream.ts';
import {runVerify} from '../../helpers/verify.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

it('what was sent comes back as a backup that verifies and goes on without a change', async () => {
	const place = makeTemporaryFolder();
	const store = makeStore(join(place, 'store'));
	const {path} = await acme.add('api');
	await acme.add('web');
	await acme.sandbox.addRepository({workspace: 'acme', slug: 'empty', isPrivate: true});
	const source = {stores: [store]};

	const first = await acme.run({source});
	expect(first.reports.flatMap(({gaps}) => gaps)).toEqual([]);
	expect(first.exitCode).toBe(exitCodes.done);

	await commitFile(path, {file: 'more.txt'});
	await tagAnnotated(path, 'v1', 'main');
	await commitFile(path, {branch: 'old', file: 'old.txt'});
	expect((await acme.run({source})).exitCode).toBe(exitCodes.done);
	await forcePush(path);
	await deleteRef(path, 'refs/heads/old');
	expect((await acme.run({source})).exitCode).toBe(exitCodes.done);
	expect((await acme.run({source})).exitCode).toBe(exitCodes.done);

	const folder = join(place, 'back');
	mkdirSync(join(folder, 'acme', '.cistern'), {recursive: true});
	const stored = await fetchAll(store, folder);
	expect(stored.isComplete).toBe(true);
	expect(
		Object.values(stored.repos)
			.map(({name}) => name)
			.toSorted(),
	).toEqual(['acme/api', 'acme/empty', 'acme/web']);
	const api = Object.values(stored.repos).find(({folder: name}) => name === 'acme#api');
	expect(api?.parts['repo']).toMatchObject({steps: 2});
	const mirror = join(folder, 'acme', 'acme#api', 'repo');
	expect(await readRefs(mirror, 'refs/')).toEqual(await readRefs(acme.mirror('api'), 'refs/'));
	expect(readFileSync(join(mirror, 'HEAD'), 'utf8')).toBe(
		readFileSync(join(acme.mirror('api'), 'HEAD'), 'utf8'),
	);
	expect(await git(mirror, 'fsck', '--full')).toBe('');
	const {exitCode, findings} = await runVerify({folder, clock: acme.clock});
	expect(findings.get('acme/api')).toEqual([]);
	expect(exitCode).toBe(exitCodes.done);
	const next = await runBackup(folder, [makeSource(acme.sandbox)], {clock: acme.clock});
	expect([...next.outcomes.values()].map(({result}) => result)).toEqual([
		'unchanged',
		'unchanged',
		'unchanged',
	]);
	expect(readdirSync(join(place, 'store', 'index'))).toHaveLength(4);
});

it('wikis, LFS files, the list of missing ones, downloads and metadata, also of the workspace, come along, each once', async () => {
	const place = makeTemporaryFolder();
	const store = makeStore(join(place, 'store'));
	const {account: by, source: reader} = addReader(acme.sandbox);
	const source = {...reader, stores: [store]};
	const api = await acme.add('api', {withWiki: true});
	await commitFile(api.wikiPath ?? '', {branch: 'master', file: 'Home.md'});
	acme.sandbox.metadata.downloads.add(api, {name: 'a.zip', content: 'a download', by});
	acme.sandbox.putLfs(api, 'a large file');
	await commitFile(api.path, {file: 'large.psd', content: pointerTo('a large file')});
	await commitFile(api.path, {file: 'lost.psd', content: pointerTo('never pushed')});
	await acme.run({source});
	await commitFile(api.path, {file: 'more.txt'});
	const {reports} = await acme.run({source});
	expect(reports[0]?.json).toMatchObject({stores: [{complete: true}]});

	const sentFolders = readdirSync(join(place, 'store', 'repos'));
	const [uuid = ''] = sentFolders.filter((one) => one !== workspaceId(sha256('acme')));
	expect(sentFolders).toHaveLength(2);
	const names = readdirSync(join(place, 'store', 'repos', uuid));
	const sent = (end: string) => names.filter((name) => name.includes(end)).length;
	expect(sent(`.lfs.${sha256('a large file')}.file`)).toBe(1);
	expect(sent(`.metadata.${sha256('a download')}.file`)).toBe(1);
	expect([sent('.wiki.bundle'), sent('.wiki.step'), sent('.repo.bundle')]).toEqual([1, 1, 2]);

	const folder = join(place, 'back');
	mkdirSync(join(folder, 'acme', '.cistern'), {recursive: true});
	await fetchAll(store, folder);
	const here = acme.path('acme#api');
	const back = join(folder, 'acme', 'acme#api');
	expect(readdirSync(back).toSorted()).toEqual(readdirSync(here).toSorted());
	for (const mirror of ['repo', 'wiki', 'metadata']) {
		expect(await readRefs(join(back, mirror), 'refs/')).toEqual(
			await readRefs(join(here, mirror), 'refs/'),
		);
		expect(readFileSync(join(back, mirror, 'config'), 'utf8')).toBe(
			readFileSync(join(here, mirror, 'config'), 'utf8'),
		);
	}

	const settings = join(folder, 'acme', 'workspace', 'metadata');
	expect(await readRefs(settings, 'refs/')).toEqual(
		await readRefs(acme.path('workspace', 'metadata'), 'refs/'),
	);

	const restored = join(place, 'restored');
	const words = ['restore', 'workspace', '--store', join(place, 'store'), '--to', restored];
	expect(await runHere(makeHome(acme.sandbox), words)).toMatchObject({exitCode: 0});
	expect(readdirSync(restored)).toEqual(['acme.workspace']);

	const large = placeOf(join(back, 'repo'), sha256('a large file'));
	expect(readFileSync(large, 'utf8')).toBe('a large file');
	expect(statSync(large).mode & 0o777).toBe(0o400);
	expect(readFileSync(join(back, 'lfs-missing.json'), 'utf8')).toBe(
		readFileSync(join(here, 'lfs-missing.json'), 'utf8'),
	);
	const {findings} = await runVerify({folder, clock: acme.clock});
	const before = await runVerify(acme);
	expect(findings.get('acme/api')).toEqual(before.findings.get('acme/api'));
});
