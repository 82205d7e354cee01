import {mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
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
