/**
 * Makes all that a release publishes: `npm run package`, into packages/ or the folder that is named.
 * The same commit makes the same bytes, as long as Debian has the same packages for the image.
 */
import {createHash} from 'node:crypto';
import {copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join, resolve} from 'node:path';
import {listFiles, packTar, packZip} from './archive.ts';
import {packDeb} from './deb.ts';
import {packImage} from './image.ts';
import {writeFormula, writeScoopManifest} from './manifests.ts';
import {debianName, describeNode, platforms} from './node-binary.ts';
import {layProgram, type ProgramTree} from './program-tree.ts';
import {readRelease} from './release.ts';
import {requireTools, run} from './run.ts';
import {type Component, formatSbom, type Sbom, withComponents} from './sbom.ts';

requireTools();
const release = readRelease();
const {version, date} = release;
const packages = resolve(process.argv[2] ?? 'packages');
rmSync(packages, {recursive: true, force: true});
mkdirSync(packages);

const fileFor = (name: string): string => {
	process.stderr.write(`${name}\n`);
	return join(packages, name);
};

const packNpm = (): string => {
	const file = fileFor(`cistern-${version}.tgz`);
	run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', packages]);
	return file;
};

const packArchive = ({platform, folder}: ProgramTree): void => {
	const name = basename(folder);
	if (platform === 'windows-x64') {
		packZip(folder, date, fileFor(`${name}.zip`));
	} else {
		packTar(folder, `${name}/`, date, fileFor(`${name}.tar.xz`));
	}
};

/** Debian's packages are set up by programs of their own, so the image is for this kind of processor. */
const packForDebian = (tree: ProgramTree): readonly Component[] => {
	const architecture = debianName(tree.platform);
	if (architecture === undefined) {
		return [];
	}

	packDeb(tree, architecture, release, fileFor(`cistern_${version}_${architecture}.deb`));
	return tree.platform === `linux-${process.arch}`
		? packImage(
				tree,
				architecture,
				release,
				fileFor(`cistern-${version}-image-${architecture}.tar`),
			)
		: [];
};

/** Everything that is in the packages together. */
const writePapers = ([tree]: readonly ProgramTree[], ofImage: readonly Component[]): void => {
	if (tree !== undefined) {
		copyFileSync(tree.notices, fileFor('THIRD-PARTY-LICENCES'));
	}

	const listed: Sbom = JSON.parse(readFileSync('dist/sbom.cdx.json', 'utf8'));
	const components = [...platforms.map(describeNode), ...ofImage];
	writeFileSync(fileFor('sbom.cdx.json'), formatSbom(withComponents(listed, components)));
};

const sumOf = (file: string): string =>
	createHash('sha256').update(readFileSync(file)).digest('hex');

const npmPackage = packNpm();
const published = {
	url: `https://registry.npmjs.org/cistern/-/${basename(npmPackage)}`,
	sha256: sumOf(npmPackage),
};
writeFileSync(fileFor('cistern.rb'), writeFormula(release, published));
writeFileSync(fileFor('cistern.json'), writeScoopManifest(release, published));

const staging = mkdtempSync(join(tmpdir(), 'cistern-packages-'));
try {
	const trees = platforms.map((platform) =>
		layProgram(npmPackage, platform, join(staging, `cistern-${version}-${platform}`)),
	);
	for (const tree of trees) {
		packArchive(tree);
	}
	writePapers(trees, trees.flatMap(packForDebian));
} finally {
	rmSync(staging, {recursive: true, force: true});
}

const sums = listFiles(packages).map((file) => `${sumOf(file)}  ${basename(file)}\n`);
writeFileSync(join(packages, 'SHA256SUMS'), sums.join(''));
