import {type EditKey, editLine, insertText} from './line-editor.ts';
import {goTo} from './move.ts';
import {optionsFor} from './options.ts';
import {previousStep, takesText} from './steps.ts';
import {submit} from './submit.ts';
import {takeAnswer} from './take-answer.ts';
import type {Keystroke, WizardAction, WizardKey, WizardState} from './wizard-state.ts';

/** The whole logic of the wizard. Answers to a request that no longer counts change nothing. */
export const reduceWizard = (state: WizardState, action: WizardAction): WizardState => {
	if (state.result !== undefined) {
		return state;
	}

	switch (action.type) {
		case 'typed':
			return takeTyped(state, action.text);
		case 'pasted':
			return take(state, {type: 'text', text: action.text});
		case 'key':
			return take({...state, afterReturn: false}, action);
		case 'keychains-found':
			return {...state, keychains: action.keychains};
		default:
			return takeAhead(takeAnswer(state, action));
	}
};

/** Keys that are characters, as terminals send them and a shell takes them. */
export const controlKeys: Readonly<Record<string, WizardKey>> = {
	'\u0001': 'home',
	'\u0003': 'leave',
	'\u0005': 'end',
	'\b': 'backspace',
	'\n': 'enter',
	'\r': 'enter',
	'\u000E': 'down',
	'\u0010': 'up',
	'\u0015': 'delete-before',
	'\u0017': 'delete-word',
	'\u007F': 'backspace',
};

/**
 * Text, and keys that came in one piece with it: a line end inside is Enter, never text. A line
 * feed right behind a carriage return belongs to it, also in the next piece.
 */
const takeTyped = (state: WizardState, text: string): WizardState => {
	let next = state;
	for (const part of text.split(/(\p{Cc})/u).filter((each) => each !== '')) {
		const key = controlKeys[part];
		if (key === undefined) {
			next = take(next, {type: 'text', text: part});
		} else if (part !== '\n' || !next.afterReturn) {
			next = take(next, {type: 'key', key});
		}

		next = {...next, afterReturn: part === '\r'};
	}

	return next;
};

/** The next question follows at once, so that what is typed now is for that one. */
const take = (state: WizardState, keystroke: Keystroke): WizardState => {
	if (keystroke.type === 'text') {
		return state.inspection === undefined
			? write(state, keystroke.text)
			: {...state, ahead: [...state.ahead, keystroke]};
	}

	const isWayOut = ['leave', 'back', 'escape'].includes(keystroke.key);
	return state.inspection === undefined || isWayOut
		? pressKey(state, keystroke.key)
		: {...state, ahead: [...state.ahead, keystroke]};
};

/** Takes what was typed ahead; where the question stays, as its answer is refused, it was for none. */
const takeAhead = (state: WizardState): WizardState =>
	state.inspection === undefined && state.ahead.length > 0
		? (state.problem === undefined ? state.ahead : []).reduce(take, {...state, ahead: []})
		: state;

const write = (state: WizardState, text: string): WizardState =>
	takesText(state.step)
		? {...state, row: 0, problem: undefined, editor: insertText(state.editor, text)}
		: state;

const pressKey = (state: WizardState, key: WizardKey): WizardState => {
	switch (key) {
		case 'leave':
			return {...state, result: {kind: 'left'}};
		case 'back':
		case 'escape':
			return state.saving === undefined ? goBack(state) : state;
		case 'enter':
			return state.saving === undefined ? submit(state) : state;
		case 'up':
			return moveRow(state, -1);
		case 'down':
			return moveRow(state, 1);
		default:
			return edit(state, key);
	}
};

const edit = (state: WizardState, key: EditKey): WizardState =>
	takesText(state.step)
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
	return goTo({...state, drafts, check, ahead: []}, step);
};
