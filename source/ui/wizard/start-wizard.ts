import {startEditor} from './line-editor.ts';
import {goTo} from './move.ts';
import {firstStep} from './steps.ts';
import {folderInUse} from './submit-choice.ts';
import type {WizardSituation} from './wizard-ports.ts';
import type {Values, WizardState} from './wizard-state.ts';

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
