import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {workspace} from '../server/listing.ts';
import {type Bench, plainEnvironment, runChild, timeChild} from './bench.ts';

export const program = resolve('dist/cli.js');

/** The bundled program, with a backup folder and a settings file of its own. */
export type Cistern = {
	/** Holds the repositories' folders. */
	readonly backup: string;
	/** One command, by default a backup. Throws unless it ends with 0. */
	run(words?: readonly string[]): Promise<void>;
	/** The same. Gives the milliseconds of a core that it and all its gits used. */
	runTimed(words?: readonly string[]): Promise<number>;
	/** The same, with its use of this machine. */
	runMeasured(words?: readonly string[]): Promise<Usage>;
};

export type Usage = {
	/** Milliseconds of a core, user and system, without git's. */
	readonly processor: number;
	/** MiB at the peak, without git's. */
	readonly memory: number;
};

/**
 * Node options that make the program write its own usage as it ends, so that its children are not
 * counted. On Linux the peak comes from /proc: `maxRSS` begins with the peak of the parent process.
 */
const reportUsage = (file: string): readonly string[] => {
	const source = `import {existsSync, readFileSync, writeFileSync} from 'node:fs';
const status = '/proc/self/status';
const readPeak = () =>
	existsSync(status) ? Number(/^VmHWM:\\s+(\\d+)/m.exec(readFileSync(status, 'utf8'))[1]) : process.resourceUsage().maxRSS;
const readAll = () => ({...process.resourceUsage(), maxRSS: readPeak()});
process.on('exit', () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(readAll())));`;
	return ['--import', `data:text/javascript,${encodeURIComponent(source)}`];
};

const readUsage = (file: string): Usage => {
	const {userCPUTime, systemCPUTime, maxRSS} = JSON.parse(readFileSync(file, 'utf8'));
	return {processor: (userCPUTime + systemCPUTime) / 1000, memory: maxRSS / 1024};
};

export type Start = (command: string, words: readonly string[]) => Promise<unknown>;

/** `start` replaces the usual way of starting the program. */
export const openCistern = ({folder, server}: Bench, name: string, start?: Start): Cistern => {
	const settings = join(folder, `${name}.yml`);
	const localFolder = join(folder, name);
	const usage = join(folder, `${name}.usage.json`);
	const lines = [
		`localFolder: ${localFolder}`,
		'sources:',
		`  - title: ${workspace}`,
		'    hoster: bitbucket',
		'    type: org',
		`    name: ${workspace}`,
		'    authName: ann',
		'    apiAuthName: ann@example.com',
		'    password: ATATT-of-ann',
		`    apiUrl: ${server.origin}/2.0`,
	];
	writeFileSync(settings, `${lines.join('\n')}\n`, {mode: 0o600});
	const environment = plainEnvironment(folder);
	const startProgram: Start =
		start ?? ((command, words) => runChild(command, words, {env: environment, cwd: folder}));
	const run = async (options: readonly string[], words: readonly string[]): Promise<void> => {
		await startProgram(process.execPath, [...options, program, '--config', settings, ...words]);
	};

	return {
		backup: join(localFolder, workspace),
		run: (words = ['--yes']) => run([], words),
		runTimed: (words = ['--yes']) =>
			timeChild(process.execPath, [program, '--config', settings, ...words], {
				env: environment,
				cwd: folder,
			}),
		runMeasured: async (words = ['--yes']) => {
			await run(reportUsage(usage), words);
			const used = readUsage(usage);
			rmSync(usage);
			return used;
		},
	};
};
