import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {promisify} from 'node:util';
import {beforeAll, describe, expect, it} from 'vitest';

const read = (file: string): string => readFileSync(file, 'utf8');

/** npm prints the list of files that a tarball made now would have, and makes none. */
const listFiles = async (): Promise<readonly string[]> => {
	const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
	const {stdout} = await promisify(execFile)('npm', words, {
		shell: process.platform === 'win32',
	});
	const answer: unknown = JSON.parse(stdout);
	const [packed] = Object.values(answer as Record<string, {files: readonly {path: string}[]}>);
	return (packed?.files ?? []).map(({path}) => path);
};

describe('the npm package', () => {
	let files: readonly string[] = [];
	beforeAll(async () => {
		files = await listFiles();
	});

	it('holds the bundle, the manual and the papers, and nothing else', () => {
		const isBundle = (path: string): boolean => /^dist\/[\w.-]+\.js$/.test(path);
		expect(files).toContain('dist/cli.js');
		expect(files.filter((path) => !isBundle(path)).toSorted()).toEqual([
			'LICENSE',
			'README.md',
			'dist/THIRD-PARTY-LICENCES',
			'dist/sbom.cdx.json',
			'docs/cistern.1',
			'package.json',
		]);
	});

	it('needs no other package, and runs nothing when it is installed', () => {
		const manifest: object = JSON.parse(read('package.json'));
		const needs = /^(?:dependencies|optionalDependencies|peerDependencies)$/;
		expect(Object.keys(manifest).filter((key) => needs.test(key))).toEqual([]);
		expect(Object.keys((manifest as {scripts: object}).scripts)).not.toEqual(
			expect.arrayContaining([expect.stringMatching(/^(?:pre|post)?install$/)]),
		);
	});

	it('does not tell where it was made', () => {
		const telling = files.filter((path) => read(path).includes(process.cwd()));
		expect(telling).toEqual([]);
	});

	it('brings the notice of each package that is in its list of components', () => {
		const notices = read('dist/THIRD-PARTY-LICENCES');
		const {components} = JSON.parse(read('dist/sbom.cdx.json'));
		const titles = components.map(
			({group, name, version}: Record<string, string>) =>
				`\n${group === undefined ? '' : `${group}/`}${name} ${version} (`,
		);
		expect(titles.length).toBeGreaterThan(50);
		expect(titles.filter((title: string) => !notices.includes(title))).toEqual([]);
		expect(titles).toContainEqual(expect.stringMatching(/^\nink \d/));
	});
});
