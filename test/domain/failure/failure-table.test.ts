import {describe, expect, it} from 'vitest';
import {type ExitCode, exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {
	describeFailure,
	endsTheRun,
	exitCodeOf,
	isPassing,
	isRefusal,
} from '../../../source/domain/failure/failure-table.ts';
import {failureExamples, networkProblems} from '../../helpers/failure-examples.ts';

const all = Object.values(failureExamples).flat();

describe('describeFailure', () => {
	it.each(all)(
		'gives the event as a part of a sentence, and the advice in whole sentences: %o',
		(failure) => {
			const {what, advice} = describeFailure(failure);
			expect(what).toMatch(/^(?:[a-z/]|Bitbucket |Cistern )/);
			expect(what).not.toMatch(/\.$/);
			expect(advice).toMatch(/^[A-Z].*\.$/);
		},
	);

	it.each(all)('contains no control characters: %o', (failure) => {
		const {what, advice} = describeFailure(failure);
		expect(`${what}${advice}`).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
	});

	it('stays short however much a server says', () => {
		const long = 'x'.repeat(100_000);
		const {what} = describeFailure({kind: 'forbidden', door: 'api', message: long});
		expect(what.length).toBeLessThan(400);
	});

	it('has words and advice of its own for each problem of the network', () => {
		const texts = failureExamples.network.map(describeFailure);
		expect(new Set(texts.map(({what}) => what)).size).toBe(networkProblems.length);
		expect(new Set(texts.map(({advice}) => advice)).size).toBe(networkProblems.length);
	});

	it('names the store that could not be reached, and nothing of Bitbucket', () => {
		for (const failure of failureExamples.network) {
			const {what, advice} = describeFailure({...failure, store: 'offsite'});
			expect(what).toContain('the store offsite');
			expect(`${what}${advice}`).not.toMatch(/bitbucket|apiUrl/i);
		}
	});

	it('names the user name as the likely cause when git refuses, and a name that works', () => {
		const {advice} = describeFailure({kind: 'credentials-refused', door: 'git'});
		expect(advice).toContain('authName');
		expect(advice).toContain('not the e-mail address');
		expect(advice).toContain('x-bitbucket-api-token-auth');
	});

	it('names the e-mail address and the expiry when the API refuses', () => {
		const {advice} = describeFailure({kind: 'credentials-refused', door: 'api'});
		expect(advice).toContain('apiAuthName');
		expect(advice).toContain('expired');
	});

	it('names the missing scope and its use, and asks for a new token', () => {
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

	it('sends the owner of an access token to the settings where access tokens are made', () => {
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

	it('guesses the scope if git does not name it', () => {
		const {what, advice} = describeFailure({
			kind: 'permission-missing',
			door: 'git',
			required: [],
		});
		expect(what).toBe('the token is not allowed to clone this repository');
		expect(advice).toContain('read:repository:bitbucket');
	});

	it("recognises app passwords by git's 410, and a removed function by its number", () => {
		const git = describeFailure({kind: 'gone', door: 'git', message: ''});
		expect(git.advice).toContain('App passwords ended on 28 July 2026');
		const api = describeFailure({
			kind: 'gone',
			door: 'api',
			message: 'CHANGE-2770 - Functionality has been deprecated',
		});
		expect(api.what).toBe('Bitbucket has removed this function (CHANGE-2770)');
	});

	it("repeats the server's words, without a second full stop", () => {
		expect(describeFailure({kind: 'server-error', status: 502, message: ''}).what).toBe(
			'the server answered 502',
		);
		expect(
			describeFailure({kind: 'forbidden', door: 'api', message: 'Your IP is not allowed.'}).what,
		).toBe('Bitbucket does not allow this: Your IP is not allowed');
	});

	it('names a path that is full or cannot be used', () => {
		expect(describeFailure({kind: 'disk-full', path: '/srv/backup'}).what).toBe(
			'no space is left for /srv/backup',
		);
		expect(describeFailure({kind: 'folder-unusable', path: '/srv', detail: 'EROFS'}).what).toBe(
			'/srv cannot be used: EROFS',
		);
	});
});

describe('the exit code of a failure', () => {
	const byCode = Map.groupBy(all, exitCodeOf);
	const kindsWith = (code: ExitCode): readonly string[] => [
		...new Set(byCode.get(code)?.map(({kind}) => kind)),
	];

	it('is 12 for refused credentials and missing permissions alone', () => {
		expect(kindsWith(exitCodes.refused)).toEqual([
			'credentials-refused',
			'permission-missing',
			'store-refused',
		]);
		expect(all.filter(isRefusal)).toEqual(byCode.get(exitCodes.refused));
	});

	it('is 11 for a folder that another run holds', () => {
		expect(kindsWith(exitCodes.locked)).toEqual(['folder-locked', 'folder-locked-by-version']);
	});

	it('is 1 for a computer that cannot go on and for a bug, and 3 for everything else', () => {
		const failed = [
			'git-unusable',
			'computer-limit',
			'disk-full',
			'no-room',
			'folder-unusable',
			'backup-missing',
			'store-missing',
			'recipient-refused',
			'identity-refused',
			'defect',
		];
		expect(kindsWith(exitCodes.failed)).toEqual(failed);
		expect([...byCode.keys()].toSorted((a, b) => a - b)).toEqual([1, 3, 11, 12]);
	});
});

describe('the reach of a failure', () => {
	it('is the whole run for a computer that cannot go on', () => {
		const kinds = new Set(all.filter(endsTheRun).map(({kind}) => kind));
		expect([...kinds]).toEqual(['git-unusable', 'computer-limit', 'disk-full', 'folder-unusable']);
	});
});

describe('trying again', () => {
	it('is for servers and connections that usually recover', () => {
		const kinds = new Set(all.filter(isPassing).map(({kind}) => kind));
		expect([...kinds]).toEqual([
			'rate-limited',
			'server-error',
			'server-timeout',
			'unexpected-answer',
			'refs-moved',
			'network',
		]);
	});

	it('is not for a certificate or a proxy that will stay wrong', () => {
		const lasting = failureExamples.network.filter((failure) => !isPassing(failure));
		expect(lasting.map(({problem}) => problem)).toEqual([
			'tls',
			'proxy-refused',
			'proxy-unsupported',
		]);
	});
});
