import {execFileSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {beforeAll, expect, it} from 'vitest';
import {releasePacks} from '../../../../source/adapters/git/objects/pack-files.ts';
import {type StartGit, startGit} from '../../../../source/adapters/git/start-git.ts';
import {directFetch, type Wish} from '../../../../source/adapters/git/transfer/direct-fetch.ts';
import {FailureError} from '../../../../source/domain/failure/failure.ts';
import type {Progress} from '../../../../source/domain/run/events.ts';
import {gitEnvironment, makeBareRepository} from '../../../../source/sandbox/bare-repository.ts';
import {pktLine} from '../../../../source/sandbox/git-backend.ts';
import {makeTemporaryFolder} from '../../../helpers/temporary-folder.ts';
import {commitFile, git} from '../../../helpers/upstream.ts';

const limits = {minSpeed: 100, maxTrickle: 60, minKeepAlive: 1, maxSilence: 60};

/** A bare repository with a file that git stores in many bytes. */
const makeUpstream = async (folder = makeTemporaryFolder()) => {
	const path = join(folder, 'upstream');
	makeBareRepository(path, 'main');
	const first = await commitFile(path, {content: 'first\n'});
	const content = Array.from({length: 4000}, (_, index) => String(Math.sin(index))).join('');
	return {path, first, tip: await commitFile(path, {content})};
};

/** Only read: a test that adds to it makes its own. */
let upstream: Awaited<ReturnType<typeof makeUpstream>>;

/** A mirror of its first commit, which each test copies. */
let mirrorOfFirst: string;

beforeAll(async () => {
	const folder = mkdtempSync(join(tmpdir(), 'cistern-test-'));
	upstream = await makeUpstream(folder);
	mirrorOfFirst = join(folder, 'repo');
	makeBareRepository(mirrorOfFirst, 'main');
	const wish = {wants: new Set([upstream.first]), haves: []};
	await fetchHarmed(upstream.path, mirrorOfFirst, wish, (answer) => [answer]);
	return () => rmSync(folder, {recursive: true});
});

/** git's own answer to a request of version 2. */
const answerOf = (path: string, body: string): Buffer =>
	execFileSync('git', ['upload-pack', '--stateless-rpc', path], {
		input: body,
		env: {...gitEnvironment(), GIT_PROTOCOL: 'version=2'},
		stdio: ['pipe', 'pipe', 'ignore'],
	});

const answers = new Map<string, Buffer>();

/** The same, for which git is asked once by all tests. */
const knownAnswerOf = (path: string, body: string): Buffer => {
	const answer = answers.get(path + body) ?? answerOf(path, body);
	answers.set(path + body, answer);
	return answer;
};

const cutIn = (bytes: Buffer, size: number): readonly Buffer[] =>
	Array.from({length: Math.ceil(bytes.length / size)}, (_, index) =>
		bytes.subarray(index * size, (index + 1) * size),
	);

type Harm = (answer: Buffer) => Iterable<Buffer> | AsyncIterable<Buffer>;

type Way = {
	readonly onProgress?: (progress: Progress) => void;
	readonly start?: StartGit;
};

const startUsual: StartGit = async (folder, args) => startGit(folder, args, gitEnvironment());

/** A way to a server that harms its answers, and the reasons for which git was left to ask it. */
const openFetch = (path: string, harm: Harm, {onProgress, start = startUsual}: Way = {}) => {
	const reasons: string[] = [];
	const fetchDirectly = directFetch(
		async (_, {body}) => harm(knownAnswerOf(path, body)) as AsyncIterable<Buffer>,
		start,
		(text) => text.replaceAll('secret', '[secret]'),
		limits,
	);
	const options = {
		signal: new AbortController().signal,
		onProgress,
		onFallBack: (reason: string) => void reasons.push(reason),
	};
	return {fetchDirectly, options, reasons};
};

/** Fetches into a mirror from a server that harms its answers, and tells what is there then. */
const fetchHarmed = async (path: string, mirror: string, wish: Wish, harm: Harm, way?: Way) => {
	const {fetchDirectly, options, reasons} = openFetch(path, harm, way);
	const ask = () => fetchDirectly(mirror, path, wish, options);
	const received = await ask().then(
		(pack) => pack?.received,
		(error: unknown) => error,
	);
	return {received, reasons, ask};
};

const makeMirror = (): string => {
	const mirror = join(makeTemporaryFolder(), 'repo');
	makeBareRepository(mirror, 'main');
	return mirror;
};

const copyMirrorOfFirst = (): string => {
	const mirror = join(makeTemporaryFolder(), 'repo');
	cpSync(mirrorOfFirst, mirror, {recursive: true});
	return mirror;
};

const packsOf = (mirror: string): readonly string[] =>
	readdirSync(join(mirror, 'objects', 'pack')).filter((name) => name.endsWith('.pack'));

const firstLine = pktLine('packfile\n');

it('brings a pack in pieces of any size, and tells how far it is', async () => {
	const {path, tip} = upstream;
	for (const size of [7, 65_536]) {
		const mirror = makeMirror();
		const heard: Progress[] = [];
		const {received} = await fetchHarmed(
			path,
			mirror,
			{wants: new Set([tip]), haves: []},
			(answer) => cutIn(answer, size),
			{onProgress: (progress) => heard.push(progress)},
		);
		expect(received).toBeGreaterThan(1000);
		expect(heard).toContainEqual(expect.objectContaining({stage: 'receiving', percent: 100}));
		expect(await git(mirror, 'cat-file', '-t', tip)).toBe('commit\n');
	}
});

it('completes a thin pack with what is here', async () => {
	const {path, first, tip} = await makeUpstream();
	const mirror = makeMirror();
	await fetchHarmed(path, mirror, {wants: new Set([tip]), haves: []}, (answer) => [answer]);
	const next = await commitFile(path, {
		content: `${await git(path, 'show', 'main:README.md')}more`,
	});
	const wish = {wants: new Set([next]), haves: [tip, first, '1'.repeat(40)]};
	const {received} = await fetchHarmed(path, mirror, wish, (answer) => [answer]);
	expect(received).toBeLessThan(1000);
	expect(await git(mirror, 'fsck', '--strict', next)).toBe('');
});

const flip = (answer: Buffer, at: number): Buffer => {
	const harmed = Buffer.from(answer);
	harmed.writeUInt8(harmed.readUInt8(at) ^ 1, at);
	return harmed;
};

/** The pack of an answer, without the lines around it. */
const packOf = (answer: Buffer): Buffer => {
	const pieces: Buffer[] = [];
	for (let at = 0; at < answer.length; ) {
		const length = Math.max(4, Number.parseInt(answer.toString('latin1', at, at + 4), 16));
		if (answer[at + 4] === 1) {
			pieces.push(answer.subarray(at + 5, at + length));
		}

		at += length;
	}

	return Buffer.concat(pieces);
};

const band = (number: number, bytes: Buffer): Buffer =>
	Buffer.concat([
		Buffer.from((bytes.length + 5).toString(16).padStart(4, '0')),
		Buffer.from([number]),
		bytes,
	]);

const bandsOf = (pack: Buffer): Buffer =>
	Buffer.concat(cutIn(pack, 1000).map((piece) => band(1, piece)));

const inBands = (...packs: readonly Buffer[]): Buffer =>
	Buffer.concat([Buffer.from(firstLine), ...packs.map(bandsOf), Buffer.from('0000')]);

async function* endless(answer: Buffer): AsyncGenerator<Buffer> {
	yield Buffer.concat([Buffer.from(firstLine), bandsOf(packOf(answer))]);
	for (;;) {
		yield band(1, Buffer.alloc(60_000));
	}
}

async function* endlessWords(): AsyncGenerator<Buffer> {
	yield Buffer.from(firstLine);
	for (;;) {
		yield band(2, Buffer.alloc(60_000, 'x\r'));
	}
}

/** Each harm, and the failure that names it. */
const harms: Readonly<Record<string, readonly [Harm, object]>> = {
	'cut in the pack': [
		(answer) => [answer.subarray(0, answer.length / 2)],
		{kind: 'network', problem: 'cut-short'},
	],
	'cut before its last mark': [
		(answer) => [answer.subarray(0, -4)],
		{kind: 'network', problem: 'cut-short'},
	],
	'with a flipped bit': [(answer) => [inBands(flip(packOf(answer), 500))], {kind: 'git-failed'}],
	'with another checksum': [
		(answer) => [inBands(flip(packOf(answer), packOf(answer).length - 1))],
		{kind: 'git-failed'},
	],
	'that is an empty pack': [() => [Buffer.from(`${firstLine}0000`)], {kind: 'answer-refused'}],
	'that never ends': [endless, {kind: 'answer-refused'}],
	'whose words never end': [endlessWords, {kind: 'answer-refused'}],
	'of two packs in one': [
		(answer) => [inBands(packOf(answer), packOf(answer))],
		{kind: 'answer-refused'},
	],
	'of two packs in a row': [(answer) => [answer, answer], {kind: 'answer-refused'}],
	'with an error in the middle': [
		(answer) => [
			inBands(packOf(answer).subarray(0, 5000)).subarray(0, -4),
			band(3, Buffer.from('no more, secret\u001b[2J')),
		],
		{kind: 'network', problem: 'cut-short', detail: expect.stringContaining('no more, [secret]')},
	],
	'with an error in place of the pack': [
		() => [Buffer.from(firstLine), band(3, Buffer.from('no more, secret\u001b[2J'))],
		{kind: 'network', problem: 'cut-short', detail: expect.stringContaining('no more, [secret]')},
	],
	'with a line of no kind': [
		() => [Buffer.from(firstLine), band(7, Buffer.from('x'))],
		{kind: 'unexpected-answer'},
	],
	'with a line of no length': [
		() => [Buffer.from(`${firstLine}zzzz`)],
		{kind: 'unexpected-answer'},
	],
};

it.each(Object.entries(harms))(
	'refuses an answer %s, for a first copy',
	async (_, [harm, failure]) => {
		const {path, tip} = upstream;
		const {received} = await fetchHarmed(
			path,
			makeMirror(),
			{wants: new Set([tip]), haves: []},
			harm,
		);
		expect(received).toBeInstanceOf(FailureError);
		expect(received).toMatchObject({failure});
	},
);

it.each(Object.entries(harms))(
	'refuses an answer %s, for an update',
	async (_, [harm, failure]) => {
		const {path, first, tip} = upstream;
		const mirror = copyMirrorOfFirst();
		const wish = {wants: new Set([tip]), haves: [first]};
		const {received} = await fetchHarmed(path, mirror, wish, harm);
		expect(received).toBeInstanceOf(FailureError);
		expect(received).toMatchObject({failure});
		expect(packsOf(mirror)).toEqual(expect.arrayContaining([...packsOf(mirrorOfFirst)]));
	},
);

it('tells nothing of a token that stands where the words before an error are cut', async () => {
	const {path, tip} = upstream;
	const words = Buffer.from(`secret${'x'.repeat(3996)}`);
	const {received} = await fetchHarmed(
		path,
		makeMirror(),
		{wants: new Set([tip]), haves: []},
		() => [
			Buffer.from(firstLine),
			band(2, words.subarray(0, 3)),
			band(2, words.subarray(3)),
			band(3, Buffer.from('no')),
		],
	);
	expect(received).toMatchObject({
		failure: {detail: expect.stringMatching(/^remote: ret]x{200}/)},
	});
});

it('refuses a pack that lacks what was wanted, and one that lacks what that reaches', async () => {
	const {path, first, tip} = await makeUpstream();
	const other = await commitFile(path, {branch: 'other'});
	const ask = (wants: readonly string[], ofServer: readonly string[], haves: readonly string[]) =>
		fetchHarmed(path, makeMirror(), {wants: new Set(wants), haves: []}, () => [
			answerOf(
				path,
				[
					'command=fetch\n',
					'ofs-delta\n',
					...ofServer.map((oid) => `want ${oid}\n`),
					...haves.map((oid) => `have ${oid}\n`),
					'done\n',
				]
					.map(pktLine)
					.join('')
					.replace('command=fetch\n', 'command=fetch\n0001')
					.concat('0000'),
			),
		]);

	const lacking = await ask([tip, other], [other], []);
	expect(lacking.received).toMatchObject({
		failure: {kind: 'answer-refused', detail: expect.stringContaining('all that was asked for')},
	});
	const open = await ask([tip], [tip], [first]);
	expect(open.received).toMatchObject({
		failure: {
			kind: 'git-failed',
			detail: expect.stringContaining('did not receive expected object'),
		},
	});
});

it('removes nothing of a repack by hand in the meantime when a pack is cut', async () => {
	const {path, first, tip} = upstream;
	const mirror = copyMirrorOfFirst();
	await releasePacks(mirror);
	await git(mirror, 'update-ref', 'refs/heads/main', first);
	await git(mirror, 'update-ref', 'refs/heads/other', await commitFile(mirror));
	const wish = {wants: new Set([tip]), haves: [first]};
	const {received} = await fetchHarmed(path, mirror, wish, async function* (answer) {
		yield answer.subarray(0, answer.length / 2);
		await git(mirror, 'repack', '-q', '-a', '-d');
	});
	expect(received).toMatchObject({failure: {kind: 'network', problem: 'cut-short'}});
	expect(await git(mirror, 'fsck', '--connectivity-only')).toBe('');
	expect(packsOf(mirror)).toHaveLength(1);
});

it.each([
	['nothing', []],
	['a page', [Buffer.from('<html>')]],
	['no pack', [Buffer.from('0000')]],
	[
		'acknowledgements of what was not offered',
		[Buffer.from(`${pktLine('acknowledgments\n')}${pktLine(`ACK ${'2'.repeat(40)}\n`)}0001`)],
	],
])('leaves a server to git that answers with %s, and asks it no more', async (_, answer) => {
	const {path, tip} = upstream;
	const mirror = makeMirror();
	const {received, reasons, ask} = await fetchHarmed(
		path,
		mirror,
		{wants: new Set([tip]), haves: []},
		() => answer,
	);
	expect(received).toBeUndefined();
	expect(packsOf(mirror)).toEqual([]);
	expect(await ask()).toBeUndefined();
	expect(reasons).toEqual([reasons[0], reasons[0]]);
});

it('asks a server again that was still sending a pack when it answered with a page', async () => {
	const {path, tip} = upstream;
	const wish = {wants: new Set([tip]), haves: []};
	const gate = Promise.withResolvers<void>();
	const answers: Harm[] = [
		async function* (answer) {
			await gate.promise;
			yield answer;
		},
		() => [Buffer.from('<html>')],
		(answer) => [answer],
	];
	const {fetchDirectly, options} = openFetch(path, (answer) => answers.shift()?.(answer) ?? []);
	const slow = fetchDirectly(makeMirror(), path, wish, options);
	expect(await fetchDirectly(makeMirror(), path, wish, options)).toBeUndefined();
	gate.resolve();
	await slow;
	expect(await fetchDirectly(makeMirror(), path, wish, options)).toBeDefined();
});

it('leaves one repository to git whose server refuses it in words, without the token', async () => {
	const {path, tip} = upstream;
	const {received, reasons} = await fetchHarmed(
		path,
		makeMirror(),
		{wants: new Set([tip]), haves: []},
		() => [Buffer.from(pktLine('ERR upload-pack: not today secret\n'))],
	);
	expect(received).toBeUndefined();
	expect(reasons).toEqual(['it answered "upload-pack: not today [secret]"']);
});

it('says that a ref moved whose tip the server does not have', async () => {
	const {path, tip} = upstream;
	const wish = {wants: new Set([tip]), haves: []};
	const refusal = Buffer.from(pktLine(`ERR upload-pack: not our ref ${tip}`));
	const {received, reasons} = await fetchHarmed(path, makeMirror(), wish, () => [refusal]);
	expect(received).toMatchObject({failure: {kind: 'refs-moved'}});
	expect(reasons).toEqual([]);
});

/** A git that hears nothing of what comes behind the first bytes. */
const deafAfter = (length: number): StartGit => {
	const folder = join(makeTemporaryFolder(), 'bin');
	mkdirSync(folder);
	const path = process.env['PATH'] ?? '';
	const script = `#!/bin/sh\nhead -c ${length} | PATH='${path}' git "$@"\n`;
	writeFileSync(join(folder, 'git'), script, {mode: 0o755});
	const environment = {...gitEnvironment(), PATH: `${folder}:${path}`};
	return async (where, args) => startGit(where, args, environment);
};

it.each([
	['a first copy', false],
	['an update', true],
])('finds bytes behind a pack that git did not read, for %s', async (_, isUpdate) => {
	const {path, first, tip} = upstream;
	const mirror = copyMirrorOfFirst();
	const wish = {wants: new Set([tip]), haves: isUpdate ? [first] : []};
	let length = 0;
	const measure: Harm = (answer) => {
		length = packOf(answer).length;
		return [answer.subarray(0, 8)];
	};
	await fetchHarmed(path, makeMirror(), wish, measure);

	const {received} = await fetchHarmed(
		path,
		mirror,
		wish,
		(answer) => [inBands(packOf(answer), Buffer.from('more'))],
		{start: deafAfter(length)},
	);

	expect(received).toMatchObject({
		failure: {kind: 'answer-refused', detail: 'it sent more than one pack'},
	});
	expect(packsOf(mirror)).toHaveLength(1);
});

it('brings a pack that no collection by hand removes before it is released', async () => {
	const {path, first, tip} = upstream;
	const mirror = copyMirrorOfFirst();
	await git(mirror, 'update-ref', 'refs/heads/main', first);
	await releasePacks(mirror);
	const wish = {wants: new Set([tip]), haves: [first]};
	await fetchHarmed(path, mirror, wish, (answer) => [answer]);
	await git(mirror, 'gc', '-q', '--prune=now');
	expect(await git(mirror, 'cat-file', '-t', tip)).toBe('commit\n');
});
