/**
 * Prints how long a start of each package takes beside a start of dist/: `npm run package:start`, with the
 * packages in packages/ or the folder that is named. It ends with 1 if one takes more than 1.3 times as long.
 */
import {mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join, resolve} from 'node:path';
import {run} from './run.ts';

const packages = resolve(process.argv[2] ?? 'packages');
const {version}: {version: string} = JSON.parse(readFileSync('package.json', 'utf8'));
const debian = process.arch === 'x64' ? 'amd64' : process.arch;
const pairs = 20;
const limit = 1.3;

type Start = {readonly name: string; readonly program: string};

const unpack = (archive: string, to: string): void => {
	mkdirSync(to, {recursive: true});
	run('tar', ['-xf', join(packages, archive), '-C', to, '--strip-components=1']);
};

/** Lays each package out as its installation does, and names the program in it. */
const layPackages = (folder: string): readonly Start[] => {
	const archive = join(folder, 'archive');
	unpack(`cistern-${version}-linux-${process.arch}.tar.xz`, archive);
	const deb = join(folder, 'deb');
	run('dpkg-deb', ['--extract', join(packages, `cistern_${version}_${debian}.deb`), deb]);
	const npm = join(folder, 'npm');
	unpack(`cistern-${version}.tgz`, npm);
	run('chmod', ['+x', join(npm, 'dist/cli.js')]);
	const linked = join(folder, 'cistern');
	symlinkSync(join(npm, 'dist/cli.js'), linked);
	return [
		{name: 'archive', program: join(archive, 'bin/cistern')},
		{name: '.deb', program: join(deb, 'usr/bin/cistern')},
		{name: 'npm', program: linked},
	];
};

/** Milliseconds. The npm package finds the Node of this project. */
const timeStart = (program: string, words: readonly string[]): number => {
	const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`;
	const start = performance.now();
	run(program, words, {variables: {PATH: path}});
	return performance.now() - start;
};

const median = (numbers: readonly number[]): number =>
	numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** The medians of a package and of dist/, started by turns, so that both have the same weather. */
const compare = (program: string, word: string): {readonly own: number; readonly dist: number} => {
	const times = Array.from({length: pairs}, () => ({
		own: timeStart(program, [word]),
		dist: timeStart(process.execPath, ['dist/cli.js', word]),
	}));
	return {own: median(times.map(({own}) => own)), dist: median(times.map(({dist}) => dist))};
};

const folder = mkdtempSync(join(tmpdir(), 'cistern-starts-'));
try {
	for (const {name, program} of layPackages(folder)) {
		for (const word of ['--version', '--help']) {
			const {own, dist} = compare(program, word);
			const [shown, shownDist] = [own, dist].map((time) => `${time.toFixed(1)} ms`);
			const ratio = own / dist;
			process.stdout.write(
				`${name.padEnd(8)} ${word.padEnd(10)} ${shown}, dist ${shownDist}: ${ratio.toFixed(2)} times\n`,
			);
			process.exitCode = ratio > limit ? 1 : process.exitCode;
		}
	}
} finally {
	rmSync(folder, {recursive: true});
}
