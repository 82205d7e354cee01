import {optionsFor} from './options.ts';
import {previousStep, takesText} from './steps.ts';
import type {WizardState} from './wizard-state.ts';

/** The keys that work at this question, with what they do. */
export const keysFor = (state: WizardState, hasUnicode: boolean): readonly string[] => {
	const rows = optionsFor(state).length + (takesText(state.step) ? 1 : 0);
	const isWaiting = state.saving !== undefined || state.inspection !== undefined;
	return [
		...(rows > 1 && !isWaiting ? [`${hasUnicode ? '↑↓' : 'up/down'} choose`] : []),
		...(rows > 0 && !isWaiting ? ['enter next'] : []),
		...(previousStep(state) === undefined || state.saving !== undefined ? [] : ['esc back']),
		'ctrl-c leave',
	];
};
