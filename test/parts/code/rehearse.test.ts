import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import type {Rehearsed} from '../../../source/domain/verify/verdict.ts';
import {copyOf, entryOf} from '../../../source/engine/restore/choose.ts';
import {findRepositories} from '../../../source/engine/saved/find-repositories.ts';
import {parts} from '../../../source/parts/registry.ts';
import {makeWorld} from '../../helpers/backup.ts';
import {findPart} from '../../helpers/find-part.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, git as runGit} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

it('a rehearsal is equal only if files, refs and default branch are as saved', async () => {
	await acme.addSaved('api');
	const {files, openGit, digest} = makeWorld(acme.clock);
	const git = openGit('rehearsal');
	const sources = [{source: 'acme', folder: acme.path()}];
	const [api] = await findRepositories(files, sources, ['api'], parts);
	const place = makeTemporaryFolder();
	const {signal} = new AbortController();

	/** Rehearses with a restore that is changed right afterwards. */
	const rehearse = async (then: (target: string) => unknown): Promise<Rehearsed | undefined> => {
		const restore: typeof git.restore = async (mirror, target, ...rest) => {
			await git.restore(mirror, target, ...rest);
			await then(target);
		};
		const saved = api && {repository: api, part: findPart('repo')};
		const tools = {git: {...git, restore}, digest, files, signal};
		return saved?.part.rehearse(copyOf(tools, saved), entryOf(saved), join(place, 'repo'));
	};

	expect(await rehearse(() => {})).toEqual({state: 'equal', refs: 1});
	for (const [change, detail] of [
		[(target: string) => rmSync(join(target, 'README.md')), 'files'],
		[(target: string) => writeFileSync(join(target, 'README.md'), 'other'), 'files'],
		[(target: string) => runGit(target, 'update-ref', 'refs/heads/mine', 'HEAD'), 'refs'],
		[(target: string) => runGit(target, 'symbolic-ref', 'HEAD', 'refs/heads/x'), 'default branch'],
	] as const) {
		expect(await rehearse(change)).toEqual({
			state: 'different',
			detail: expect.stringContaining(detail),
		});
	}
});

it('a rehearsal compares with the files that git checks out, even if git would store them in another form', async () => {
	const {path} = await acme.add('api');
	const commits = [
		['.gitattributes', '*.pas text\n*.txt text eol=crlf\n*.c ident\n'],
		['unit.pas', 'one\r\ntwo\r\n'],
		['note.txt', 'one\ntwo\r\n'],
		['main.c', '$Id: stored $\n'],
	] as const;
	for (const [file, content] of commits) {
		await commitFile(path, {file, content});
	}

	await acme.run();
	const {files, openGit, digest} = makeWorld(acme.clock);
	const git = openGit('rehearsal');
	const [api] = await findRepositories(
		files,
		[{source: 'acme', folder: acme.path()}],
		['api'],
		parts,
	);
	const {signal} = new AbortController();
	const rehearse = (then: (target: string) => void) => {
		const restore: typeof git.restore = async (mirror, target, ...rest) => {
			await git.restore(mirror, target, ...rest);
			then(target);
		};
		const saved = api && {repository: api, part: findPart('repo')};
		const tools = {git: {...git, restore}, digest, files, signal};
		const target = join(makeTemporaryFolder(), 'repo');
		return saved?.part.rehearse(copyOf(tools, saved), entryOf(saved), target);
	};

	expect(await rehearse(() => {})).toEqual({state: 'equal', refs: 1});
	for (const content of ['one\ntwo\n', 'one\r\ntwo\r\n\r\n']) {
		expect(
			await rehearse((target) => writeFileSync(join(target, 'unit.pas'), content)),
		).toMatchObject({state: 'different'});
	}
});
