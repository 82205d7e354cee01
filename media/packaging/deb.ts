import {createHash} from 'node:crypto';
import {
	cpSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import {join, relative} from 'node:path';
import {gzipSync} from 'node:zlib';
import {listFiles} from './archive.ts';
import type {ProgramTree} from './program-tree.ts';
import type {Release} from './release.ts';
import {run} from './run.ts';

/**
 * Complaints of lintian that do not hold here. Debian 12 has no Node that is new enough, so the
 * package brings the one that nodejs.org builds, as it was built.
 */
const overrides = `cistern: embedded-library *
cistern: hardening-no-pie *
cistern: missing-dep-for-interpreter node *
`;

/** Makes the package out of the program tree, laid below /usr. */
export const packDeb = (
	tree: ProgramTree,
	architecture: string,
	release: Release,
	to: string,
): void => {
	const root = `${tree.folder}-deb`;
	const usr = join(root, 'usr');
	cpSync(tree.folder, usr, {recursive: true});
	mkdirSync(join(usr, 'share/lintian/overrides'), {recursive: true});
	writeFileSync(join(usr, 'share/lintian/overrides/cistern'), overrides);
	followPolicy(usr, release);

	mkdirSync(join(root, 'DEBIAN'));
	const files = listFiles(usr);
	writeFileSync(join(root, 'DEBIAN/control'), describe(release, architecture, files));
	writeFileSync(join(root, 'DEBIAN/md5sums'), files.map((file) => sum(root, file)).join(''));
	run('chmod', ['-R', 'u=rwX,go=rX', root]);
	run('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', root, to], {
		variables: {SOURCE_DATE_EPOCH: String(release.date)},
	});
	rmSync(root, {recursive: true});
};

/** Puts things where Debian wants them. */
const followPolicy = (usr: string, {version, date, author}: Release): void => {
	const papers = join(usr, 'share/doc/cistern');
	renameSync(join(usr, 'share/zsh/site-functions'), join(usr, 'share/zsh/vendor-completions'));
	renameSync(join(papers, 'LICENSE'), join(papers, 'copyright'));
	const manual = join(usr, 'share/man/man1/cistern.1');
	compress(manual, readFileSync(manual));
	rmSync(manual);
	const when = new Date(date * 1000).toUTCString().replace('GMT', '+0000');
	compress(
		join(papers, 'changelog'),
		`cistern (${version}) unstable; urgency=medium\n\n  * Version ${version}.\n\n -- ${author}  ${when}\n`,
	);
};

const compress = (file: string, content: string | Buffer): void =>
	writeFileSync(`${file}.gz`, gzipSync(content, {level: 9}));

const sum = (root: string, file: string): string =>
	`${createHash('md5').update(readFileSync(file)).digest('hex')}  ${relative(root, file)}\n`;

const describe = (
	{version, description, author}: Release,
	architecture: string,
	files: readonly string[],
): string => {
	const kilobytes = files.reduce((total, file) => total + Math.ceil(statSync(file).size / 1024), 0);
	return `Package: cistern
Version: ${version}
Architecture: ${architecture}
Maintainer: ${author}
Installed-Size: ${kilobytes}
Depends: ca-certificates, git (>= 1:2.32), libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 8)
Section: vcs
Priority: optional
Description: ${description.charAt(0).toLowerCase()}${description.slice(1)}
 Cistern saves every repository of a workspace as a plain mirror that any git
 can read, with its LFS files, wiki, pull requests and settings. It keeps what
 upstream later rewrites or deletes, proves that the copy is whole, and
 restores it as it was on any day.
`;
};
