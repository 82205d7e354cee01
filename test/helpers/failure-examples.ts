import type {Failure, NetworkProblem} from '../../source/domain/failure/failure.ts';

export const networkProblems: readonly NetworkProblem[] = [
	'name-lookup',
	'connection-refused',
	'connection-reset',
	'timeout',
	'tls',
	'cut-short',
	'unreachable',
	'proxy-refused',
	'proxy-unreachable',
	'proxy-unsupported',
];

/** A server's words that would change a terminal. */
const evil = '\u001b[2Jevil\u202e\n\u0007';

/** Examples of every kind: a kind without one does not compile. */
export const failureExamples: {
	readonly [Kind in Failure['kind']]: readonly Extract<Failure, {kind: Kind}>[];
} = {
	'credentials-refused': [
		{kind: 'credentials-refused', door: 'api'},
		{kind: 'credentials-refused', door: 'git'},
	],
	'permission-missing': [
		{kind: 'permission-missing', door: 'api', required: ['read:repository:bitbucket']},
		{kind: 'permission-missing', door: 'api', required: ['repository', evil]},
		{kind: 'permission-missing', door: 'api', required: []},
		{kind: 'permission-missing', door: 'git', required: []},
	],
	forbidden: [{kind: 'forbidden', door: 'api', message: evil}],
	'not-found': [{kind: 'not-found', door: 'git', message: evil}],
	gone: [
		{kind: 'gone', door: 'api', message: evil},
		{kind: 'gone', door: 'git', message: evil},
	],
	'payment-required': [{kind: 'payment-required', message: evil}],
	'rate-limited': [{kind: 'rate-limited', retryAfter: 38_000}],
	'server-error': [
		{kind: 'server-error', status: 500, message: evil},
		{kind: 'server-error', status: 200, message: evil},
	],
	'server-timeout': [{kind: 'server-timeout'}],
	'unexpected-answer': [{kind: 'unexpected-answer', detail: evil}],
	'answer-refused': [{kind: 'answer-refused', detail: evil}],
	'refs-moved': [{kind: 'refs-moved'}],
	network: networkProblems.map((problem) => ({kind: 'network', problem, detail: evil})),
	'ref-refused': [{kind: 'ref-refused', names: [evil]}],
	'upstream-damaged': [
		{kind: 'upstream-damaged', refs: [], detail: evil},
		{kind: 'upstream-damaged', refs: [evil, evil], detail: evil},
	],
	'lfs-refused': [401, 404, 507, 422].map((status) => ({
		kind: 'lfs-refused',
		status,
		message: evil,
	})),
	'address-refused': [
		{kind: 'address-refused', address: evil, reason: evil},
		{kind: 'address-refused', address: '', reason: evil},
	],
	'listing-incomplete': [{kind: 'listing-incomplete', detail: evil}],
	'git-unusable': [
		{kind: 'git-unusable', found: undefined, detail: ''},
		{kind: 'git-unusable', found: undefined, detail: evil},
		{kind: 'git-unusable', found: evil, detail: ''},
	],
	'git-failed': [{kind: 'git-failed', detail: evil}],
	'mirror-unusable': [{kind: 'mirror-unusable', path: `/srv/${evil}`, detail: evil}],
	'checkout-refused': [{kind: 'checkout-refused', file: evil}],
	'checkout-impossible': [{kind: 'checkout-impossible', file: evil, detail: evil}],
	'remote-unusable': [{kind: 'remote-unusable', url: `git@x:${evil}`, detail: evil}],
	'remote-sign-in': [{kind: 'remote-sign-in', url: `git@x:${evil}`}],
	'git-lfs-missing': [{kind: 'git-lfs-missing'}],
	'remote-taken': [{kind: 'remote-taken', url: `git@x:${evil}`, refs: 3, foreign: evil}],
	'push-incomplete': [
		{kind: 'push-incomplete', url: `git@x:${evil}`, refs: 3, missing: [evil], detail: evil},
		{kind: 'push-incomplete', url: 'git@x:y', refs: 1, missing: [evil], detail: ''},
	],
	'record-newer': [{kind: 'record-newer', path: `/srv/${evil}`}],
	'computer-limit': [
		{kind: 'computer-limit', lacks: 'files'},
		{kind: 'computer-limit', lacks: 'processes'},
		{kind: 'computer-limit', lacks: 'memory'},
	],
	'disk-full': [{kind: 'disk-full', path: `/srv/${evil}`}],
	'no-room': [
		{kind: 'no-room', path: `/srv/${evil}`, size: 0, free: 0},
		{kind: 'no-room', path: '/srv/acme#api', size: 50_000_000, free: 2_000_000},
	],
	'record-unreadable': [{kind: 'record-unreadable', path: `/srv/${evil}`, detail: evil}],
	'repository-linked': [{kind: 'repository-linked', path: `/srv/${evil}`}],
	'repository-unusable': [{kind: 'repository-unusable', path: `/srv/${evil}`, detail: evil}],
	'folder-unusable': [{kind: 'folder-unusable', path: `/srv/${evil}`, detail: evil}],
	'folder-locked': [true, false].map((isVisible) => ({
		kind: 'folder-locked',
		path: `/srv/${evil}`,
		pid: 1,
		host: evil,
		since: evil,
		isVisible,
	})),
	'backup-missing': [
		{
			kind: 'backup-missing',
			path: `/srv/${evil}`,
			at: '2026-11-22T02:00:00.000Z',
			repositories: 42,
		},
	],
	'folder-locked-by-version': [{kind: 'folder-locked-by-version', path: `/srv/${evil}`}],
	'store-refused': (['read', 'write', 'list'] as const).map((action) => ({
		kind: 'store-refused',
		store: evil,
		action,
		detail: evil,
	})),
	'store-missing': [{kind: 'store-missing', store: evil, detail: evil}],
	'store-full': [{kind: 'store-full', store: evil, detail: ''}],
	'object-missing': [{kind: 'object-missing', store: evil, name: evil}],
	'object-damaged': [
		{kind: 'object-damaged', store: evil, name: evil, detail: evil},
		{kind: 'object-damaged', store: evil, name: `index/${evil}`, detail: evil},
		{kind: 'object-damaged', store: evil, name: `listing/${evil}`, detail: evil},
		{kind: 'object-damaged', store: evil, name: '', detail: ''},
	],
	'object-newer': [{kind: 'object-newer', store: evil, name: evil}],
	'recipient-refused': [{kind: 'recipient-refused', recipient: evil, detail: evil}],
	'identity-refused': [
		{kind: 'identity-refused', detail: evil},
		{kind: 'identity-refused', store: evil, detail: evil},
	],
	defect: [{kind: 'defect', detail: evil}],
};
