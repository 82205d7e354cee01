import {appendFileSync} from 'node:fs';
import {describe, expect, it, vi} from 'vitest';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

describe('a wait of an hour that Bitbucket asks for', () => {
	it('is shown, and Ctrl-C ends the run at once with exit 130', async () => {
		acme.sandbox.addRepository({workspace: 'acme', slug: 'api'});
		acme.sandbox.addFault({
			match: {service: 'api', path: /repositories/},
			answer: {kind: 'rate-limit', tells: 'reset-seconds', seconds: 3600},
		});
		const running = makeHome(acme.sandbox).start(['--yes']);
		const told = /: waiting 1 h.*, Bitbucket asked to slow down|: waiting 60 min.*slow down/;
		await vi.waitFor(() => expect(running.output()).toMatch(told), {timeout: 30_000, interval: 20});

		running.child.kill('SIGINT');

		expect((await running.result).exitCode).toBe(130);
		expect(acme.sandbox.requestsTo('api').length).toBeLessThan(4);
	});
});

describe('a run that may wait for ten minutes only', () => {
	it.each([
		['the API, by an option', {service: 'api', path: /repositories/}, true],
		['git, by a setting', {service: 'git'}, false],
	] as const)(
		'ends with 3 where %s is refused for an hour, and names what is left',
		async (_, match, isOption) => {
			acme.sandbox.addRepository({workspace: 'acme', slug: 'api'});
			acme.sandbox.addFault({
				match,
				answer: {kind: 'rate-limit', tells: 'retry-after-seconds', seconds: 3600},
			});
			const home = makeHome(acme.sandbox);
			if (!isOption) {
				appendFileSync(home.settings, 'maxWait: 10 min\n');
			}

			const {exitCode, stderr} = await runHere(home, [
				'--yes',
				...(isOption ? ['--max-wait', '10m'] : []),
			]);

			expect(exitCode).toBe(3);
			expect(stderr).toContain('Bitbucket asked to slow down');
			expect(stderr).not.toContain('waiting');
		},
	);
});
