import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {makeBareRepository} from '../../source/sandbox/bare-repository.ts';
import {copySaved} from '../helpers/copy-saved.ts';
import {type Home, makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {
	commitFile,
	deleteRef,
	forcePush,
	git,
	readRefs,
	tagAnnotated,
} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** The name of the repository that was copied. */
const originalOf = (name: string): string => name.replace(/-\d+$/, '');

type State = {readonly head: string | undefined; readonly refs: ReadonlyMap<string, string>};

const readState = async (path: string): Promise<State> => ({
	head: /^ref: refs\/heads\/(.*)\n$/.exec(readFileSync(join(path, 'HEAD'), 'utf8'))?.[1],
	refs: await readRefs(path, 'refs/'),
});

/** Upstream's repositories at one moment, by the names that they have once they are restored. */
type Moment = {readonly at: string; readonly states: ReadonlyMap<string, State>};

const save = async (paths: Readonly<Record<string, string>>): Promise<Moment> => {
	await acme.run();
	const states = new Map<string, State>();
	for (const [name, path] of Object.entries(paths)) {
		states.set(name, await readState(path));
	}

	return {at: new Date(acme.clock.now() - 1).toISOString(), states};
};

/** Brings back all that there is, and compares each with what upstream had. */
const expectBack = async (
	home: Home,
	to: readonly string[],
	places: ReadonlyMap<string, string>,
	{at, states}: Moment,
): Promise<void> => {
	const words = ['restore', '--all', ...to, '--at', at, '--from', acme.folder];
	const {exitCode, stderr} = await runHere(home, words);

	expect([exitCode, stderr]).toEqual([
		0,
		expect.stringContaining('All 5 repositories and 1 wiki are back'),
	]);
	expect(places.size).toBe(6);
	for (const [name, place] of places) {
		expect([name, await readState(place)]).toEqual([name, states.get(originalOf(name))]);
	}
};

it('a source of 5 repositories and a wiki comes back to disk as it was before a change, and by push as it is after it', async () => {
	const [api, web] = [await acme.add('api'), await acme.add('web')];
	const docs = await acme.add('docs', {withWiki: true});
	const emptied = await acme.add('emptied');
	const {wikiPath = ''} = docs;
	await commitFile(web.path, {branch: 'develop'});
	await tagAnnotated(docs.path, 'v1');
	await commitFile(wikiPath, {branch: 'master'});
	const paths = {
		api: api.path,
		web: web.path,
		docs: docs.path,
		'docs.wiki': wikiPath,
		emptied: emptied.path,
	};
	const before = await save(paths);
	await forcePush(api.path);
	await deleteRef(emptied.path, 'refs/heads/main');
	await git(web.path, 'symbolic-ref', 'HEAD', 'refs/heads/develop');
	await forcePush(web.path, {branch: 'develop'});
	await tagAnnotated(docs.path, 'v1');
	await forcePush(wikiPath, {branch: 'master'});
	const after = await save(paths);
	const names = [...Object.keys(paths), ...(await copySaved(acme.path(), 'emptied', 1))];

	const home = makeHome(acme.sandbox);
	const disk = join(home.folder, 'disk');
	const onDisk = new Map(names.map((name) => [name, join(disk, name)]));
	await expectBack(home, ['--to', disk, '--bare'], onDisk, before);
	expect(readdirSync(disk).toSorted()).toEqual(names.toSorted());

	const remotes = join(home.folder, 'remotes');
	const pushed = new Map(names.map((name) => [name, join(remotes, `${name}.git`)]));
	for (const [name, path] of pushed) {
		makeBareRepository(path, after.states.get(originalOf(name))?.head ?? '');
	}

	await expectBack(home, ['--push', join(remotes, '{name}.git')], pushed, after);
});
