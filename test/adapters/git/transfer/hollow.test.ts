import {execFileSync} from 'node:child_process';
import {readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import {expect, it} from 'vitest';
import {findGit} from '../../../../source/adapters/git/installed-git.ts';
import {openGit} from '../../../../source/adapters/git/open-git.ts';
import type {Refs} from '../../../../source/domain/plan/repository.ts';
import {gitEnvironment, makeBareRepository} from '../../../../source/sandbox/bare-repository.ts';
import {pktLine} from '../../../../source/sandbox/git-backend.ts';
import {createRandom, type Random} from '../../../helpers/random.ts';
import {writeRefFile} from '../../../helpers/ref-files.ts';
import {seedsOf} from '../../../helpers/seeds.ts';
import {makeTemporaryFolder} from '../../../helpers/temporary-folder.ts';
import {
	branch,
	commitFile,
	forcePush,
	git,
	readOid,
	readRefs,
	tag,
} from '../../../helpers/upstream.ts';

const installed = findGit(process.env);

type Harm = (answer: Buffer, request: number) => Buffer;

const answers = new Map<string, Buffer>();

/** git's own answer. It is asked once for the same: many tests harm the same answer. */
const answerOf = (path: string, body: string): Buffer => {
	const answer =
		answers.get(path + body) ??
		execFileSync('git', ['upload-pack', '--stateless-rpc', path], {
			input: body,
			env: {...gitEnvironment(), GIT_PROTOCOL: 'version=2'},
			stdio: ['pipe', 'pipe', 'ignore'],
		});
	answers.set(path + body, answer);
	return answer;
};

/** A hollow mirror of everything that is upstream now, and the way to what comes after it. */
const openHollow = async (path: string, state?: Refs) => {
	let requests = 0;
	let harm: Harm = (answer) => answer;
	const reasons: string[] = [];
	const ask = openGit({
		installed,
		authorization: () => undefined,
		redact: (text) => text,
		origin: 'https://bitbucket.org',
		run: 'test',
		requestPack: async (_, {body}) =>
			(async function* () {
				const answer = answerOf(path, body);
				requests += 1;
				const harmed = harm(answer, requests);
				// Cut anywhere, as by a network.
				for (let at = 0; at < harmed.length; at += 97) {
					yield harmed.subarray(at, at + 97);
				}
			})(),
	});
	const mirror = join(makeTemporaryFolder(), 'repo');
	const here = state ?? (await readRefs(path, 'refs/'));
	await ask.createHollowMirror(mirror, {head: 'refs/heads/main', refs: here}, false);
	return {
		mirror,
		here,
		reasons,
		fetch: async (refs: Refs, harmed: Harm = (answer) => answer) => {
			requests = 0;
			harm = harmed;
			return ask.fetchNews(mirror, path, refs, here, {
				signal: new AbortController().signal,
				onProgress: undefined,
				onFallBack: (reason) => void reasons.push(reason),
			});
		},
		bundle: async (tips: Refs) => {
			const signal = new AbortController().signal;
			const content = await ask.makeBundle(mirror, {tips, known: undefined}, signal);
			return content === undefined ? undefined : buffer(content);
		},
		packs: () =>
			readdirSync(join(mirror, 'objects', 'pack')).filter((name) => name.endsWith('.pack')),
	};
};

const makeUpstream = async (): Promise<string> => {
	const path = join(makeTemporaryFolder(), 'upstream');
	makeBareRepository(path, 'main');
	await commitFile(path, {content: 'first\n'});
	return path;
};

const changedRefs = async (path: string, here: Refs): Promise<Refs> =>
	new Map([...(await readRefs(path, 'refs/'))].filter(([ref, oid]) => here.get(ref) !== oid));

it('brings what is new without anything that was there, as a bundle that builds on it', async () => {
	const path = await makeUpstream();
	// Of a file like this, a server would send a delta; and on a file, a bundle cannot build.
	const lines = Array.from({length: 500}, (_, line) => `line ${line}\n`);
	await commitFile(path, {content: lines.join('')});
	writeRefFile(path, 'refs/tags/file', await readOid(path, 'main:README.md'));
	const copy = join(makeTemporaryFolder(), 'copy');
	await git(path, 'clone', '-q', '--mirror', path, copy);
	const hollow = await openHollow(path);
	const before = hollow.here.get('refs/heads/main') ?? '';
	await commitFile(path, {content: lines.with(9, 'another\n').join('')});
	await tag(path, 'v1', 'main');
	const refs = await changedRefs(path, hollow.here);
	const fetched = await hollow.fetch(refs);
	expect([...(fetched?.forwarded ?? [])]).toEqual(['refs/heads/main']);
	expect(hollow.reasons).toEqual([]);
	const bundle = await hollow.bundle(refs);
	expect(bundle?.toString('latin1', 0, 100)).toContain(`# v2 git bundle\n-${before}\n`);
	const file = join(copy, 'news.bundle');
	writeFileSync(file, bundle ?? '');
	await git(copy, 'bundle', 'verify', '-q', file);
	await git(copy, 'fetch', '-q', file, 'refs/heads/main:refs/heads/main');
	expect(await git(copy, 'fsck', '--full')).toBe('');
});

it('tells a branch that went on to the tip of another one from one that was rewritten', async () => {
	const path = await makeUpstream();
	const main = (await readRefs(path)).get('refs/heads/main') ?? '';
	await branch(path, 'feature', main);
	await branch(path, 'amended', main);
	const feature = await commitFile(path, {branch: 'feature', file: 'feature.txt'});
	await commitFile(path, {branch: 'amended', file: 'amended.txt'});
	const hollow = await openHollow(path);
	await branch(path, 'main', feature);
	await branch(path, 'amended', feature);
	const refs = await changedRefs(path, hollow.here);
	expect([...refs.keys()]).toEqual(['refs/heads/amended', 'refs/heads/main']);
	const fetched = await hollow.fetch(refs);
	expect([...(fetched?.forwarded ?? [])]).toEqual(['refs/heads/main']);
	expect(hollow.packs()).toEqual([]);
});

it('offers tips that upstream has lost, and builds on those that it still has', async () => {
	const path = await makeUpstream();
	await commitFile(path, {branch: 'other', file: 'other.txt'});
	const hollow = await openHollow(path);
	const other = hollow.here.get('refs/heads/other') ?? '';
	await forcePush(path);
	await git(path, 'gc', '-q', '--prune=now');
	const refs = await changedRefs(path, hollow.here);
	const fetched = await hollow.fetch(refs);
	expect([...(fetched?.forwarded ?? [])]).toEqual([]);
	const head = (await hollow.bundle(refs))?.toString('latin1', 0, 200) ?? '';
	expect(head.split('\n').filter((line) => line.startsWith('-'))).toEqual([`-${other}`]);
});

const flip =
	(share: number): Harm =>
	(answer, request) => {
		const harmed = Buffer.from(answer);
		if (request === 1) {
			const at = Math.floor(harmed.length * share);
			harmed.writeUInt8(harmed.readUInt8(at) ^ 1, at);
		}

		return harmed;
	};

const harms: readonly (readonly [string, Harm])[] = [
	['nothing', () => Buffer.alloc(0)],
	['an error', () => Buffer.from(`${pktLine('ERR not today\n')}0000`)],
	['a page', () => Buffer.from('<html>busy</html>')],
	['an answer without an end', (answer) => answer.subarray(0, -4)],
	['half of an answer', (answer) => answer.subarray(0, answer.length / 2)],
	[
		'an acknowledgement of what was not offered',
		() => Buffer.from(`${pktLine('acknowledgments\n')}${pktLine(`ACK ${'1'.repeat(40)}\n`)}0000`),
	],
	...[0.5, 0.6, 0.7, 0.8, 0.9, 0.99].map((share) => ['a changed bit', flip(share)] as const),
];

/** A step with such refs would name objects that no bundle has. */
const lacksObjects = {
	failure: {kind: 'mirror-unusable', detail: expect.stringMatching(/^it lacks/)},
};

it('makes no bundle of an answer that was harmed', async () => {
	const path = await makeUpstream();
	const here = await readRefs(path, 'refs/');
	await commitFile(path, {content: Array.from({length: 300}, Math.random).join(' ')});
	const refs = await changedRefs(path, here);
	for (const [what, harm] of harms) {
		const hollow = await openHollow(path, here);
		const fetched = await hollow.fetch(refs, harm).catch((error: Error) => error);
		expect(fetched instanceof Error || fetched === undefined, what).toBe(true);
		await expect(hollow.bundle(refs), what).rejects.toMatchObject(lacksObjects);
	}
});

/** The packets of an answer, of which the last ones may be cut. */
const packetsOf = (answer: Buffer): readonly Buffer[] => {
	const packets: Buffer[] = [];
	for (let at = 0; at < answer.length; ) {
		const size = Math.max(Number.parseInt(answer.toString('latin1', at, at + 4), 16), 4);
		packets.push(answer.subarray(at, at + size));
		at += size;
	}

	return packets;
};

/** Ways to harm an answer, each at a place of its own. */
const chances: readonly ((random: Random) => Harm)[] = [
	(random) => {
		const share = random(1000) / 1000;
		return (answer) => answer.subarray(0, answer.length * share);
	},
	// Every other time in the words before the pack.
	(random) => flip((random(1000) / 1000) * (random(2) === 0 ? 1 : 0.02)),
	(random) => (answer) => {
		const packets = packetsOf(answer);
		return Buffer.concat(packets.toSpliced(random(packets.length), 1));
	},
	(random) => (answer) => {
		const packets = packetsOf(answer);
		return Buffer.concat(
			packets.toSpliced(random(packets.length), 1, Buffer.from(pktLine('ERR not today\n'))),
		);
	},
];

it.each(seedsOf([1, 2, 3, 4]))(
	'makes no other bundle of an answer that was harmed by chance: seed %i',
	async (seed) => {
		const random = createRandom(seed);
		const path = await makeUpstream();
		const here = await readRefs(path, 'refs/');
		const content = Array.from({length: 3000}, () => random(1_000_000)).join(' ');
		await commitFile(path, {content});
		const refs = await changedRefs(path, here);
		const whole = await openHollow(path, here);
		await whole.fetch(refs);
		const expected = await whole.bundle(refs);
		expect(expected).toBeDefined();
		const hollow = await openHollow(path, here);
		const harm = chances[seed % chances.length]?.(random);
		const failure = await hollow.fetch(refs, harm).then(
			() => undefined,
			(error: unknown) => error,
		);
		const bundle = hollow.bundle(refs);
		// Harm to words that nothing depends on is none.
		if (failure === undefined && hollow.packs().length > 0) {
			expect(await bundle).toEqual(expected);
		} else {
			await expect(bundle).rejects.toMatchObject(lacksObjects);
		}
	},
);

it('forgets what came before an answer was cut off', async () => {
	const path = await makeUpstream();
	const hollow = await openHollow(path);
	await commitFile(path, {content: 'cut off\n'});
	const withoutEnd: Harm = (answer) => answer.subarray(0, -4);
	const before = await changedRefs(path, hollow.here);
	await expect(hollow.fetch(before, withoutEnd)).rejects.toThrow();
	await forcePush(path);
	const refs = await changedRefs(path, hollow.here);
	expect(await hollow.fetch(refs)).toMatchObject({received: expect.any(Number)});
	expect(hollow.packs()).toHaveLength(1);
	const file = join(hollow.mirror, 'news.bundle');
	writeFileSync(file, (await hollow.bundle(refs)) ?? '');
	const tip = refs.get('refs/heads/main') ?? '';
	expect(await git(hollow.mirror, 'bundle', 'list-heads', file)).toBe(`${tip} refs/heads/main\n`);
	expect(await git(hollow.mirror, 'cat-file', '-t', tip)).toBe('commit\n');
});
