import {createHash} from 'node:crypto';
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {packTar} from './archive.ts';
import type {ProgramTree} from './program-tree.ts';
import type {Release} from './release.ts';
import {run} from './run.ts';
import type {Component} from './sbom.ts';

const suite = 'trixie';

const sources = [
	`deb http://deb.debian.org/debian ${suite} main`,
	`deb http://deb.debian.org/debian ${suite}-updates main`,
	`deb http://deb.debian.org/debian-security ${suite}-security main`,
];

/** The user whom the program runs as. */
const user = '1000:1000';

/** `$1` is the root. The settings file has its default name in a folder that is easy to mount. */
const layUser = `
echo 'cistern:x:1000:1000:Cistern:/home/cistern:/usr/sbin/nologin' >> "$1/etc/passwd"
echo 'cistern:x:1000:' >> "$1/etc/group"
mkdir -p "$1/home/cistern/.config" "$1/backup" "$1/config"
ln -s /config "$1/home/cistern/.config/cistern"
chown -hR ${user} "$1/home/cistern" "$1/backup" "$1/config"
`;

/** Debian's documentation, translations and manuals, without the licences. */
const leftOut = [
	'path-exclude=/usr/share/doc/*',
	'path-include=/usr/share/doc/*/copyright',
	'path-exclude=/usr/share/info/*',
	'path-exclude=/usr/share/locale/*',
	'path-exclude=/usr/share/man/*',
];

/** Docker's durations are in nanoseconds. */
const second = 1_000_000_000;

/** How the image is started. `Healthcheck` is Docker's addition to the format; others pass over it. */
const runtime = {
	User: user,
	Env: [
		'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
		'HOME=/home/cistern',
		'CISTERN_FOLDER=/backup',
	],
	Entrypoint: ['/usr/bin/tini', '--', 'cistern'],
	Cmd: ['--yes', '--wait'],
	Volumes: {'/backup': {}, '/config': {}},
	Healthcheck: {
		Test: ['CMD', 'cistern', 'status', '--max-age', '2d', '--quiet'],
		Interval: 3600 * second,
		Timeout: 60 * second,
		// The first backup may take its time.
		StartPeriod: 86_400 * second,
	},
};

type Blob = {readonly mediaType: string; readonly digest: string; readonly size: number};

/**
 * Makes an OCI layout with Debian's packages as one layer and the program as another. It also has the
 * `manifest.json` that `docker load` looks for. Gives the Debian packages in it.
 */
export const packImage = (
	tree: ProgramTree,
	architecture: string,
	release: Release,
	to: string,
): readonly Component[] => {
	const layout = `${tree.folder}-image`;
	mkdirSync(join(layout, 'blobs/sha256'), {recursive: true});
	const packages = `${layout}-packages`;
	const base = `${layout}-base.tar`;
	layDebian(release, packages, base);
	const program = `${layout}-program.tar`;
	packTar(tree.folder, 'usr/', release.date, program);

	const layers = [base, program].map((file) => addLayer(layout, file));
	const config = addJson(layout, 'config', describe(release, architecture, layers));
	const manifest = addJson(layout, 'manifest', {
		schemaVersion: 2,
		mediaType: mediaType('manifest'),
		config,
		layers: layers.map(({blob}) => blob),
	});
	writeIndexes(layout, release, config, layers, {
		...manifest,
		platform: {architecture, os: 'linux'},
	});
	packTar(layout, '', release.date, to);
	rmSync(layout, {recursive: true});
	return readPackages(readFileSync(packages, 'utf8'));
};

/** A line for each of Debian's packages in the root `$1`, with its version. */
const listPackages = 'dpkg-query --admindir="$1/var/lib/dpkg" --show';

const layDebian = ({date}: Release, packages: string, to: string): void => {
	run(
		'mmdebstrap',
		[
			'--variant=minbase',
			'--include=ca-certificates,git,libstdc++6,tini',
			...leftOut.map((option) => `--dpkgopt=${option}`),
			`--customize-hook=${layUser}`,
			`--customize-hook=${listPackages} > '${packages}'`,
			suite,
			to,
			...sources,
		],
		{variables: {SOURCE_DATE_EPOCH: String(date)}},
	);
};

const mediaType = (kind: 'config' | 'index' | 'manifest'): string =>
	`application/vnd.oci.image.${kind}.v1+json`;

const digest = (content: Buffer): string =>
	`sha256:${createHash('sha256').update(content).digest('hex')}`;

const addBlob = (layout: string, type: string, content: Buffer): Blob => {
	const name = digest(content);
	writeFileSync(join(layout, 'blobs', name.replace(':', '/')), content);
	return {mediaType: type, digest: name, size: content.length};
};

const addJson = (layout: string, kind: 'config' | 'manifest', content: object): Blob =>
	addBlob(layout, mediaType(kind), Buffer.from(JSON.stringify(content)));

type Layer = {readonly blob: Blob; readonly uncompressed: string};

const addLayer = (layout: string, file: string): Layer => {
	const content = readFileSync(file);
	const blob = addBlob(layout, 'application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(content));
	return {blob, uncompressed: digest(content)};
};

const describe = (
	{version, description, date}: Release,
	architecture: string,
	layers: readonly Layer[],
): object => {
	const created = new Date(date * 1000).toISOString();
	return {
		created,
		architecture,
		os: 'linux',
		config: {
			...runtime,
			Labels: {
				'org.opencontainers.image.title': 'cistern',
				'org.opencontainers.image.description': description,
				'org.opencontainers.image.licenses': 'MIT',
				'org.opencontainers.image.version': version,
				'org.opencontainers.image.created': created,
			},
		},
		rootfs: {type: 'layers', diff_ids: layers.map(({uncompressed}) => uncompressed)},
		history: [
			{created, created_by: `Debian ${suite}`},
			{created, created_by: `Cistern ${version}`},
		],
	};
};

const writeIndexes = (
	layout: string,
	{version}: Release,
	config: Blob,
	layers: readonly Layer[],
	manifest: object,
): void => {
	const write = (name: string, content: object): void =>
		writeFileSync(join(layout, name), JSON.stringify(content));
	const pathOf = ({digest: name}: Blob): string => `blobs/${name.replace(':', '/')}`;
	write('oci-layout', {imageLayoutVersion: '1.0.0'});
	write('index.json', {
		schemaVersion: 2,
		mediaType: mediaType('index'),
		manifests: [{...manifest, annotations: {'org.opencontainers.image.ref.name': version}}],
	});
	write('manifest.json', [
		{
			Config: pathOf(config),
			RepoTags: [`cistern:${version}`],
			Layers: layers.map(({blob}) => pathOf(blob)),
		},
	]);
};

const readPackages = (list: string): readonly Component[] =>
	list
		.split('\n')
		.filter(Boolean)
		.map((line) => {
			const [name = '', version = ''] = line.split(/(?::\w+)?\t/);
			const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?distro=${suite}`;
			return {type: 'library', 'bom-ref': purl, name, version, purl};
		});
