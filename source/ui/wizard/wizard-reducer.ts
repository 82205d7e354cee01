import {replaceLine} from '../../domain/access.ts';
import {type EditKey, editLine, insertText, startEditor} from './line-editor.ts';
import {accept, goTo} from './move.ts';
import {optionsFor} from './options.ts';
import {firstStep, previousStep, takesText} from './steps.ts';
import {refuse, submit} from './submit.ts';
import {goOn} from './submit-check.ts';
import {folderInUse} from './submit-choice.ts';
import type {WizardSituation} from './wizard-ports.ts';
import type {Values, WizardAction, WizardKey, WizardState} from './wizard-state.ts';

/** The wizard at its first question. */
export const startWizard = (situation: WizardSituation): WizardState => {
	const empty: WizardState = {
		situation,
		step: 'start',
		values: carriedValues(situation),
		editor: startEditor(''),
		drafts: {},
		row: 0,
		problem: undefined,
		lookup: undefined,
		check: {state: 'idle'},
		inspection: undefined,
		keychains: [],
		preview: undefined,
		saving: undefined,
		savedTo: undefined,
		result: undefined,
		requests: 0,
		afterReturn: false,
	};
	return goTo(empty, firstStep(empty));
};

/**
 * For one more workspace only the workspace and its type are asked; with a token that is good for
 * one workspace alone, how to sign in as well.
 */
const carriedValues = ({carried}: WizardSituation): Values => {
	if (carried === undefined) {
		return {};
	}

	const {access, authName, apiAuthName, token, folder, tokenPlace} = carried;
	const kept: Values = {
		start: {replaces: undefined},
		folder: folderInUse(folder),
	};
	if (access === 'access-token') {
		return kept;
	}

	return {
		...kept,
		access,
		authName,
		apiAuthName,
		...(access === 'public' ? {publicOnly: true} : {}),
		...(token === undefined ? {} : {token}),
		...(tokenPlace === undefined ? {} : {tokenPlace}),
	};
};

/** The whole logic of the wizard. Answers to a request that no longer counts change nothing. */
export const reduceWizard = (state: WizardState, action: WizardAction): WizardState => {
	if (state.result !== undefined) {
		return state;
	}

	switch (action.type) {
		case 'typed':
			return takeTyped(state, action.text);
		case 'pasted':
			return write(state, action.text);
		case 'key':
			return pressKey({...state, afterReturn: false}, action.key);
		case 'keychains-found':
			return {...state, keychains: action.keychains};
		default:
			return takeAnswer(state, action);
	}
};

/** A line end inside is Enter, never text; carriage return and line feed together are one. */
const takeTyped = (state: WizardState, text: string): WizardState => {
	let next = state;
	for (const part of text.split(/(\r\n|\r|\n)/)) {
		const isReturn = part.startsWith('\r');
		if (part === '\n' ? !next.afterReturn : isReturn) {
			next = pressKey(next, 'enter');
		} else if (part !== '' && part !== '\n') {
			next = write(next, part);
		}

		next = part === '' ? next : {...next, afterReturn: isReturn && !part.endsWith('\n')};
	}

	return next;
};

const isBusy = (state: WizardState): boolean =>
	state.saving !== undefined || state.inspection !== undefined;

const write = (state: WizardState, text: string): WizardState =>
	takesText(state.step) && !isBusy(state)
		? {...state, row: 0, problem: undefined, editor: insertText(state.editor, text)}
		: state;

const pressKey = (state: WizardState, key: WizardKey): WizardState => {
	switch (key) {
		case 'leave':
			return {...state, result: {kind: 'left'}};
		case 'back':
			return state.saving === undefined ? goBack(state) : state;
		case 'enter':
			return isBusy(state) ? state : submit(state);
		case 'up':
			return moveRow(state, -1);
		case 'down':
			return moveRow(state, 1);
		default:
			return edit(state, key);
	}
};

const edit = (state: WizardState, key: EditKey): WizardState =>
	takesText(state.step) && !isBusy(state)
		? {...state, row: 0, problem: undefined, editor: editLine(state.editor, key)}
		: state;

const moveRow = (state: WizardState, by: number): WizardState => {
	const rows = optionsFor(state).length + (takesText(state.step) ? 1 : 0);
	return rows === 0 ? state : {...state, row: (state.row + by + rows) % rows};
};

const goBack = (state: WizardState): WizardState => {
	const step = previousStep(state);
	if (step === undefined) {
		return state;
	}

	const drafts = takesText(state.step)
		? {...state.drafts, [state.step]: state.editor.text}
		: state.drafts;
	const check = state.check.state === 'running' ? ({state: 'idle'} as const) : state.check;
	return goTo({...state, drafts, check}, step);
};

type Answer = Exclude<
	WizardAction,
	{readonly type: 'typed' | 'pasted' | 'key' | 'keychains-found'}
>;

const takeAnswer = (state: WizardState, action: Answer): WizardState => {
	const {lookup, check, inspection, preview, saving} = state;
	const {request} = action;
	switch (action.type) {
		case 'workspace-looked-up':
			return lookup?.request === request
				? {...state, lookup: {...lookup, result: action.result}}
				: state;
		case 'check-reported':
			return check.state === 'running' && check.request === request
				? {...state, check: {...check, lines: replaceLine(check.lines, action.line)}}
				: state;
		case 'check-finished':
			return check.state === 'running' && check.request === request
				? finishCheck({
						...state,
						row: 0,
						check: {state: 'done', report: action.report, accepted: false},
					})
				: state;
		case 'folder-inspected':
			return inspection?.request === request
				? accept({...state, inspection: undefined}, {...state.values, folder: action.report})
				: state;
		case 'preview-made':
			return preview?.request === request
				? {...state, preview: {request, text: action.text}}
				: state;
		case 'saved':
			return saving?.request === request
				? {
						...state,
						savedTo: action.file,
						result: {kind: 'finished', next: saving.next, answers: saving.answers},
					}
				: state;
		case 'request-failed':
			return takeFailure(state, request, action.message);
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
