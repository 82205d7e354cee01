import type {KeyAction} from './use-wizard-keys.ts';
import type {WizardKey} from './wizard-state.ts';

/** A state, and the one before Escape where that was the last key. */
export type BeforeEscape<State> = {
	readonly state: State;
	readonly before: State | undefined;
};

type Reducer<State, Action> = (state: State, action: Action) => State;

/**
 * A terminal's marks of a paste and its other keys begin with the character of the Escape key
 * (ESC [ 200 ~). A slow line or a busy machine may bring the rest late, and Ink takes the first for
 * Escape. When the rest comes, that was no step back: what was pasted belongs to the question it
 * was pasted at, and to no other.
 */
export const takeBackEscape =
	<State, Action>(
		reduce: Reducer<State, Action | KeyAction>,
	): Reducer<BeforeEscape<State>, Action | KeyAction> =>
	({state, before}, action) => {
		if (!isOfKeyboard(action)) {
			// What the world answers counts for both.
			return {
				state: reduce(state, action),
				before: before === undefined ? undefined : reduce(before, action),
			};
		}

		const isRest = action.type === 'typed' && action.text.startsWith('[');
		return {
			state:
				isRest && before !== undefined
					? reduce(before, asArrow(action.text) ?? action)
					: reduce(state, action),
			before: action.type === 'key' && action.key === 'escape' ? state : undefined,
		};
	};

/** What comes behind ESC where an arrow key was pressed ("XTerm Control Sequences", cursor keys). */
const arrows: Readonly<Record<string, WizardKey>> = {
	'[A': 'up',
	'[B': 'down',
	'[C': 'right',
	'[D': 'left',
};

const asArrow = (rest: string): KeyAction | undefined => {
	const key = arrows[rest];
	return key === undefined ? undefined : {type: 'key', key};
};

const keyboardTypes: readonly unknown[] = ['typed', 'pasted', 'key'] satisfies KeyAction['type'][];

const isOfKeyboard = <Action>(action: Action | KeyAction): action is KeyAction =>
	keyboardTypes.includes((action as KeyAction).type);
