import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {pktLine} from '../../source/sandbox/git-backend.ts';
import {countedGit} from '../helpers/counted-git.ts';
import {mostMemory, watchMemory} from '../helpers/peak-memory.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {commitFile, deleteRef, forcePush, readOid, readRefs} from '../helpers/upstream.ts';
import {expectWhole} from '../helpers/whole-mirror.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Another server, that counts who comes. */
const startElsewhere = async (): Promise<{origin: string; visits: () => number}> => {
	let visits = 0;
	const server = createServer((_, response) => {
		visits += 1;
		response.end();
	});
	server.on('connection', () => {
		visits += 1;
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => void server.close());
	return {
		origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		visits: () => visits,
	};
};

const service = `${pktLine('# service=git-upload-pack\n')}0000`;

const advertisementOf = (...lines: readonly string[]) =>
	({
		kind: 'answer',
		status: 200,
		headers: {'content-type': 'application/x-git-upload-pack-advertisement'},
		body: `${service}${lines.map((line) => pktLine(`${line}\n`)).join('')}0000`,
	}) as const;

type Places = Record<'own' | 'path' | 'elsewhere' | 'trace', string>;

/** Clone links that no git may be given. */
const linksTo = ({own, path, elsewhere, trace}: Places) => ({
	'link-host': `${elsewhere}/acme/good.git`,
	'link-scheme': own.replace('http:', 'https:'),
	'link-ext': `ext::sh -c touch% ${trace}`,
	'link-file': `file://${path}`,
	'link-path': path,
	'link-ssh': 'ssh://git@127.0.0.1/acme/good.git',
	'link-option': `--upload-pack=touch ${trace}`,
	'link-user': elsewhere.replace('//', '//x:y@'),
});

const redirects = ['redirect', 'redirect-post'];
const illegal = ['refs-endless', 'refs-outside', 'refs-option', 'refs-twice'];
const words = ['error-body', 'git-words', 'words-endless'];
const linkCount = Object.keys(linksTo({own: '', path: '', elsewhere: '', trace: ''})).length;
const count = linkCount + redirects.length + illegal.length + words.length;

describe(`${count} repositories whose answers mean harm`, () => {
	it('fail by themselves, no request leaves for elsewhere, nothing runs, and the others are saved: exit 3', async () => {
		const elsewhere = await startElsewhere();
		const good = await acme.add('good');
		await acme.add('good-too');
		const home = makeHome(acme.sandbox);
		const trace = join(home.folder, 'ran');
		const oid = await readOid(good.path, 'main');
		const served = {workspace: 'acme', path: good.path} as const;

		const links = linksTo({
			own: acme.sandbox.urlOf(good),
			path: good.path,
			elsewhere: elsewhere.origin,
			trace,
		});
		for (const [slug, cloneUrl] of Object.entries(links)) {
			acme.sandbox.addRepository({...served, slug, cloneUrl});
		}

		const strike = (
			slug: string,
			answer: Parameters<typeof acme.sandbox.addFault>[0]['answer'],
			method = 'GET',
		) => {
			acme.sandbox.addRepository({...served, slug});
			acme.sandbox.addFault({match: {repository: `acme/${slug}`, service: 'git', method}, answer});
		};
		strike('redirect', {kind: 'redirect', to: `${elsewhere.origin}/acme/good.git/info/refs`});
		strike(
			'redirect-post',
			{kind: 'redirect', to: `${elsewhere.origin}/acme/good.git`, status: 307},
			'POST',
		);
		strike('refs-endless', {
			kind: 'flood',
			size: Number.POSITIVE_INFINITY,
			headers: {'content-type': 'application/x-git-upload-pack-advertisement'},
			start: service,
			filler: `${pktLine(`${oid} refs/pull/1\n`)}`.repeat(1000),
		});
		strike('refs-outside', advertisementOf(`${oid} HEAD`, `${oid} refs/heads/../../../outside`));
		strike('refs-option', advertisementOf(`${oid} HEAD`, `${oid} refs/heads/a b`));
		strike('refs-twice', advertisementOf(`${oid} refs/heads/x`, `${oid} refs/heads/x`));
		strike('error-body', {
			kind: 'answer',
			status: 404,
			body: 'gone\u001b[2J\u001b]0;owned\u0007\u202eback\r\nline',
		});
		strike(
			'git-words',
			{
				kind: 'answer',
				status: 200,
				headers: {'content-type': 'application/x-git-upload-pack-result'},
				body: pktLine('ERR \u001b[31mred\u001b[0m \u202eback \u0007'),
			},
			'POST',
		);

		strike('words-endless', advertisementOf(`${oid} refs/heads/main\0side-band-64k ofs-delta`));
		acme.sandbox.addFault({
			match: {repository: 'acme/words-endless', service: 'git', method: 'POST'},
			answer: {
				kind: 'flood',
				size: Number.POSITIVE_INFINITY,
				headers: {'content-type': 'application/x-git-upload-pack-result'},
				start: pktLine('NAK\n'),
				filler: pktLine(`\u0002${'words without end\n'.repeat(1000)}`),
			},
		});

		const memory = watchMemory(home.folder);
		const {exitCode, stderr} = await home.run(['--yes', '--verbose'], memory.environment);

		expect(exitCode).toBe(3);
		expect(memory.readPeak()).toBeLessThan(mostMemory);
		const failed = [...stderr.matchAll(/acme\/(\S+): FAILED, (.*)/g)];
		const reasons = new Map(failed.map(([, slug = '', reason = '']) => [slug, reason]));
		const refused = [...Object.keys(links), ...redirects];
		for (const slug of refused) {
			expect(reasons.get(slug), slug).toMatch(/^the address .*was refused/);
		}
		for (const slug of illegal) {
			expect(reasons.get(slug), slug).toMatch(/^the answer was refused/);
		}
		expect(reasons.get('error-body')).toMatch(/^not found/);
		// git makes the first of these harmless itself.
		expect(reasons.get('git-words')).toContain(String.raw`?[31mred?[0m \u{202e}back`);
		expect(reasons.get('words-endless')).toMatch(/^the answer was refused: it sent more than/);
		expect(reasons.size).toBe(count);
		expect(elsewhere.visits()).toBe(0);
		expect(existsSync(trace)).toBe(false);
		expect(
			acme.sandbox.requestsTo('git').filter(({repository}) => repository === 'acme/refs-endless'),
		).toHaveLength(1);

		for (const slug of ['good', 'good-too']) {
			expect((await readRefs(join(home.backup, 'acme', `acme#${slug}`, 'repo'))).size).toBe(1);
		}
		const logs = join(home.backup, 'acme', '.cistern', 'logs');
		const written =
			stderr + readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'));
		expect(['\u001b', '\u0007', '\u202e', '\r'].filter((mark) => written.includes(mark))).toEqual(
			[],
		);
	});
});

/** Said by each git before it starts: which refs are files of their own. */
const listLoose = (list: string): string => `(find refs -type f 2> /dev/null; echo) >> '${list}'`;

describe('2 pairs of branches that differ in case', () => {
	it('are saved, kept and moved without ever being files of one name, so that every disk can hold them', async () => {
		const {path} = await acme.add('twins');
		for (const branch of ['Fix', 'fix', 'Feature/x', 'feature/y']) {
			await commitFile(path, {branch});
		}

		const home = makeHome(acme.sandbox);
		const list = join(home.folder, 'loose');
		const {environment} = countedGit({at: '*', strike: listLoose(list)});
		await runHere(home, ['--yes'], environment);
		const saved = [...(await readRefs(path)).values()];
		await forcePush(path, {branch: 'Feature/x'});
		await forcePush(path, {branch: 'feature/y'});
		await deleteRef(path, 'refs/heads/Fix');
		await deleteRef(path, 'refs/heads/fix');

		expect((await runHere(home, ['--yes'], environment)).exitCode).toBe(0);
		await expectWhole(path, join(home.backup, 'acme', 'acme#twins', 'repo'), saved);
		const moments = readFileSync(list, 'utf8').split('\n\n');
		const loose = moments.map((moment) => moment.split('\n').filter((ref) => ref !== ''));
		expect(loose.length).toBeGreaterThan(2);
		expect(loose.flat().filter((ref) => /^refs\/(?:heads|tags)\//.test(ref))).toEqual([]);
	});
});
