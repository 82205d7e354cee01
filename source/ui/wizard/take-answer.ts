import {replaceLine} from '../../domain/access/access.ts';
import {accept} from './move.ts';
import {refuse} from './submit.ts';
import {goOn} from './submit-check.ts';
import type {WizardAction, WizardState} from './wizard-state.ts';

/** What comes back from the world. */
type Answer = Exclude<
	WizardAction,
	{readonly type: 'typed' | 'pasted' | 'key' | 'keychains-found'}
>;

/** Takes an answer that is still waited for; one to a request that no longer counts changes nothing. */
export const takeAnswer = (state: WizardState, action: Answer): WizardState =>
	isAwaited(state, action.request) ? take(state, action) : state;

/** Every request has a number of its own, whatever it asks. */
const isAwaited = (state: WizardState, request: number): boolean => {
	const {lookup, check, inspection, preview, saving} = state;
	const running = check.state === 'running' ? check.request : undefined;
	return [
		lookup?.request,
		running,
		inspection?.request,
		preview?.request,
		saving?.request,
	].includes(request);
};

const take = (state: WizardState, action: Answer): WizardState => {
	const {lookup, check, saving, values} = state;
	switch (action.type) {
		case 'workspace-looked-up':
			return lookup === undefined ? state : {...state, lookup: {...lookup, result: action.result}};
		case 'check-reported':
			return check.state === 'running'
				? {...state, check: {...check, lines: replaceLine(check.lines, action.line)}}
				: state;
		case 'check-finished':
			return finishCheck({
				...state,
				row: 0,
				check: {state: 'done', report: action.report, accepted: false},
			});
		case 'folder-inspected':
			return accept({...state, inspection: undefined}, {...values, folder: action.report});
		case 'preview-made':
			return {...state, preview: {request: action.request, text: action.text}};
		case 'saved':
			return saving === undefined
				? state
				: {
						...state,
						savedTo: action.file,
						result: {kind: 'finished', next: saving.next, answers: saving.answers},
					};
		case 'request-failed':
			return takeFailure(state, action.request, action.message);
	}
};

/** When nothing is missing, nobody has to press a key. */
const finishCheck = (state: WizardState): WizardState =>
	state.check.state === 'done' && state.check.report.verdict === 'good' ? goOn(state) : state;

const takeFailure = (state: WizardState, request: number, message: string): WizardState => {
	const {check, inspection, preview, saving} = state;
	if (check.state === 'running' && check.request === request) {
		return {...state, check: {state: 'broken', message}};
	}

	if (inspection?.request === request) {
		return refuse({...state, inspection: undefined}, message);
	}

	if (saving?.request === request) {
		return refuse({...state, saving: undefined}, message);
	}

	return preview?.request === request ? refuse(state, message) : state;
};
