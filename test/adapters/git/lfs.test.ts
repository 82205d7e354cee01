import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {isolatedEnvironment} from '../../../source/adapters/git/environment.ts';
import {lfsMethods} from '../../../source/adapters/git/lfs.ts';
import {type RunGit, runGit} from '../../../source/adapters/git/run-git.ts';
import {git} from '../../helpers/upstream.ts';

let folder: string;

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'cistern-test-'));
});

afterAll(() => rmSync(folder, {recursive: true, force: true}));

const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;

/** Runs git, and remembers the characters of its longest answer. */
const watched = () => {
	const environment = isolatedEnvironment(process.env, 'run', []);
	let longest = 0;
	const run: RunGit = async (command) => {
		const answer = await runGit(command, environment);
		longest = Math.max(longest, answer.length);
		return answer;
	};
	return {...lfsMethods(run), longest: () => longest};
};

/** Commits many small files, each with its own content, and then these. */
const makeMirror = async (
	name: string,
	count: number,
	more: Readonly<Record<string, string>>,
): Promise<string> => {
	const path = join(folder, name);
	await git(folder, 'init', '-q', '--bare', '--initial-branch=main', path);
	const small = Array.from({length: count}, (_, index) => [
		`packages/${index % 200}/${index}.json`,
		`${index}`.padEnd(1000, ' '),
	]);
	const files = [...small, ...Object.entries(more)].map(
		([file = '', text = '']) => `M 100644 inline ${file}\ndata ${text.length}\n${text}\n`,
	);
	const input = [
		'commit refs/heads/main\ncommitter A <a@b> 1780000000 +0000\ndata 0\n',
		...files,
		'done\n',
	].join('');
	const {status} = spawnSync('git', ['fast-import', '--quiet', '--done'], {cwd: path, input});
	expect(status).toBe(0);
	return path;
};

describe('a default branch of very many small files', () => {
	let plain: string;
	let pointed: string;
	let attributed: string;

	beforeAll(async () => {
		plain = await makeMirror('plain.git', 4000, {'z.txt': 'no pointer\n'.repeat(20)});
		pointed = await makeMirror('pointed.git', 2200, {'z.bin': pointer});
		attributed = await makeMirror('attributed.git', 2200, {
			'z/.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
		});
	});

	it('is searched for LFS without holding all of it', async () => {
		const {usesLfs, longest} = watched();

		expect(await usesLfs(plain)).toBe(false);
		expect(longest()).toBeLessThan(3 * 1024 * 1024);
	});

	it('is known to use LFS by a pointer or an attribute that comes last', async () => {
		const {usesLfs} = watched();

		expect(await usesLfs(pointed)).toBe(true);
		expect(await usesLfs(attributed)).toBe(true);
	});
});

describe('a mirror without a branch', () => {
	it('does not use LFS', async () => {
		const path = join(folder, 'empty.git');
		await git(folder, 'init', '-q', '--bare', path);

		expect(await watched().usesLfs(path)).toBe(false);
	});
});
