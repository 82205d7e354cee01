import {execFileSync} from 'node:child_process';
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {makeBareRepository} from '../../source/sandbox/bare-repository.ts';
import {pktLine} from '../../source/sandbox/pkt-line.ts';
import {
	formatAdvertisement,
	formatListing,
	parseAbilities,
	parseListingRequest,
} from '../../source/sandbox/ref-answers.ts';
import {readRefState} from '../../source/sandbox/ref-state.ts';
import {gitEnvironment} from '../../source/sandbox/run-git.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {branch, commitFile, deleteRef, git, tag, tagAnnotated} from '../helpers/upstream.ts';

const askGit = (path: string, protocol: string, mode: readonly string[], body = ''): string => {
	const words = ['upload-pack', '--stateless-rpc', ...mode, path];
	const env = {...gitEnvironment(), GIT_PROTOCOL: protocol};
	return execFileSync('git', words, {env, input: body, encoding: 'utf8'});
};

const fill = async (path: string): Promise<void> => {
	await commitFile(path);
	await branch(path, 'feature/x');
	await branch(path, 'Zoo');
	await tagAnnotated(path, 'v1.0');
	await tag(path, 'light');
};

const upstreams: readonly (readonly [string, (path: string) => Promise<void>])[] = [
	['a repository with branches and tags', fill],
	[
		'one whose default branch is gone',
		async (path) => {
			await fill(path);
			await deleteRef(path, 'refs/heads/main');
		},
	],
	[
		'one whose refs are packed',
		async (path) => {
			await fill(path);
			await git(path, 'pack-refs', '--all');
			await branch(path, 'later');
		},
	],
];

const makeUpstream = async (fillIn: (path: string) => Promise<void>): Promise<string> => {
	const path = join(makeTemporaryFolder(), 'api.git');
	makeBareRepository(path, 'main');
	await fillIn(path);
	return path;
};

describe.each(upstreams)('the refs of %s, answered without git', (_, fillIn) => {
	it('are to the byte what git answers in protocol 0', async () => {
		const path = await makeUpstream(fillIn);
		const answer = askGit(path, '', ['--advertise-refs']);
		const other = await makeUpstream(async (place) => {
			await commitFile(place, {branch: 'other'});
		});
		for (const learned of [answer, askGit(other, '', ['--advertise-refs'])]) {
			const abilities = parseAbilities(learned) ?? '';
			const state = readRefState(path);
			expect(state && formatAdvertisement(state, abilities)).toBe(answer);
		}
	});

	it.each([
		[['peel', 'symrefs', 'unborn', 'ref-prefix HEAD', 'ref-prefix refs/heads/']],
		[['peel', 'symrefs']],
		[['symrefs', 'unborn']],
		[['symrefs', 'unborn', 'ref-prefix refs/tags/']],
		[['unborn']],
		[[]],
	])('are to the byte what git answers in protocol 2 to %j', async (words) => {
		const path = await makeUpstream(fillIn);
		const head = ['command=ls-refs\n', 'agent=git/2.39.5', 'object-format=sha1'].map(pktLine);
		const body = `${head.join('')}0001${words.map((word) => pktLine(`${word}\n`)).join('')}0000`;
		const [request, state] = [parseListingRequest(body), readRefState(path)];
		expect(request && state && formatListing(state, request)).toBe(
			askGit(path, 'version=2', [], body),
		);
	});
});

describe('git itself is asked', () => {
	it.each<[string, (path: string) => Promise<unknown>]>([
		['where an object is packed', (path) => git(path, 'repack', '-a', '-d', '-q')],
		['where one is missing', async (path) => rmSync(join(path, 'objects'), {recursive: true})],
		['where HEAD names no branch', (path) => git(path, 'update-ref', '--no-deref', 'HEAD', 'main')],
		['where there is a ref of another kind', (path) => git(path, 'update-ref', 'refs/x/y', 'main')],
		[
			'where a ref names a ref',
			(path) => git(path, 'symbolic-ref', 'refs/heads/a', 'refs/heads/b'),
		],
		['where some refs are hidden', (path) => git(path, 'config', 'transfer.hideRefs', 'refs/tags')],
	])('%s', async (_, change) => {
		const path = await makeUpstream(fill);
		expect(readRefState(path)).toBeDefined();
		await change(path);
		expect(readRefState(path)).toBeUndefined();
	});

	it('for all that is no listing of refs', () => {
		const fetchAll = ['command=fetch', 'object-format=sha1'].map(pktLine).join('');
		expect(parseListingRequest(`${fetchAll}0001${pktLine('done\n')}0000`)).toBeUndefined();
		expect(parseListingRequest(`${pktLine('command=ls-refs\n')}0001${pktLine('odd')}0000`)).toBe(
			undefined,
		);
	});
});
