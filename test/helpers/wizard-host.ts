import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {appendFileSync} from 'node:fs';
import type {AccessReport} from '../../source/domain/access/access.ts';
import type {SetupPorts, SetupSituation} from '../../source/ui/ask/setup/form.ts';
import {runWizard} from '../../source/ui/ask/setup/setup-questions.tsx';

/**
 * The wizard alone, for tests of its keyboard and its terminal. The live check writes every token
 * to the file named first. The second argument is the mode:
 * `refuse`: the check refuses every token, and counts them.
 * `crash`: a component throws at the question for the place of the token.
 * `again`: one wizard after the other, each when a line is entered. Prints how each one ended, and
 * whether the terminal is as it was before the first.
 */
const [log = '', mode] = process.argv.slice(2);
let round = 0;

const report = (): AccessReport => {
	round += 1;
	return {
		lines: [
			{
				id: 'api',
				label: 'Sign-in',
				state: 'failed',
				text: `round ${round}.`,
				consequence: undefined,
			},
		],
		verdict: mode === 'refuse' ? 'refused' : 'good',
		suspects: ['token'],
		userName: undefined,
		tokenNameWorks: false,
		workspaces: [],
		offered: {settings: {}, remarks: []},
	};
};

const ports: SetupPorts = {
	lookUpWorkspace: async () => ({state: 'private'}),
	check: async ({token}) => {
		appendFileSync(log, `${JSON.stringify(token?.reveal())}\n`);
		return report();
	},
	inspectFolder: async (path) => ({
		path,
		isNew: true,
		freeSpace: 1,
		holds: 'nothing',
		repositories: 0,
	}),
	sendTest: async () => undefined,
	makeKeyPair: async () => ({identity: '', recipient: ''}),
	tryStore: async () => true,
	previewSettings: async () => '',
	save: async () => '',
	remember: () => {},
};

const situation: SetupSituation = {
	loginName: undefined,
	suggestions: {folder: '/srv'},
	carried: undefined,
	folder: undefined,
	workspaces: [],
	sources: [],
	scmBackupFile: undefined,
	keychains: [],
	isTold: true,
	isStored: true,
	scheduler: undefined,
	tokenVariable: 'BITBUCKET_TOKEN',
	get shellProfile() {
		if (mode === 'crash') {
			throw new Error('thrown inside a component');
		}
		return '~/.profile';
	},
};

const features = {hasColour: true, hasUnicode: true, hasLinks: false};
const signal = new AbortController().signal;

const ask = async (): Promise<string> => {
	try {
		return `ended: ${(await runWizard({ports, situation, features, signal})).kind}`;
	} catch (error) {
		return `caught: ${error instanceof Error ? error.message : ''}`;
	}
};

const readTerminal = (): string =>
	execFileSync('stty', ['-g'], {stdio: ['inherit', 'pipe', 'inherit'], encoding: 'utf8'});

const before = readTerminal();
for (let count = 1; count === 1 || mode === 'again'; count += 1) {
	const end = await ask();
	const state = readTerminal() === before ? 'as before' : 'changed';
	process.stdout.write(`${end} (${count}), terminal ${state}\n`);
	if (mode === 'again') {
		process.stdin.ref();
		await once(process.stdin, 'data');
	}
}
