import type {Step, WizardState} from './wizard-state.ts';

const order: readonly Step[] = [
	'start',
	'workspace',
	'type',
	'authName',
	'publicOnly',
	'apiAuthName',
	'token',
	'check',
	'folder',
	'tokenPlace',
	'review',
];

/** Is the first of these two questions asked before the other? */
export const comesBefore = (step: Step, other: Step): boolean =>
	order.indexOf(step) < order.indexOf(other);

/** The five questions that are counted on the screen. */
export const countedSteps: readonly Step[] = [
	'workspace',
	'type',
	'authName',
	'apiAuthName',
	'token',
];

/** Is the question's first row a text field? */
export const takesText = (step: Step): boolean =>
	step === 'workspace' ||
	step === 'authName' ||
	step === 'apiAuthName' ||
	step === 'token' ||
	step === 'folder';

/** Is the question one for this user? */
const applies = (step: Step, {situation, values}: WizardState): boolean => {
	switch (step) {
		case 'start':
			return situation.scmBackupFile !== undefined || situation.sources.length > 0;
		case 'publicOnly':
			return values.access === 'public';
		case 'apiAuthName':
			return values.access !== 'public' && values.access !== 'access-token';
		case 'token':
		case 'tokenPlace':
			return values.access !== 'public';
		default:
			return true;
	}
};

const isAnswered = (step: Step, {values, check}: WizardState): boolean => {
	switch (step) {
		case 'check':
			return check.state === 'done' && check.accepted;
		case 'review':
			return false;
		case 'apiAuthName':
			return values.apiAuthName !== undefined && values.apiAuthName !== '';
		default:
			return values[step] !== undefined;
	}
};

export const firstStep = (state: WizardState): Step =>
	order.find((step) => applies(step, state) && !isAnswered(step, state)) ?? 'review';

/** The next question that still has no answer: what was answered once is kept. */
export const nextStep = (state: WizardState): Step =>
	order
		.slice(order.indexOf(state.step) + 1)
		.find((step) => applies(step, state) && !isAnswered(step, state)) ?? 'review';

/** The question before this one; undefined at the first. */
export const previousStep = (state: WizardState): Step | undefined =>
	order
		.slice(0, order.indexOf(state.step))
		.findLast((step) => step !== 'check' && step !== 'publicOnly' && mayGoBackTo(step, state));

const mayGoBackTo = (step: Step, state: WizardState): boolean =>
	// Who has an access token gets back to the e-mail address, where that was said.
	applies(step, state) || (step === 'apiAuthName' && state.values.access === 'access-token');
