import type {FolderReport} from '../../domain/answers/folder-report.ts';
import type {TokenPlace} from '../../domain/answers/wizard-answers.ts';
import {answersFrom} from './collect-answers.ts';
import {accept, goTo} from './move.ts';
import type {WizardSituation} from './wizard-ports.ts';
import type {WizardState} from './wizard-state.ts';

export const submitStart = (state: WizardState, option: string | undefined): WizardState => {
	const {scmBackupFile, sources} = state.situation;
	if (option === 'take-over' && scmBackupFile !== undefined) {
		const {path, to} = scmBackupFile;
		return {...state, result: {kind: 'take-over', file: path, to}};
	}

	const title = option?.startsWith('change:') ? option.slice('change:'.length) : undefined;
	const source = sources.find((each) => each.title === title);
	if (source === undefined) {
		const {folder} = state.situation;
		const inUse = folder === undefined ? {} : {folder: folderInUse(folder)};
		return accept(state, {...state.values, ...inUse, start: {replaces: undefined}});
	}

	// Its answers are proposed, one by one, so that Enter keeps each.
	const suggestions: WizardSituation['suggestions'] = {
		...state.situation.suggestions,
		...source.answers,
	};
	const place = source.answers.tokenPlace;
	const tokenVariable =
		place?.kind === 'environment' ? place.variable : state.situation.tokenVariable;
	const situation = {...state.situation, suggestions, tokenVariable, workspaces: []};
	const changed = {...state, situation};
	return accept(changed, {start: {replaces: source.title}});
};

/** All sources share one folder, so it is not asked for again. */
export const folderInUse = (path: string): FolderReport => ({
	path,
	isNew: false,
	freeSpace: undefined,
	holds: 'cistern',
	repositories: 0,
});

export const submitType = (state: WizardState, option: string | undefined): WizardState =>
	accept(state, {...state.values, type: option === 'user' ? 'user' : 'org'});

export const submitPublicOnly = (state: WizardState, option: string | undefined): WizardState => {
	if (option === 'yes') {
		return accept(state, {...state.values, publicOnly: true});
	}

	const {access: _access, authName: _authName, ...values} = state.values;
	return goTo({...state, values}, 'authName');
};

export const submitPlace = (state: WizardState, option: string | undefined): WizardState =>
	option === undefined
		? state
		: accept(state, {...state.values, tokenPlace: placeFrom(option, state.situation)});

const placeFrom = (option: string, {tokenVariable}: WizardSituation): TokenPlace => {
	if (option.startsWith('keychain:')) {
		return {kind: 'keychain', command: option.slice('keychain:'.length)};
	}

	return option === 'file' ? {kind: 'file'} : {kind: 'environment', variable: tokenVariable};
};

export const submitReview = (state: WizardState, option: string | undefined): WizardState => {
	const answers = answersFrom(state.values);
	if (answers === undefined || state.saving !== undefined) {
		return state;
	}

	const next = option === 'back-up' || option === 'add-another' ? option : 'leave';
	const request = state.requests + 1;
	return {...state, requests: request, problem: undefined, saving: {request, next, answers}};
};
