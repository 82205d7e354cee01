import {appendFileSync} from 'node:fs';
import type {AccessReport} from '../../source/domain/access/access.ts';
import {runWizard} from '../../source/ui/wizard/run-wizard.tsx';
import type {WizardPorts, WizardSituation} from '../../source/ui/wizard/wizard-ports.ts';

/**
 * The wizard alone, for tests of its keyboard and its terminal. The live check refuses every token,
 * writes it down in the file named first, and says how many there were. With `crash` as second
 * argument a component throws when the place of the token is asked for.
 */
const [log = '', mode] = process.argv.slice(2);
let round = 0;

const refuse = (): AccessReport => {
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
		verdict: mode === 'crash' ? 'good' : 'refused',
		suspects: ['token'],
		userName: undefined,
		tokenNameWorks: false,
		workspaces: [],
	};
};

const ports: WizardPorts = {
	lookUpWorkspace: async () => ({state: 'private'}),
	check: async ({token}) => {
		appendFileSync(log, `${JSON.stringify(token?.reveal())}\n`);
		return refuse();
	},
	inspectFolder: async (path) => ({
		path,
		isNew: true,
		freeSpace: 1,
		holds: 'nothing',
		repositories: 0,
	}),
	findKeychains: async () => [],
	previewSettings: async () => '',
	save: async () => '',
	remember: () => {},
};

const situation: WizardSituation = {
	loginName: undefined,
	suggestions: {folder: '/srv'},
	carried: undefined,
	folder: undefined,
	workspaces: [],
	sources: [],
	scmBackupFile: undefined,
	tokenVariable: 'BITBUCKET_TOKEN',
	get shellProfile() {
		if (mode === 'crash') {
			throw new Error('thrown inside a component');
		}
		return '~/.profile';
	},
};

const look = {hasColour: true, hasUnicode: true, hasLinks: false};
const signal = new AbortController().signal;
try {
	const {kind} = await runWizard({ports, situation, look, signal});
	process.stdout.write(`ended: ${kind}\n`);
} catch (error) {
	process.stdout.write(`caught: ${error instanceof Error ? error.message : ''}\n`);
}
