import type {Suspect} from '../../domain/access/access.ts';
import {forgetCheck, goTo, startCheck} from './move.ts';
import {nextStep} from './steps.ts';
import type {Step, Values, WizardState} from './wizard-state.ts';

/** What to do about the check's result: go on, mend one answer and check again, or only that. */
export const submitCheck = (state: WizardState, option: string | undefined): WizardState => {
	const {check, values} = state;
	const [action, subject = ''] = (option ?? '').split(/:(.*)/s);
	switch (action) {
		case 'again':
			return startCheck(state);
		case 'go-on':
			return check.state === 'done' ? goOn(state) : state;
		case 'change':
			return goTo(state, stepOf(subject, values));
		case 'name':
			return checkWith(state, {...values, authName: subject});
		case 'use-token-name':
			return checkWith(state, {...values, authName: ''});
		case 'workspace':
			return checkWith(state, {...values, workspace: subject});
		default:
			return state;
	}
};

const checkWith = (state: WizardState, values: Values): WizardState =>
	startCheck(forgetCheck(state, values));

/** Takes the check as it is. */
export const goOn = (state: WizardState): WizardState => {
	if (state.check.state !== 'done') {
		return state;
	}

	const accepted = {...state, check: {...state.check, accepted: true}};
	return goTo(accepted, nextStep(accepted));
};

const stepOf = (subject: string, {access}: Values): Step => {
	const suspect = subject as Suspect;
	return access === 'public' && suspect === 'token' ? 'authName' : suspect;
};
