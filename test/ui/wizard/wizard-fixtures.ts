import type {AccessLine, AccessReport} from '../../../source/domain/access/access.ts';
import type {FolderReport} from '../../../source/domain/answers/folder-report.ts';
import {startWizard} from '../../../source/ui/wizard/start-wizard.ts';
import type {WizardSituation} from '../../../source/ui/wizard/wizard-ports.ts';
import {reduceWizard} from '../../../source/ui/wizard/wizard-reducer.ts';
import type {WizardAction, WizardKey, WizardState} from '../../../source/ui/wizard/wizard-state.ts';

export const someToken = `ATATT3xFfGF0${'x'.repeat(176)}9f3c`;

export const situation: WizardSituation = {
	loginName: undefined,
	suggestions: {},
	carried: undefined,
	workspaces: [],
	folder: undefined,
	sources: [],
	scmBackupFile: undefined,
	tokenVariable: 'BITBUCKET_TOKEN',
	shellProfile: '~/.profile',
};

export const folder: FolderReport = {
	path: '/srv/backup',
	isNew: true,
	freeSpace: 1e11,
	holds: 'nothing',
	repositories: 0,
};

export const makeReport = (changes: Partial<AccessReport> = {}): AccessReport => ({
	lines: [],
	verdict: 'good',
	suspects: [],
	userName: 'ann',
	tokenNameWorks: false,
	workspaces: [],
	...changes,
});

export const line: AccessLine = {
	id: 'api',
	label: 'Sign-in to the API',
	state: 'running',
	text: '',
	consequence: undefined,
};

/** Text is typed, a name in angle brackets is a key: `ann<enter>`. Actions go in between. */
type Step = string | WizardAction;

const toActions = (step: Step): readonly WizardAction[] =>
	typeof step === 'string'
		? step
				.split(/(<[a-z-]+>)/)
				.filter((part) => part !== '')
				.map((part) =>
					part.startsWith('<')
						? part === '<enter>'
							? {type: 'typed', text: '\r'}
							: {type: 'key', key: part.slice(1, -1) as WizardKey}
						: {type: 'typed', text: part},
				)
		: [step];

export const play = (state: WizardState, ...steps: readonly Step[]): WizardState =>
	steps.flatMap(toActions).reduce(reduceWizard, state);

export const start = (changes: Partial<WizardSituation> = {}): WizardState =>
	startWizard({...situation, ...changes});

/** Up to the live check, which is running. */
export const atCheck = (state = start()): WizardState =>
	play(
		state,
		'acme<enter>',
		'<enter>',
		'ann<enter>',
		'ann@example.com<enter>',
		`${someToken}<enter>`,
	);

/** What is under way now, as an answer to it has to name it. */
export const requestOf = (state: WizardState): number => {
	const {check, inspection, preview, saving} = state;
	const running = check.state === 'running' ? check.request : undefined;
	return running ?? inspection?.request ?? saving?.request ?? preview?.request ?? 0;
};

export const finishCheck = (state: WizardState, changes: Partial<AccessReport> = {}): WizardState =>
	play(state, {type: 'check-finished', request: requestOf(state), report: makeReport(changes)});

export const atFolder = (state = start()): WizardState => finishCheck(atCheck(state));

export const atPlace = (state = start()): WizardState => {
	const asked = play(atFolder(state), '<delete-before>', '/srv/backup<enter>');
	return play(asked, {type: 'folder-inspected', request: requestOf(asked), report: folder});
};

export const atReview = (state = start()): WizardState => play(atPlace(state), '<enter>');
