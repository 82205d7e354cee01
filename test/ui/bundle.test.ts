import {execFile} from 'node:child_process';
import {copyFile, cp, mkdir, readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {describe, expect, it} from 'vitest';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';

const execute = promisify(execFile);

/** `import`s and `export ... from`s of other chunks; not `import()`, which loads when it is reached. */
const staticImport = /(?:\bfrom|\bimport)\s*["'`]\.\/([\w.-]+\.js)["'`]/g;

const readBundle = async (): Promise<ReadonlyMap<string, string>> => {
	const names = (await readdir('dist')).filter((name) => name.endsWith('.js'));
	return new Map(
		await Promise.all(
			names.map(async (name) => [name, await readFile(join('dist', name), 'utf8')] as const),
		),
	);
};

/** The chunks that are loaded together with one, itself included. */
const loadedWith = (bundle: ReadonlyMap<string, string>, start: string): ReadonlySet<string> => {
	const loaded = new Set([start]);
	for (const name of loaded) {
		for (const [, next = ''] of (bundle.get(name) ?? '').matchAll(staticImport)) {
			loaded.add(next);
		}
	}
	return loaded;
};

describe('the program as it is shipped', () => {
	it.each([
		{library: 'listr2', sign: 'LISTR_', views: /^live-/},
		{
			library: 'Ink and React',
			sign: 'react.transitional.element',
			views: /^(?:setup|restore)-questions-/,
		},
	])('loads $library only where they draw', async ({sign, views}) => {
		const bundle = await readBundle();
		const bringing = [...bundle].filter(([, text]) => text.includes(sign)).map(([name]) => name);
		expect(bringing).toHaveLength(1);
		const others = [...bundle.keys()].filter(
			(name) => !bringing.includes(name) && !views.test(name),
		);
		const loading = others.filter((name) =>
			bringing.some((library) => loadedWith(bundle, name).has(library)),
		);
		expect(loading).toEqual([]);
	});

	it('tells its version by its first lines alone', async () => {
		const folder = makeTemporaryFolder();
		const firstLines = loadedWith(await readBundle(), 'cli.js');
		await Promise.all(
			[...firstLines].map((name) => copyFile(join('dist', name), join(folder, name))),
		);
		const answer = await execute(process.execPath, [join(folder, 'cli.js'), '--version']);
		const {version} = JSON.parse(await readFile('package.json', 'utf8'));
		expect(answer.stdout).toBe(`${version}\n`);
		expect(firstLines.size).toBeLessThanOrEqual(2);
	});

	it('shows a wide name without the libraries it was built from', async () => {
		const folder = makeTemporaryFolder();
		await cp('dist', join(folder, 'dist'), {recursive: true});
		await mkdir(join(folder, 'backup', '世界', '.cistern'), {recursive: true});
		const answer = await execute(process.execPath, [
			join(folder, 'dist', 'cli.js'),
			...['status', '--from', join(folder, 'backup')],
		]);
		expect(answer.stdout).toContain('世界');
	});

	it('imports nothing of Node that loads more of it than is used', async () => {
		const importing = [...(await readBundle())].filter(([, text]) =>
			/(?:\bfrom|\bimport)\s*["'`](?:node:)?(?:crypto|fs|http|net|process|tls|util)["'`]/.test(
				text,
			),
		);
		expect(importing).toEqual([]);
	});
});
