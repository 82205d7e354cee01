import {describe, expect, it} from 'vitest';
import {describeFailure} from '../../../source/domain/failure/describe-failure.ts';
import type {Failure, NetworkProblem} from '../../../source/domain/failure/failure.ts';

const networkProblems: readonly NetworkProblem[] = [
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

/** Words of a server that would take over a terminal. */
const evil = '\u001b[2Jevil\u202e\n\u0007';

/** One of every kind; a kind without an entry does not compile. */
const examples: {readonly [Kind in Failure['kind']]: readonly Extract<Failure, {kind: Kind}>[]} = {
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
	network: networkProblems.map((problem) => ({kind: 'network', problem, detail: evil})),
	'ref-unreadable': [{kind: 'ref-unreadable', name: evil}],
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
	'remote-unusable': [{kind: 'remote-unusable', url: `git@x:${evil}`, detail: evil}],
	'remote-sign-in': [{kind: 'remote-sign-in', url: `git@x:${evil}`}],
	'remote-taken': [{kind: 'remote-taken', url: `git@x:${evil}`, refs: 3, foreign: evil}],
	'push-incomplete': [
		{kind: 'push-incomplete', url: `git@x:${evil}`, missing: [evil], detail: evil},
		{kind: 'push-incomplete', url: 'git@x:y', missing: [], detail: ''},
	],
	'record-newer': [{kind: 'record-newer', path: `/srv/${evil}`}],
	'computer-limit': [
		{kind: 'computer-limit', lacks: 'files'},
		{kind: 'computer-limit', lacks: 'processes'},
		{kind: 'computer-limit', lacks: 'memory'},
	],
	'disk-full': [{kind: 'disk-full', path: `/srv/${evil}`}],
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
	'folder-locked-by-version': [{kind: 'folder-locked-by-version', path: `/srv/${evil}`}],
	defect: [{kind: 'defect', detail: evil}],
};

const all = Object.values(examples).flat();

describe('describeFailure', () => {
	it.each(all)(
		'says what happened in a part of a sentence, and what to do in whole ones: %o',
		(failure) => {
			const {what, advice} = describeFailure(failure);
			expect(what).toMatch(/^(?:[a-z/]|Bitbucket )/);
			expect(what).not.toMatch(/\.$/);
			expect(advice).toMatch(/^[A-Z].*\.$/);
		},
	);

	it.each(all)('lets nothing through that a terminal would obey: %o', (failure) => {
		const {what, advice} = describeFailure(failure);
		expect(`${what}${advice}`).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
	});

	it('is short enough to be read, whatever a server says', () => {
		const long = 'x'.repeat(100_000);
		const {what} = describeFailure({kind: 'forbidden', door: 'api', message: long});
		expect(what.length).toBeLessThan(400);
	});

	it("tells the network's problems apart, in what happened and in what to do", () => {
		const texts = examples.network.map(describeFailure);
		expect(new Set(texts.map(({what}) => what)).size).toBe(networkProblems.length);
		expect(new Set(texts.map(({advice}) => advice)).size).toBe(networkProblems.length);
	});

	it('names the user name as the likely cause where git refuses, and what works instead', () => {
		const {advice} = describeFailure({kind: 'credentials-refused', door: 'git'});
		expect(advice).toContain('authName');
		expect(advice).toContain('not the e-mail address');
		expect(advice).toContain('x-bitbucket-api-token-auth');
	});

	it('names the e-mail address and the expiry where the API refuses', () => {
		const {advice} = describeFailure({kind: 'credentials-refused', door: 'api'});
		expect(advice).toContain('apiAuthName');
		expect(advice).toContain('expired');
	});

	it('names the missing scope, what it is for, and that a new token has to be made', () => {
		const {what, advice} = describeFailure({
			kind: 'permission-missing',
			door: 'api',
			required: ['read:workspace:bitbucket'],
		});
		expect(what).toBe(
			'the token lacks the scope read:workspace:bitbucket (to look at the workspace)',
		);
		expect(advice).toContain('fixed when it is made: make a new one at id.atlassian.com/');
		expect(advice).toContain('with read:workspace:bitbucket ticked');
	});

	it('sends the owner of an access token where that kind is made', () => {
		const {what, advice} = describeFailure({
			kind: 'permission-missing',
			door: 'api',
			required: ['repository', 'project', 'toString'],
		});
		expect(what).toBe(
			'the token lacks the scopes repository (to list and clone repositories), project (to look at projects), toString',
		);
		expect(advice).not.toContain('id.atlassian.com');
		expect(advice).toContain('settings of the repository, project or workspace');
	});

	it('guesses the scope where git does not name it', () => {
		const {what, advice} = describeFailure({
			kind: 'permission-missing',
			door: 'git',
			required: [],
		});
		expect(what).toBe('the token is not allowed to clone this repository');
		expect(advice).toContain('read:repository:bitbucket');
	});

	it("knows app passwords behind git's 410, and a removed function by its number", () => {
		const git = describeFailure({kind: 'gone', door: 'git', message: ''});
		expect(git.advice).toContain('App passwords ended on 28 July 2026');
		const api = describeFailure({
			kind: 'gone',
			door: 'api',
			message: 'CHANGE-2770 - Functionality has been deprecated',
		});
		expect(api.what).toBe('Bitbucket has removed this function (CHANGE-2770)');
	});

	it("repeats the server's words where they help, without a second full stop", () => {
		expect(describeFailure({kind: 'server-error', status: 502, message: ''}).what).toBe(
			'the server answered 502',
		);
		expect(
			describeFailure({kind: 'forbidden', door: 'api', message: 'Your IP is not allowed.'}).what,
		).toBe('Bitbucket does not allow this: Your IP is not allowed');
	});

	it('names the path that is full or cannot be used', () => {
		expect(describeFailure({kind: 'disk-full', path: '/srv/backup'}).what).toBe(
			'no space is left for /srv/backup',
		);
		expect(describeFailure({kind: 'folder-unusable', path: '/srv', detail: 'EROFS'}).what).toBe(
			'/srv cannot be used: EROFS',
		);
	});
});
