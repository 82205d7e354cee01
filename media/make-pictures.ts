import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {openProgram} from './open-program.ts';
import {recordFilm} from './record-film.ts';
import {takeStills} from './take-stills.ts';
import {type Frame, writeSvg} from './write-svg.ts';

const columns = 80;

const write = (name: string, command: string, frames: readonly Frame[]): Promise<void> =>
	writeFile(join(import.meta.dirname, `${name}.svg`), writeSvg(command, frames, columns));

/** A folder with a name for a picture. One that is there is somebody's, and is refused. */
const makeBackupFolder = async (): Promise<string> => {
	const folder = '/srv/backup';
	try {
		await mkdir(folder);
		return folder;
	} catch {
		const other = join(tmpdir(), 'backup');
		await mkdir(other);
		return other;
	}
};

/** The program leaves its demonstration to a person who looks. Here no person looks. */
const takeDemo = async (home: string): Promise<void> => {
	const screen = openProgram(home, ['demo']);
	const frames = await recordFilm(screen);
	const folder = /^\/\S*\/cistern-demo-\w+$/m.exec(screen.text())?.[0];
	await screen.close();
	if (folder === undefined) {
		throw new Error('The demonstration did not say where its backup lies.');
	}
	await rm(folder, {recursive: true, force: true});
	await write('demo', 'cistern demo', frames);
};

const home = await mkdtemp(join(tmpdir(), 'cistern-'));
try {
	const backup = await makeBackupFolder();
	try {
		await takeStills(home, backup, (name, command, picture) =>
			write(name, command, [{picture, duration: 0}]),
		);
	} finally {
		await rm(backup, {recursive: true, force: true});
	}
	await takeDemo(home);
} finally {
	await rm(home, {recursive: true, force: true});
}
