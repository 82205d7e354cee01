import {tokenPage} from '../answers/token-kind.ts';
import {tokenGitUser} from '../settings/settings.ts';
import {formatCount, formatNames, formatNumber, usualNames} from '../text/format.ts';
import {toExcerpt, toPrintable, withWords} from '../text/printable-text.ts';
import {exitCodes} from './exit-code.ts';
import type {Endpoint, FailureRows, FailureText, ServerFailure} from './failure.ts';
import {networkProblems} from './network-problems.ts';

/** The usual row: one repository is not saved, and trying again does not help. */
export const oneFails = {
	exitCode: exitCodes.incomplete,
	passes: false,
	reach: 'repository',
} as const;

const usuallyPasses =
	'This usually passes. Try again later; bitbucket.status.atlassian.com reports known outages.';

const sendAgain =
	'Try again later. The next backup sends what is missing; cistern send sends it at once from a folder. Nothing that is saved is lost.';

const nameServer = (store: string | undefined): string =>
	store === undefined ? 'Bitbucket' : `the store ${toExcerpt(store)}`;

/** Words about the way to Bitbucket, for the way to a store: these name it in any case. */
const ofStore = (store: string, {what, advice}: FailureText): FailureText => ({
	what: what.includes('Bitbucket') ? what.replace('Bitbucket', store) : `${store}: ${what}`,
	advice: advice
		.replaceAll('Bitbucket', store)
		.replace('apiUrl', 'its endpoint')
		.replace('bitbucket.org', 'its host'),
});

export const serverFailures: FailureRows<ServerFailure> = {
	'credentials-refused': {
		exitCode: exitCodes.refused,
		passes: false,
		reach: 'source',
		describe: ({door}) =>
			door === 'git'
				? {
						what: 'Bitbucket refused the sign-in to git',
						advice: `If the API accepts the token, the user name is the likely cause: git needs the Bitbucket user name (authName), not the e-mail address. bitbucket.org/account/settings shows yours; ${tokenGitUser} works for every API token.`,
					}
				: {
						what: 'Bitbucket refused the sign-in to the API',
						advice:
							'Either the token has expired or was revoked, or apiAuthName is not the e-mail address of its Atlassian account; Bitbucket gives the same answer for both. Test it with cistern check, or enter a new token with cistern setup.',
					},
	},
	'permission-missing': {
		exitCode: exitCodes.refused,
		passes: false,
		reach: 'source',
		describe: ({required, door}) => describePermission(required.map(toExcerpt), door),
	},
	forbidden: {
		...oneFails,
		what: ({message}) => withWords('Bitbucket does not allow this', message),
		advice:
			'The token may belong to another workspace, its owner may have no access, or the workspace only admits certain IP addresses. Ask an administrator of the workspace.',
	},
	'not-found': {
		...oneFails,
		what: 'not found, or hidden from this token',
		advice:
			'Bitbucket gives the same answer for something deleted, renamed or hidden. Open it in the browser: if it is there, give the owner of the token access. Earlier backups stay.',
	},
	gone: {
		...oneFails,
		// Git answers 410 in one case only: to an app password (CHANGE-3222).
		describe: ({door, message}) =>
			door === 'git'
				? {
						what: 'Bitbucket no longer accepts this kind of sign-in',
						advice: `App passwords ended on 28 July 2026. Make an API token with scopes at ${tokenPage}, then run cistern setup.`,
					}
				: describeGone(message),
	},
	'payment-required': {
		...oneFails,
		what: ({message}) => withWords('Bitbucket asks for a paid plan', message),
		advice:
			'The plan of the workspace does not include this, or a bill is unpaid. An administrator finds it in the settings of the workspace under "Plan details".',
	},
	'rate-limited': {
		exitCode: exitCodes.incomplete,
		passes: true,
		reach: 'source',
		describe: ({store}) =>
			store === undefined
				? {
						what: 'Bitbucket asked to slow down',
						advice:
							'Bitbucket allows 1,000 API requests an hour, and every program that uses this account counts. Try again in an hour, or when no other program is using Bitbucket.',
					}
				: {what: `the store ${toExcerpt(store)} asked to slow down`, advice: sendAgain},
	},
	'server-error': {
		...oneFails,
		passes: true,
		describe: ({status, message, store}) => {
			if (store !== undefined) {
				const what = withWords(`the store ${toExcerpt(store)} answered ${status}`, message);
				return {what, advice: sendAgain};
			}

			return status === 200
				? {
						what: withWords('git did not start on the server', message),
						advice:
							'This usually passes. It also happens with repositories that never received a push. Try again later.',
					}
				: {what: withWords(`the server answered ${status}`, message), advice: usuallyPasses};
		},
	},
	'server-timeout': {
		...oneFails,
		passes: true,
		what: 'the server ran out of time (555)',
		advice: usuallyPasses,
	},
	'unexpected-answer': {
		...oneFails,
		passes: true,
		what: ({detail}) => `the answer made no sense: ${toExcerpt(detail)}`,
		advice: ({store}) =>
			`A proxy, or the sign-in page of a network, may have answered in the place of ${nameServer(store)}. Try again; if it happens again, you may need a newer version of Cistern.`,
	},
	'answer-refused': {
		...oneFails,
		what: ({detail}) => `the answer was refused: ${toExcerpt(detail)}`,
		advice:
			'Bitbucket never answers like this: the server is broken, or it is not Bitbucket. None of the answer was used; earlier backups are untouched.',
	},
	'refs-moved': {
		...oneFails,
		passes: true,
		what: 'a branch or tag was moved while it was being fetched, and again after each new look',
		advice:
			'Earlier backups are untouched. The next backup looks again; run it when nothing is pushed by force to this repository.',
	},
	network: {
		...oneFails,
		passes: ({problem}) => networkProblems[problem].passes,
		describe: ({problem, detail, store}) => {
			const words = networkProblems[problem];
			const {what, advice} = store === undefined ? words : ofStore(nameServer(store), words);
			return {what: detail === '' ? what : `${what} (${toExcerpt(detail)})`, advice};
		},
	},
	'ref-refused': {
		...oneFails,
		what: ({names}) =>
			`a mirror keeps names below refs/cistern/ for Cistern, and upstream has such a ref: ${toExcerpt(names.join(', '))}`,
		advice:
			'All other refs of this repository are saved. Rename this one upstream, or delete it if it came from a copy of a backup.',
	},
	'upstream-damaged': {
		...oneFails,
		what: ({refs, detail}) =>
			withWords(
				`Bitbucket has lost a part of this repository${refs.length === 0 ? '' : `: ${formatNames(refs.slice(0, usualNames).map(toExcerpt), refs.length)} cannot be had whole`}`,
				detail,
			),
		advice:
			'All that can still be had is saved, and all that was saved before stays. Push these branches again from a clone that has them whole, or ask the support of Bitbucket to repair the repository.',
	},
	'lfs-refused': {
		...oneFails,
		describe: ({status, message}) => describeLfsRefusal(status, message),
	},
	'address-refused': {
		...oneFails,
		what: ({address, reason}) =>
			withWords(
				address === ''
					? 'the address was refused'
					: `the address ${toExcerpt(address)} was refused`,
				reason,
			),
		advice:
			'Cistern sends the token to Bitbucket and nowhere else. If this address is right, set apiUrl to it; otherwise find out where it comes from.',
	},
	'listing-incomplete': {
		exitCode: exitCodes.incomplete,
		passes: false,
		reach: 'source',
		what: ({detail}) => `the list of repositories is not complete: ${toExcerpt(detail)}`,
		advice: 'No repository was marked as gone because of it. Try again later.',
	},
	'remote-unusable': {
		...oneFails,
		what: ({url, detail}) => withWords(`the remote ${toPrintable(url)} could not be used`, detail),
		advice: ({url}) =>
			`The repository has to exist and be empty, and you need the right to push to it. Test it with your own git: "git ls-remote ${toPrintable(url)}".`,
	},
	'remote-sign-in': {
		...oneFails,
		what: ({url}) =>
			`the remote ${toPrintable(url)} wants a user name and a password, and git could not ask for them`,
		advice:
			'Use an SSH address and your key, or store them in a credential helper of your git ("git help credentials"). In a terminal and without --yes, git asks.',
	},
	'git-lfs-missing': {
		...oneFails,
		what: 'it has LFS files, and git-lfs is not installed here',
		advice:
			'Nothing was pushed. Install git-lfs, or use "restore --bare" and push from a machine that has it. With --without-lfs the refs go alone.',
	},
	'remote-taken': {
		...oneFails,
		what: ({url, refs, foreign}) =>
			`the remote ${toPrintable(url)} is not empty: it has ${refs === 1 ? '' : `${refs} refs, among them `}${toExcerpt(foreign)}`,
		advice: 'Nothing was pushed, so that nothing there is overwritten. Name an empty repository.',
	},
	'push-incomplete': {
		...oneFails,
		what: ({url, refs, missing, detail}) =>
			withWords(
				`the remote ${toPrintable(url)} did not take ${formatNumber(missing.length)} of ${formatCount(refs, 'ref')} (${formatNames(missing.slice(0, usualNames).map(toExcerpt), missing.length)})`,
				detail,
			),
		advice: ({refs, missing}) =>
			`${missing.length < refs ? 'The others are there. ' : ''}Resolve the objection of the server and run the same command again: it only pushes what is missing.`,
	},
};

const describeLfsRefusal = (status: number, message: string): FailureText => {
	switch (status) {
		case 401:
		case 403:
			return {
				what: withWords(`the LFS server refused this token (${status})`, message),
				advice:
					'The code was saved with the same token. Open one of the files in the browser: if it is there, try again later; otherwise the owner of the token needs access to it.',
			};
		case 404:
			return {
				what: withWords('Bitbucket has no LFS files for this repository', message),
				advice:
					'LFS may be switched off in the settings of the repository, or its files may lie on another server. The code is saved.',
			};
		case 402:
		case 507:
		case 509:
			return {
				what: withWords(`the LFS server has no room or no volume left (${status})`, message),
				advice:
					'The workspace has used up its LFS storage or transfer. An administrator finds it in the settings of the workspace under "Plan details".',
			};
		default:
			return {
				what: withWords(`the LFS server answered ${status}`, message),
				advice: 'The code is saved. The next backup asks again.',
			};
	}
};

const describeGone = (message: string): FailureText => {
	const change = /\bCHANGE-\d+\b/.exec(message)?.[0];
	return {
		what:
			change === undefined
				? withWords('Bitbucket says that this is gone', message)
				: `Bitbucket has removed this function (${change})`,
		advice:
			'If it concerns the whole workspace, the workspace may be closed: open it in the browser. Otherwise you need a newer version of Cistern. Earlier backups stay.',
	};
};

const readRepository = 'read:repository:bitbucket';

/** The use that Cistern has for a scope, by the names of API tokens and by the older ones. */
const purposes: Readonly<Record<string, string>> = {
	[readRepository]: 'to list and clone repositories',
	'read:workspace:bitbucket': 'to look at the workspace',
	'read:project:bitbucket': 'to look at projects',
	'read:user:bitbucket': 'to know which user signs in',
	'read:pullrequest:bitbucket': 'to read pull requests',
	repository: 'to list and clone repositories',
	pullrequest: 'to read pull requests',
	project: 'to look at projects',
	account: 'to know which user signs in and to look at the workspace',
};

const describePermission = (required: readonly string[], door: Endpoint): FailureText => {
	if (required.length === 0) {
		const act = door === 'git' ? 'clone this repository' : 'do this';
		return {
			what: `the token is not allowed to ${act}`,
			advice: `It most likely lacks the scope ${readRepository}; cistern check lists the scopes it has. ${howToMakeToken([readRepository])}`,
		};
	}

	return {
		what: `the token lacks ${required.length === 1 ? 'the scope' : 'the scopes'} ${required.map(withPurpose).join(', ')}`,
		advice: howToMakeToken(required),
	};
};

const withPurpose = (scope: string): string =>
	Object.hasOwn(purposes, scope) ? `${scope} (${purposes[scope]})` : scope;

/** API tokens name their scopes `read:x:bitbucket`; access tokens, made elsewhere, just `x`. */
const howToMakeToken = (required: readonly string[]): string => {
	const isApiToken = required.some((scope) => scope.endsWith(':bitbucket'));
	const place = isApiToken
		? `at ${tokenPage}`
		: 'in the settings of the repository, project or workspace that the token is for';
	return `The scopes of a token are fixed when it is made: make a new one ${place}, with ${required.join(' and ')} ticked, then run cistern setup.`;
};
