import {describe, expect, it, vi} from 'vitest';
import {makeHome} from '../helpers/program.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

describe('a wait of an hour that Bitbucket asks for', () => {
	it.each([
		['lines', [], /: waiting 1 h.*, Bitbucket asked to slow down|: waiting 60 min.*slow down/],
		['JSON', ['--json'], /"type":"wait-started".*"kind":"rate-limited"/],
	])('is told in %s, and ends at once on Ctrl-C: exit 130', async (_view, options, told) => {
		acme.sandbox.addRepository({workspace: 'acme', slug: 'api'});
		acme.sandbox.addFault({
			match: {service: 'api', path: /repositories/},
			answer: {kind: 'rate-limit', tells: 'reset-seconds', seconds: 3600},
		});
		const running = makeHome(acme.sandbox).start(['--yes', ...options]);
		await vi.waitFor(() => expect(running.output()).toMatch(told), {timeout: 30_000, interval: 20});

		running.child.kill('SIGINT');

		expect((await running.result).exitCode).toBe(130);
		expect(acme.sandbox.requestsTo('api').length).toBeLessThan(4);
	});
});
