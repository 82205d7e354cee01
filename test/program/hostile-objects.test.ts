import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {pktLine} from '../../source/sandbox/git-backend.ts';
import {commitOdd, packBroken} from '../helpers/hostile-objects.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {commitFile, git, readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const odd = ['crooked', 'dot-git', 'submodule'] as const;

/** The three, one that lacks its files, and what `plant`, a loan of objects and another folder put into theirs. */
const count = odd.length + 5;

/** Everything that git would run or be led astray by, were it read where it lies in a mirror. */
const plant = (mirror: string, trace: string): void => {
	mkdirSync(join(mirror, 'hooks'), {recursive: true});
	for (const name of ['reference-transaction', 'post-update', 'pre-auto-gc']) {
		writeFileSync(join(mirror, 'hooks', name), `#!/bin/sh\ntouch '${trace}'\n`);
		chmodSync(join(mirror, 'hooks', name), 0o755);
	}

	const included = join(mirror, 'evil-config');
	writeFileSync(included, '[http]\n\tproxy = http://127.0.0.1:1\n');
	const config = join(mirror, 'config');
	writeFileSync(
		config,
		`${readFileSync(config, 'utf8')}[include]
	path = ${included}
[core]
	hooksPath = ${join(mirror, 'hooks')}
	fsmonitor = touch '${trace}'
	alternateRefsCommand = touch '${trace}'
	gitProxy = touch '${trace}'
[url "http://127.0.0.1:1/"]
	insteadOf = ${acme.sandbox.origin}/
[http "${acme.sandbox.origin}/"]
	extraHeader = X-Planted: yes
[fetch]
	prune = true
`,
	);
};

describe(`${count} things that git's fsck refuses, or that lie in the folder to be obeyed`, () => {
	it('are kept as data or fail by themselves with their last good state; nothing runs, and the others are saved: exit 3', async () => {
		const {path} = await acme.add('odd');
		for (const kind of odd) {
			await commitOdd(path, kind, kind);
		}

		await commitOdd(path, 'dot-git');
		const good = await acme.add('good');
		const lent = await acme.add('lent');
		const other = await acme.add('other');
		const broken = await acme.add('broken');
		const home = makeHome(acme.sandbox);
		const mirror = (slug: string): string => join(home.backup, 'acme', `acme#${slug}`, 'repo');
		const first = await runHere(home, ['--yes']);
		expect(first.stderr).toContain('All 5 repositories of acme are saved as they are now.');
		expect(await git(mirror('odd'), 'show', 'submodule:.gitmodules')).toContain('!touch ran');
		expect(await readRefs(mirror('odd'))).toEqual(await readRefs(path));

		const checked = await runHere(home, ['verify']);
		expect(checked.exitCode).toBe(0);
		expect(checked.stdout).toMatch(
			/odd +\d objects stored in an older form than git writes today; upstream has the same: error in /,
		);

		const trace = join(home.folder, 'ran');
		plant(mirror('good'), trace);
		mkdirSync(join(mirror('lent'), 'objects', 'info'), {recursive: true});
		writeFileSync(join(mirror('lent'), 'objects', 'info', 'alternates'), `${lent.path}/objects\n`);
		const elsewhere = join(home.folder, 'elsewhere');
		await git(home.folder, 'clone', '--bare', '--quiet', other.path, elsewhere);
		plant(elsewhere, trace);
		writeFileSync(join(mirror('other'), 'commondir'), `${elsewhere}\n`);
		await commitFile(good.path);
		await commitFile(other.path);
		await commitFile(lent.path);
		const lastGood = await readRefs(broken.path);
		await commitOdd(broken.path, 'broken');
		const second = await runHere(home, ['--yes']);

		expect(second.exitCode).toBe(3);
		expect(second.stderr).toContain('acme/broken: FAILED');
		expect(second.stderr).toContain('acme/good: ');
		expect(await readRefs(mirror('broken'))).toEqual(lastGood);
		expect(await git(mirror('broken'), 'fsck', '--strict')).toBe('');
		expect(await readRefs(mirror('good'))).toEqual(await readRefs(good.path));
		expect(await readRefs(mirror('lent'))).toEqual(await readRefs(lent.path));
		expect(await readRefs(mirror('other'))).toEqual(await readRefs(other.path));
		expect(existsSync(join(mirror('lent'), 'objects', 'info', 'alternates'))).toBe(false);
		expect(readFileSync(join(mirror('good'), 'config'), 'utf8')).not.toMatch(/include|url|http/);
		expect(acme.sandbox.requests.filter(({headers}) => 'x-planted' in headers)).toEqual([]);

		const restored = join(home.folder, 'restored');
		const back = await runHere(home, ['restore', '--all', '--to', restored]);
		expect(back.exitCode).toBe(3);
		expect(back.stderr).toMatch(
			/acme\/odd: not restored. Git refuses to check out a file named \.git\/hooks/,
		);
		expect(readdirSync(restored).toSorted()).toEqual(['broken', 'good', 'lent', 'other']);
		expect([trace, join(restored, 'ran')].filter(existsSync)).toEqual([]);
		expect(
			(await runHere(home, ['restore', 'odd', '--bare', '--to', join(restored, 'odd')])).exitCode,
		).toBe(0);
		expect(await readRefs(join(restored, 'odd'))).toEqual(await readRefs(path));
	});
});

/** Objects that are not whole, in a version of git's protocol that git alone reads, or Cistern too. */
const packs = [
	['flipped', 0],
	['lacking', 2],
	['not-a-tree', 2],
	['unreadable', 2],
] as const;

/** The answer with a pack in a version of git's protocol: to git alone, or to us as well. */
const answerWith = (pack: Buffer, version: 0 | 2): Buffer => {
	if (version === 0) {
		return Buffer.concat([Buffer.from(pktLine('NAK\n')), pack]);
	}

	const length = (pack.length + 5).toString(16).padStart(4, '0');
	return Buffer.concat([
		Buffer.from(`${pktLine('packfile\n')}${length}\u0001`),
		pack,
		Buffer.from('0000'),
	]);
};

describe(`${packs.length} packs whose objects are not whole`, () => {
	it('fail a first copy and an update alike, leave the last good state as it was, and the others are saved: exit 3', async () => {
		const good = await acme.add('good');
		const slugs = packs.map(([kind, version]) => `${kind}-${version}`);
		const saved = await acme.addSaved(...slugs);
		const {path} = acme.sandbox.addRepository({workspace: 'acme', slug: 'bare'});
		for (const [kind, version] of packs) {
			const slug = `${kind}-${version}`;
			acme.sandbox.addRepository({workspace: 'acme', slug: `new-${slug}`, path});
			const {tip, pack} = packBroken(kind);
			const send = (method: string, type: string, body: Buffer) => {
				const answer = {
					kind: 'answer',
					status: 200,
					headers: {'content-type': type},
					body,
				} as const;
				for (const repository of [`acme/${slug}`, `acme/new-${slug}`]) {
					acme.sandbox.addFault({match: {repository, service: 'git', method}, answer});
				}
			};
			const service = `${pktLine('# service=git-upload-pack\n')}0000`;
			const refs = `${service}${pktLine(`${tip} refs/heads/main\0ofs-delta\n`)}0000`;
			send('GET', 'application/x-git-upload-pack-advertisement', Buffer.from(refs));
			send('POST', 'application/x-git-upload-pack-result', answerWith(pack, version));
		}

		await commitFile(good.path);
		const home = makeHome(acme.sandbox, {}, acme.folder);
		const {exitCode, stderr} = await runHere(home, ['--yes']);

		expect(exitCode).toBe(3);
		expect(stderr.match(/acme\/\S+-0: FAILED, git failed: .*/g)).toHaveLength(2);
		expect(
			stderr.match(/acme\/\S+-2: FAILED, (?:git failed|the answer was refused): .*/g),
		).toHaveLength(6);
		expect(await readRefs(acme.mirror('good'))).toEqual(await readRefs(good.path));
		for (const [index, slug] of slugs.entries()) {
			expect(await readRefs(acme.mirror(slug))).toEqual(await readRefs(saved[index]?.path ?? ''));
			expect(existsSync(acme.path(`acme#new-${slug}`))).toBe(false);
		}

		const checked = await runHere(home, ['verify']);
		expect(checked.stdout).not.toMatch(/damaged|older form/);
		expect(checked.exitCode).toBe(0);
	});
});
