import {type Key, useInput, usePaste} from 'ink';
import type {WizardAction, WizardKey} from './wizard-state.ts';

/** What comes from the keyboard. */
export type KeyAction = Extract<WizardAction, {type: 'typed' | 'pasted' | 'key'}>;

const named: readonly (readonly [keyof Key, WizardKey])[] = [
	['upArrow', 'up'],
	['downArrow', 'down'],
	['leftArrow', 'left'],
	['rightArrow', 'right'],
	['home', 'home'],
	['end', 'end'],
	['backspace', 'backspace'],
	['delete', 'delete'],
	['escape', 'escape'],
];

/** As in a shell. */
const withControl: Readonly<Record<string, WizardKey>> = {
	a: 'home',
	c: 'leave',
	e: 'end',
	n: 'down',
	p: 'up',
	u: 'delete-before',
	w: 'delete-word',
};

/** What a key press means to the wizard; undefined where it means nothing. */
export const toAction = (input: string, key: Key): KeyAction | undefined => {
	if (key.tab) {
		return key.shift ? {type: 'key', key: 'back'} : undefined;
	}

	if (key.ctrl) {
		const control = withControl[input];
		return control === undefined ? undefined : {type: 'key', key: control};
	}

	const name = named.find(([flag]) => key[flag]);
	if (name !== undefined) {
		return {type: 'key', key: name[1]};
	}

	// Enter goes the way of the text, so that one inside a pasted chunk is the same thing.
	const text = key.return ? '\r' : input;
	return text === '' || key.meta ? undefined : {type: 'typed', text};
};

/** One reader of the keyboard for the whole wizard: nothing is lost between two questions. */
export const useWizardKeys = (dispatch: (action: KeyAction) => void): void => {
	useInput((input, key) => {
		const action = toAction(input, key);
		if (action !== undefined) {
			dispatch(action);
		}
	});
	usePaste((text) => dispatch({type: 'pasted', text}));
};
