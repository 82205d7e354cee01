import {execFileSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Sandbox, startSandbox} from '../../source/sandbox/start-sandbox.ts';
import {addAccess, canaryToken} from '../helpers/backup.ts';
import {type BareRoot, makeBareDebian, runIn, unpack} from '../helpers/bare-root.ts';
import {commitFile} from '../helpers/upstream.ts';

/** The folder that `npm run package` made. Without it, nothing here runs. */
const packages = process.env['PACKAGES'] ?? '';
const {version}: {version: string} = JSON.parse(readFileSync('package.json', 'utf8'));
const architecture = process.arch === 'x64' ? 'amd64' : 'arm64';
const packed = {
	archive: resolve(packages, `cistern-${version}-linux-${process.arch}.tar.xz`),
	deb: resolve(packages, `cistern_${version}_${architecture}.deb`),
	npm: resolve(packages, `cistern-${version}.tgz`),
	image: resolve(packages, `cistern-${version}-image-${architecture}.tar`),
};

type Installed = {
	readonly root: BareRoot;
	/** Starts the program in the root. */
	readonly start: readonly string[];
	/** Files that have to be there. */
	readonly papers: readonly string[];
};

const papersIn = (prefix: string): readonly string[] =>
	['LICENSE', 'THIRD-PARTY-LICENCES', 'sbom.cdx.json'].map(
		(name) => `${prefix}/share/doc/cistern/${name}`,
	);

const shellsIn = (prefix: string, zsh = 'site-functions'): readonly string[] => [
	`${prefix}/share/bash-completion/completions/cistern`,
	`${prefix}/share/fish/vendor_completions.d/cistern.fish`,
	`${prefix}/share/zsh/${zsh}/_cistern`,
];

const run = (program: string, ...words: readonly string[]): string =>
	execFileSync(program, words, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']});

const bareRoot = (folder: string): BareRoot => ({
	folder,
	user: '1000:1000',
	variables: {PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/tmp'},
});

const ways: Readonly<Record<string, (debian: string, folder: string) => Installed>> = {
	'the archive': (debian, folder) => {
		unpack(debian, folder);
		unpack(packed.archive, join(folder, 'opt/cistern'), '--strip-components=1');
		// Also through a link, as many people will have it.
		run('ln', '-s', '/opt/cistern/bin/cistern', join(folder, 'usr/local/bin/cistern'));
		const prefix = '/opt/cistern';
		return {
			root: bareRoot(folder),
			start: ['cistern'],
			papers: [...papersIn(prefix), ...shellsIn(prefix), `${prefix}/share/man/man1/cistern.1`],
		};
	},
	'the Debian package': (debian, folder) => {
		unpack(debian, folder);
		copyFileSync(packed.deb, join(folder, 'tmp/cistern.deb'));
		run('chroot', folder, 'dpkg', '--install', '/tmp/cistern.deb');
		const papers = papersIn('/usr').map((name) => name.replace(/LICENSE$/, 'copyright'));
		const manual = '/usr/share/man/man1/cistern.1.gz';
		return {
			root: bareRoot(folder),
			start: ['cistern'],
			papers: [...papers, ...shellsIn('/usr', 'vendor-completions'), manual],
		};
	},
	'the npm package, installed with no registry in reach': (debian, folder) => {
		unpack(debian, folder);
		const bin = join(folder, 'usr/local/bin');
		unpack(packed.archive, bin, '--strip-components=3', '--wildcards', '*/lib/cistern/node');
		const nowhere = ['--registry=http://127.0.0.1:9', `--cache=${join(folder, 'tmp/npm')}`];
		run(
			'npm',
			'install',
			'--global',
			`--prefix=${join(folder, 'usr/local')}`,
			...nowhere,
			packed.npm,
		);
		const lib = '/usr/local/lib/node_modules/cistern';
		return {
			root: bareRoot(folder),
			start: ['cistern'],
			papers: [
				`${lib}/LICENSE`,
				`${lib}/dist/THIRD-PARTY-LICENCES`,
				`${lib}/dist/sbom.cdx.json`,
				'/usr/local/share/man/man1/cistern.1',
			],
		};
	},
	'the image': (_, folder) => {
		const image = `${folder}-image`;
		unpack(packed.image, image);
		const read = (name: string) => JSON.parse(readFileSync(join(image, name), 'utf8'));
		const [{Config, Layers}] = read('manifest.json');
		for (const layer of Layers) {
			unpack(join(image, layer), folder);
		}

		const {Entrypoint, Env, User} = read(Config).config;
		return {
			root: {
				folder,
				user: User,
				variables: Object.fromEntries(Env.map((line: string) => line.split(/=(.*)/s))),
			},
			start: Entrypoint,
			papers: [
				...papersIn('/usr'),
				'/usr/share/doc/git/copyright',
				'/usr/share/doc/tini/copyright',
			],
		};
	},
};

describe.skipIf(packages === '')('in packages/ (npm run package:test)', () => {
	let staging = '';
	let debian = '';
	let sandbox: Sandbox;

	beforeAll(async () => {
		staging = mkdtempSync(join(tmpdir(), 'cistern-packages-'));
		debian = join(staging, 'debian.tar');
		makeBareDebian(debian);
		sandbox = await startSandbox();
		addAccess(sandbox);
		sandbox.addWorkspace({slug: 'acme'});
		const {path} = sandbox.addRepository({workspace: 'acme', slug: 'api'});
		await commitFile(path, {file: 'greeting.txt', content: 'hello\n'});
	}, 600_000);

	afterAll(async () => {
		await sandbox.close();
		rmSync(staging, {recursive: true, force: true});
	});

	describe.each(Object.entries(ways))('%s', (name, install) => {
		let installed: Installed;
		beforeAll(() => {
			const folder = join(staging, name.replaceAll(/\W/g, '-'));
			mkdirSync(folder);
			installed = install(debian, folder);
		}, 600_000);

		const cistern = (...words: readonly string[]) =>
			runIn(installed.root, [...installed.start, ...words]);

		it('answers with its version', async () => {
			expect(await cistern('--version')).toEqual({exitCode: 0, output: `${version}\n`});
		});

		it('shows the demo', async () => {
			const {exitCode, output} = await cistern('demo');
			expect(output).toContain('Nothing was lost.');
			expect(exitCode).toBe(0);
		});

		it('backs up, verifies and restores', async () => {
			const {root} = installed;
			const settings = {
				CISTERN_FOLDER: '/tmp/backup',
				CISTERN_WORKSPACE: 'acme',
				CISTERN_TYPE: 'org',
				CISTERN_AUTH_NAME: 'ann',
				CISTERN_API_AUTH_NAME: 'ann@example.com',
				CISTERN_API_URL: sandbox.apiUrl,
				CISTERN_TOKEN: canaryToken,
			};
			const inNight = {...root, variables: {...root.variables, ...settings}};
			const codes: (number | null)[] = [];
			let all = '';
			for (const words of ['--yes', 'verify', 'restore api --to /tmp/restored']) {
				const {exitCode, output} = await runIn(inNight, [...installed.start, ...words.split(' ')]);
				codes.push(exitCode);
				all += output;
			}

			expect(codes, all).toEqual([0, 0, 0]);
			const greeting = join(root.folder, 'tmp/restored/greeting.txt');
			expect(readFileSync(greeting, 'utf8')).toBe('hello\n');
		});

		it('brings its licences, its manual and its completions', () => {
			const isMissing = (paper: string): boolean => !existsSync(join(installed.root.folder, paper));
			expect(installed.papers.filter(isMissing)).toEqual([]);
		});
	});

	it('are of the sums that stand beside them', () => {
		execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], {cwd: packages});
		const sums = readFileSync(join(packages, 'SHA256SUMS'), 'utf8');
		const [sum] = new RegExp(`^\\w+(?=  cistern-${version}\\.tgz$)`, 'm').exec(sums) ?? [];
		for (const manifest of ['cistern.rb', 'cistern.json']) {
			expect(readFileSync(join(packages, manifest), 'utf8')).toContain(`"${sum}"`);
		}
	});

	it('are nothing that lintian complains of', () => {
		const debs = ['amd64', 'arm64'].map((name) => packed.deb.replace(architecture, name));
		// The maintainer is the author of the commit, whose address may be made up.
		const passedOver = 'bogus-mail-host,bogus-mail-host-in-debian-changelog';
		expect(run('lintian', `--suppress-tags=${passedOver}`, ...debs)).toBe('');
	}, 600_000);

	it('are the same bytes if they are made again', () => {
		const again = join(staging, 'again');
		run(process.execPath, 'media/packaging/make-packages.ts', again);
		const [first, second] = [packages, again].map((folder) =>
			readFileSync(join(folder, 'SHA256SUMS'), 'utf8'),
		);
		expect(second).toBe(first);
	}, 1_200_000);
});
