import {tokenPage} from '../answers/token-kind.ts';
import {tokenGitUser} from '../settings/settings.ts';
import {toExcerpt, withWords} from '../text/printable-text.ts';
import {describeLocal} from './describe-local.ts';
import {describeNetwork} from './describe-network.ts';
import {describePermission} from './describe-permission.ts';
import {describeRemote} from './describe-remote.ts';
import type {Endpoint, Failure} from './failure.ts';

export type FailureText = {
	/** What happened, as a part of a sentence: no capital, no full stop. */
	readonly what: string;
	/** Why most likely, and what to do now: whole sentences. */
	readonly advice: string;
};

/** A failure in words for whoever has to do something about it. Safe to print. */
export const describeFailure = (failure: Failure): FailureText => {
	switch (failure.kind) {
		case 'credentials-refused':
			return describeRefusal(failure.door);
		case 'permission-missing':
			return describePermission(failure.required.map(toExcerpt), failure.door);
		case 'forbidden':
			return {
				what: withWords('Bitbucket does not allow this', failure.message),
				advice:
					'The token may be meant for another workspace, its owner may not see this, or the workspace lets in only certain addresses. An administrator of the workspace can tell.',
			};
		case 'not-found':
			return {
				what: 'not found, or hidden from this token',
				advice:
					'Bitbucket answers alike for what was deleted, renamed or may not be seen. Open it in the browser: if it is there, the owner of the token needs access. What was saved before stays.',
			};
		case 'gone':
			return failure.door === 'git' ? goneFromGit : describeGone(failure.message);
		case 'payment-required':
			return {
				what: withWords('Bitbucket asks for a paid plan', failure.message),
				advice:
					'The plan of the workspace does not include this, or its bill is open. An administrator sees it in the settings of the workspace under "Plan details".',
			};
		default:
			return describeTrouble(failure);
	}
};

type Refused =
	| 'credentials-refused'
	| 'permission-missing'
	| 'forbidden'
	| 'not-found'
	| 'gone'
	| 'payment-required';

/** What nobody decided: it went wrong at the server, on the way, or on this computer. */
const describeTrouble = (failure: Exclude<Failure, {readonly kind: Refused}>): FailureText => {
	switch (failure.kind) {
		case 'rate-limited':
			return {
				what: 'Bitbucket asked to slow down',
				advice:
					'Everything that uses this account counts, to 1,000 API requests an hour. Try again in an hour, or when nothing else works with Bitbucket.',
			};
		case 'server-error':
			return describeServerError(failure.status, failure.message);
		case 'server-timeout':
			return {what: 'the server ran out of time (555)', advice: passes};
		case 'unexpected-answer':
			return {
				what: `the answer made no sense: ${toExcerpt(failure.detail)}`,
				advice:
					"A proxy, or the sign-in page of a network, may have answered in Bitbucket's place. Try again; if it stays, a newer version of Cistern may be needed.",
			};
		case 'answer-refused':
			return {
				what: `the answer was refused: ${toExcerpt(failure.detail)}`,
				advice:
					'Bitbucket does not answer so: the server is broken, or not Bitbucket. Nothing of it was used; what was saved before is untouched.',
			};
		case 'network':
			return describeNetwork(failure.problem, toExcerpt(failure.detail));
		case 'ref-unreadable':
			return {
				what: `the name of a branch or tag is not UTF-8: ${toExcerpt(failure.name)}`,
				advice:
					'It would not come back under its own name, so nothing new of this repository is saved until somebody renames or deletes it upstream. What was saved before stays.',
			};
		case 'address-refused':
			return describeAddress(failure.address, failure.reason);
		case 'listing-incomplete':
			return {
				what: `the list of repositories is not complete: ${toExcerpt(failure.detail)}`,
				advice: 'Nothing was taken as gone because of it. Try again later.',
			};
		case 'remote-unusable':
		case 'remote-sign-in':
		case 'remote-taken':
		case 'push-incomplete':
			return describeRemote(failure);
		default:
			return describeLocal(failure);
	}
};

const passes =
	'This usually passes. Try again later; bitbucket.status.atlassian.com tells of a known disturbance.';

const describeRefusal = (door: Endpoint): FailureText =>
	door === 'git'
		? {
				what: 'Bitbucket refused the sign-in to git',
				advice: `Where the API takes the token, the user name is the likely cause: git wants the Bitbucket user name (authName), not the e-mail address. Yours is on bitbucket.org/account/settings; ${tokenGitUser} works for every API token.`,
			}
		: {
				what: 'Bitbucket refused the sign-in to the API',
				advice:
					'The token has expired or was revoked, or apiAuthName is not the e-mail address of its Atlassian account: Bitbucket answers alike. cistern check tries it; cistern setup takes a new one.',
			};

/** The one thing that git's door calls gone: the old kind of password (CHANGE-3222). */
const goneFromGit: FailureText = {
	what: 'Bitbucket no longer accepts this kind of sign-in',
	advice: `App passwords ended on 28 July 2026. Make an API token with scopes at ${tokenPage}, then run cistern setup.`,
};

const describeGone = (message: string): FailureText => {
	const change = /\bCHANGE-\d+\b/.exec(message)?.[0];
	return {
		what:
			change === undefined
				? withWords('Bitbucket says that this is gone', message)
				: `Bitbucket has removed this function (${change})`,
		advice:
			'If it concerns the whole workspace, it may have been closed: open it in the browser. Otherwise a newer version of Cistern is needed. What was saved before stays.',
	};
};

const describeServerError = (status: number, message: string): FailureText =>
	status === 200
		? {
				what: withWords('git did not start on the server', message),
				advice:
					'This usually passes, and is seen with repositories that nothing was ever pushed to. Try again later.',
			}
		: {what: withWords(`the server answered ${status}`, message), advice: passes};

const describeAddress = (address: string, reason: string): FailureText => ({
	what: withWords(
		address === '' ? 'the address was refused' : `the address ${toExcerpt(address)} was refused`,
		reason,
	),
	advice:
		'The token goes to Bitbucket and nowhere else. If this address is right, apiUrl has to name it; otherwise find out who put it there.',
});
