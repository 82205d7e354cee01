import {type EditKey, editLine, insertText} from './line-editor.ts';
import {goTo} from './move.ts';
import {optionsFor} from './options.ts';
import {previousStep, takesText} from './steps.ts';
import {submit} from './submit.ts';
import {takeAnswer} from './take-answer.ts';
import type {WizardAction, WizardKey, WizardState} from './wizard-state.ts';

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
			next = write(next, part);
		} else if (part !== '\n' || !next.afterReturn) {
			next = pressKey(next, key);
		}

		next = {...next, afterReturn: part === '\r'};
	}

	return next;
};

/** What is typed at a question that is answered already is for none that has been read. */
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
		case 'escape':
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
