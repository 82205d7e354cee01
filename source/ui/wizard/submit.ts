import {checkAuthName} from '../../domain/answers/checks.ts';
import {isCleanToken, tokenKind} from '../../domain/answers/token-kind.ts';
import {findWorkspaceId} from '../../domain/answers/workspace-address.ts';
import {Secret} from '../../domain/settings/settings.ts';
import {startSelected} from './line-editor.ts';
import {accept, goTo} from './move.ts';
import {optionsFor} from './options.ts';
import {takesText} from './steps.ts';
import {submitCheck} from './submit-check.ts';
import {
	submitPlace,
	submitPublicOnly,
	submitReview,
	submitStart,
	submitType,
} from './submit-choice.ts';
import type {Values, WizardState} from './wizard-state.ts';

/** What Enter does at the current question. */
export const submit = (state: WizardState): WizardState => {
	const text = state.editor.text.trim();
	const option = optionsFor(state)[state.row - (takesText(state.step) ? 1 : 0)]?.id;
	const isTextAnswer = takesText(state.step) && option === undefined;
	if (isTextAnswer && state.step !== 'token' && looksLikeToken(text)) {
		return refuse(state, 'This looks like a token. It has a question of its own, which hides it.');
	}

	switch (state.step) {
		case 'start':
			return submitStart(state, option);
		case 'workspace':
			return submitWorkspace(state, option ?? text);
		case 'type':
			return submitType(state, option);
		case 'authName':
			return submitAuthName(state, option, text);
		case 'publicOnly':
			return submitPublicOnly(state, option);
		case 'apiAuthName':
			return submitApiAuthName(state, option, text);
		case 'token':
			return submitToken(state, text);
		case 'check':
			return submitCheck(state, option);
		case 'folder':
			return submitFolder(state, text);
		case 'tokenPlace':
			return submitPlace(state, option);
		case 'review':
			return submitReview(state, option);
	}
};

export const refuse = (state: WizardState, problem: string): WizardState => ({...state, problem});

/**
 * Pasted into the wrong question a token must not be taken, shown or remembered; nor behind a text
 * that was proposed there.
 */
export const looksLikeToken = (text: string): boolean =>
	// Of each possible beginning no more is read than tells: what is pasted may be a whole file.
	[...text.matchAll(/(?=(AT[\w=-]{19}))/g)].some(([, part = '']) => tokenKind(part) !== 'unknown');

const submitWorkspace = (state: WizardState, text: string): WizardState => {
	if (text === '') {
		return refuse(state, 'Type the id of the workspace, or paste any of its addresses.');
	}

	const workspace = findWorkspaceId(text);
	return workspace === undefined
		? refuse(
				state,
				'There is no workspace id in this. It is the part of an address behind bitbucket.org/.',
			)
		: accept(state, {...state.values, workspace});
};

const submitAuthName = (
	state: WizardState,
	option: string | undefined,
	authName: string,
): WizardState => {
	const {access} = state.values;
	if (option !== undefined) {
		return accept(state, {...state.values, access: 'public', authName: ''});
	}

	if (authName.includes('@')) {
		return refuse(
			state,
			'This is an e-mail address; git wants the user name. Leave it empty if you do not know it.',
		);
	}

	const complaint = checkAuthName(authName);
	return complaint === undefined
		? accept(state, {
				...state.values,
				authName,
				access: access === 'access-token' ? access : 'account',
			})
		: refuse(state, `The user name ${complaint}.`);
};

const emailShape = /^[^\s@:]+@[^\s@:]+\.[^\s@:.]+$/;

const submitApiAuthName = (
	state: WizardState,
	option: string | undefined,
	apiAuthName: string,
): WizardState => {
	if (option !== undefined) {
		return accept(state, {...state.values, access: 'access-token', apiAuthName: ''});
	}

	return emailShape.test(apiAuthName)
		? accept(state, {...state.values, access: 'account', apiAuthName})
		: refuse(state, 'This is not an e-mail address. It looks like ann@example.com.');
};

/** The next one takes the place of one that was refused, which nobody sees. */
const refuseToken = (state: WizardState, problem: string): WizardState =>
	refuse({...state, editor: startSelected(state.editor.text)}, problem);

const submitToken = (state: WizardState, text: string): WizardState => {
	if (text === '') {
		return refuse(state, 'Paste the token here. It is not shown.');
	}

	if (!isCleanToken(text)) {
		return refuseToken(
			state,
			'The token holds a space or the like. Copy it again: it is one word.',
		);
	}

	const values = withToken(state.values, new Secret(text));
	switch (tokenKind(text)) {
		case 'app-password':
			return refuseToken(
				state,
				'This is an app password. Bitbucket switched them off in July 2026. Make an API token with scopes instead, at the address above.',
			);
		case 'access-token':
			return accept(state, {...values, access: 'access-token'});
		default:
			return (values.apiAuthName ?? '') === ''
				? refuse(
						goTo({...state, values: {...values, access: 'account'}}, 'apiAuthName'),
						"This token is not a workspace's but a person's: it needs your e-mail address.",
					)
				: accept(state, {...values, access: 'account'});
	}
};

/** Where another token was kept says nothing about where this one will be. */
const withToken = (values: Values, token: Secret): Values => {
	const {tokenPlace: _tokenPlace, ...others} = values;
	return values.token?.reveal() === token.reveal() ? values : {...others, token};
};

const submitFolder = (state: WizardState, text: string): WizardState => {
	if (text === '') {
		return refuse(state, 'Type the folder that the backup goes to.');
	}

	const request = state.requests + 1;
	return {
		...state,
		requests: request,
		problem: undefined,
		inspection: {request, path: text},
	};
};
