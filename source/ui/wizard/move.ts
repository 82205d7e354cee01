import {likelyType} from '../../domain/answers/likely-type.ts';
import {startEditor, startSelected} from './line-editor.ts';
import {optionsFor} from './options.ts';
import {nextStep, takesText} from './steps.ts';
import type {Step, Values, WizardState} from './wizard-state.ts';

/** Goes to a question: its text and its highlighted row as they were, or as they are proposed. */
export const goTo = (state: WizardState, step: Step): WizardState => {
	const moved: WizardState = {...state, step, problem: undefined, inspection: undefined};
	const text = takesText(step) ? (state.drafts[step] ?? proposedText(moved)) : '';
	const editor = step === 'token' ? startSelected(text) : startEditor(text);
	const ready = {...moved, editor, row: proposedRow(moved, text)};
	switch (step) {
		case 'check':
			return startCheck(ready);
		case 'review':
			return startPreview(ready);
		default:
			return ready;
	}
};

/** Takes an answer and goes on to the next question that has none. */
export const accept = (state: WizardState, values: Values): WizardState => {
	const {[state.step]: _answered, ...drafts} = state.drafts;
	const changed = forgetCheck({...state, drafts}, values);
	return goTo(changed, nextStep(changed));
};

/** With these values; a check that was made with others says nothing any more. */
export const forgetCheck = (state: WizardState, values: Values): WizardState => {
	const before = state.values;
	const isSame =
		before.workspace === values.workspace &&
		before.access === values.access &&
		before.authName === values.authName &&
		before.apiAuthName === values.apiAuthName &&
		before.token?.reveal() === values.token?.reveal();
	const changed = isSame ? {...state, values} : {...state, values, check: {state: 'idle'} as const};
	return values.workspace === undefined || state.lookup?.workspace === values.workspace
		? changed
		: startLookup(changed, values.workspace);
};

const startLookup = (state: WizardState, workspace: string): WizardState => {
	const request = state.requests + 1;
	return {...state, requests: request, lookup: {workspace, request, result: undefined}};
};

export const startCheck = (state: WizardState): WizardState => {
	const request = state.requests + 1;
	return {...state, requests: request, row: 0, check: {state: 'running', request, lines: []}};
};

const startPreview = (state: WizardState): WizardState => {
	const request = state.requests + 1;
	return {...state, requests: request, saving: undefined, preview: {request, text: undefined}};
};

const proposedText = ({step, values, situation}: WizardState): string => {
	const {suggestions} = situation;
	const sameWorkspace = suggestions.workspace === values.workspace;
	switch (step) {
		case 'workspace':
			return values.workspace ?? suggestions.workspace ?? '';
		case 'authName':
			// A personal workspace is called like its owner.
			return (
				values.authName ??
				(sameWorkspace ? suggestions.authName : undefined) ??
				(values.type === 'user' ? values.workspace : suggestions.authName) ??
				''
			);
		case 'apiAuthName':
			return values.apiAuthName ?? suggestions.apiAuthName ?? '';
		case 'token':
			return (values.token ?? suggestions.token)?.reveal() ?? '';
		case 'folder':
			return values.folder?.path ?? suggestions.folder ?? '';
		default:
			return '';
	}
};

const proposedRow = (state: WizardState, text: string): number => {
	const {step, values, situation} = state;
	const {suggestions} = situation;
	switch (step) {
		case 'workspace':
			return text === '' && situation.workspaces.length > 0 ? 1 : 0;
		case 'type':
			return rowOf(state, values.type ?? proposeType(state));
		case 'authName':
			return values.access === 'public' ? 1 : 0;
		case 'apiAuthName':
			return values.access === 'access-token' ? 1 : 0;
		case 'tokenPlace': {
			const place = values.tokenPlace ?? suggestions.tokenPlace;
			return rowOf(
				state,
				place?.kind === 'keychain' ? `keychain:${place.command}` : (place?.kind ?? ''),
			);
		}
		default:
			return 0;
	}
};

const proposeType = ({values, situation}: WizardState): string => {
	const {suggestions, loginName} = situation;
	if (suggestions.type !== undefined && suggestions.workspace === values.workspace) {
		return suggestions.type;
	}

	const names = [loginName, suggestions.authName, suggestions.apiAuthName];
	return likelyType(values.workspace ?? '', names);
};

const rowOf = (state: WizardState, id: string): number =>
	Math.max(
		0,
		optionsFor(state).findIndex((option) => option.id === id),
	);
