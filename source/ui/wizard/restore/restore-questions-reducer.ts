import {isYetToCome, parsePointInTime} from '../../../domain/history/point-in-time.ts';
import {editLine, insertText, startEditor} from '../line-editor.ts';
import {controlKeys} from '../wizard-reducer.ts';
import type {WizardKey} from '../wizard-state.ts';
import {
	type Choice,
	type RestoreAction,
	type RestoreQuestionsState,
	type RestoreSituation,
	type RestoreStep,
	restoreSteps,
} from './restore-questions-state.ts';

/** The state before the first key is pressed: the first repository is highlighted. */
export const startQuestions = (situation: RestoreSituation): RestoreQuestionsState => ({
	situation,
	step: 'repository',
	editor: startEditor(''),
	row: 1,
	problem: undefined,
	repository: undefined,
	moments: undefined,
	moment: undefined,
	checking: undefined,
	result: undefined,
});

/** The options of the question, those that fit what was typed. */
export const choicesFor = (state: RestoreQuestionsState): readonly Choice[] => {
	const typed = state.editor.text.toLowerCase();
	switch (state.step) {
		case 'repository':
			return state.situation.repositories.filter(({label}) => label.toLowerCase().includes(typed));
		case 'moment':
			return state.moments ?? [];
		case 'folder':
			return [];
	}
};

/** The whole logic of the questions. Answers to a request that no longer counts change nothing. */
export const reduceQuestions = (
	state: RestoreQuestionsState,
	action: RestoreAction,
): RestoreQuestionsState => {
	if (state.result !== undefined) {
		return state;
	}

	switch (action.type) {
		case 'typed':
			return takeTyped(state, action.text);
		case 'pasted':
			return write(state, action.text);
		case 'key':
			return pressKey(state, action.key);
		case 'moments-read':
			return action.repository === state.repository?.id
				? {...state, moments: action.moments.length === 0 ? [asLastSaved] : action.moments}
				: state;
		case 'folder-checked':
			return action.folder === state.checking ? takeCheck(state, action.problem) : state;
	}
};

/** Keys may come in one piece with text; a line end inside is Enter. */
const takeTyped = (state: RestoreQuestionsState, text: string): RestoreQuestionsState =>
	text
		.replaceAll('\r\n', '\r')
		.split(/(\p{Cc})/u)
		.filter((part) => part !== '')
		.reduce((next, part) => {
			const key = controlKeys[part];
			return key === undefined ? write(next, part) : pressKey(next, key);
		}, state);

/** What is typed narrows the list, whose first is then chosen, or is an answer of its own. */
const write = (state: RestoreQuestionsState, text: string): RestoreQuestionsState =>
	edited({...state, editor: insertText(state.editor, text)});

const edited = (state: RestoreQuestionsState): RestoreQuestionsState =>
	state.checking === undefined
		? {...state, problem: undefined, row: state.step === 'repository' ? 1 : 0}
		: state;

const pressKey = (state: RestoreQuestionsState, key: WizardKey): RestoreQuestionsState => {
	switch (key) {
		case 'leave':
			return {...state, result: {kind: 'left'}};
		case 'back':
		case 'escape':
			return goBack(state);
		case 'enter':
			return state.checking === undefined ? submit(state) : state;
		case 'up':
			return moveRow(state, -1);
		case 'down':
			return moveRow(state, 1);
		default:
			return edited({...state, editor: editLine(state.editor, key)});
	}
};

const moveRow = (state: RestoreQuestionsState, by: number): RestoreQuestionsState => {
	const rows = choicesFor(state).length + 1;
	return {...state, row: (state.row + by + rows) % rows};
};

const goTo = (
	state: RestoreQuestionsState,
	step: RestoreStep,
	text = '',
): RestoreQuestionsState => ({
	...state,
	step,
	editor: startEditor(text),
	row: step === 'folder' ? 0 : 1,
	problem: undefined,
	checking: undefined,
});

const goBack = (state: RestoreQuestionsState): RestoreQuestionsState => {
	const before = restoreSteps[restoreSteps.indexOf(state.step) - 1];
	return before === undefined ? state : goTo(state, before);
};

const submit = (state: RestoreQuestionsState): RestoreQuestionsState => {
	const chosen = choicesFor(state)[Math.max(0, state.row - 1)];
	switch (state.step) {
		case 'repository':
			return chosen === undefined
				? {...state, problem: 'No saved repository is called so.'}
				: goTo({...state, repository: chosen, moments: undefined}, 'moment');
		case 'moment':
			return submitMoment(state, state.row === 0 ? undefined : chosen);
		case 'folder':
			return state.editor.text.trim() === ''
				? {...state, problem: 'Name a folder.'}
				: {...state, checking: state.editor.text.trim()};
	}
};

const submitMoment = (
	state: RestoreQuestionsState,
	chosen: Choice | undefined,
): RestoreQuestionsState => {
	const text = state.editor.text.trim();
	if (text === '' && state.moments === undefined) {
		return answerMoment(state, asLastSaved);
	}

	const problem = chosen === undefined ? problemOf(text, state.situation.now) : undefined;
	if (problem !== undefined) {
		return {...state, problem};
	}

	return answerMoment(state, chosen ?? {id: text, label: text, detail: ''});
};

const answerMoment = (state: RestoreQuestionsState, moment: Choice): RestoreQuestionsState =>
	goTo({...state, moment}, 'folder', proposeFolder(state.repository));

/**
 * The first moment, which is highlighted before the others are read, and the only one of a mirror
 * without a history that can be read.
 */
const asLastSaved: Choice = {id: '', label: 'last saved', detail: ''};

const problemOf = (text: string, now: number): string | undefined => {
	const at = parsePointInTime(text, now);
	if (at === undefined) {
		return 'Write a day (3 Nov, 2026-11-03), a time (3 Nov 14:00) or "3 days ago".';
	}

	return isYetToCome(at, now)
		? 'That is yet to come: name a moment in the past, or choose one.'
		: undefined;
};

const proposeFolder = (repository: Choice | undefined): string =>
	repository === undefined || repository.id === ''
		? 'restored'
		: `restored/${repository.label.split('/').at(-1)}`;

const takeCheck = (
	state: RestoreQuestionsState,
	problem: string | undefined,
): RestoreQuestionsState => {
	const {repository, moment, checking} = state;
	if (problem !== undefined || repository === undefined || checking === undefined) {
		return {...state, checking: undefined, problem};
	}

	const at = moment === undefined || moment.id === '' ? undefined : moment.id;
	const answers = {repository: repository.id, at, folder: checking};
	return {...state, result: {kind: 'answered', answers}};
};
