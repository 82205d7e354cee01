import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {parse} from 'yaml';
import type {Sandbox} from '../../source/sandbox/start-sandbox.ts';
import {startTellSink} from '../helpers/tell-sink.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {answerFive, asked, startAcme} from '../helpers/wizard-answers.ts';
import {giveCrontab, keys, openWizard, type WizardScreen} from '../helpers/wizard-screen.ts';

let sandbox: Sandbox;

beforeEach(async () => {
	sandbox = await startAcme();
});

afterEach(() => sandbox.close());

const settingsOf = ({home}: WizardScreen): string => join(home, '.config/cistern/settings.yml');

describe('a backup every night', () => {
	/** Up to the question for the target, on a computer with cron. */
	const toTarget = async (place: string): Promise<{screen: WizardScreen; table: string}> => {
		const home = makeTemporaryFolder();
		const table = giveCrontab(home);
		// The address stands in the settings, as no scheduler knows a variable of this terminal.
		const given = ['setup', '--api-url', sandbox.apiUrl];
		const screen = openWizard({
			sandbox,
			home,
			arguments: given,
			environment: {CISTERN_API_URL: ''},
			// Room for the whole preview.
			rows: 40,
		});
		await answerFive(screen);
		await screen.answer(asked.folder, keys.enter);
		await screen.answer(asked.place, place);
		return {screen, table};
	};

	it('is installed, tried at once, and told to a link that got a test message', async () => {
		const sink = await startTellSink();
		const {screen, table} = await toTarget(keys.enter);
		await screen.answer(asked.target, `${sink.origin}/ping/canary-link${keys.enter}`);
		await screen.answer(asked.night, keys.enter);
		await screen.answer(asked.copy, keys.enter);
		await screen.answer(asked.review, '');
		await screen.waitFor('installed too');
		await screen.waitFor(`${sink.origin}/<hidden>`);
		screen.type(keys.down + keys.down + keys.enter);
		expect(await screen.exited).toEqual({code: 0, signal: undefined});
		expect(sink.requests.map(({url}) => url)).toEqual([
			expect.stringMatching(/^\/ping\/canary-link\/0\?rid=/),
		]);
		expect(parse(readFileSync(settingsOf(screen), 'utf8'))).toMatchObject({
			sources: [{apiUrl: sandbox.apiUrl}],
			tell: [{ping: `${sink.origin}/ping/canary-link`}],
		});
		expect(readFileSync(table, 'utf8')).toMatch(
			/^\d+ \* \* \* \* .* --yes --quiet --if-older 20h --config \S+settings\.yml # cistern schedule\n$/,
		);
		const all = [...screen.scrollback(), ...screen.rows()].join('\n');
		expect(all).toContain('Installed: a line in your crontab.');
		expect(all).toContain('as it should be');
		expect(all).not.toContain('canary');

		// Asked only once.
		const again = openWizard({sandbox, home: screen.home, arguments: ['setup']});
		await again.answer('› Add a workspace', keys.down + keys.enter);
		const five = ['Which workspace?', 'Whose workspace', 'Your Bitbucket', 'E-mail', '? API token'];
		for (const question of [...five, asked.folder, asked.place, asked.copy]) {
			await again.answer(question, keys.enter);
		}
		await again.answer(asked.review, keys.down + keys.down + keys.enter);
		expect((await again.exited).code).toBe(0);
	});

	it('is not installed by Ctrl-C, nor is anything told', async () => {
		const {screen, table} = await toTarget(keys.enter);
		await screen.answer(asked.target, keys.enter);
		await screen.answer(asked.night, keys.escape);
		await screen.answer(asked.target, keys.enter);
		await screen.answer(asked.night, keys.enter);
		await screen.answer(asked.copy, keys.enter);
		await screen.answer(asked.review, keys.interrupt);
		expect(await screen.exited).toEqual({code: 130, signal: undefined});
		expect([existsSync(table), existsSync(settingsOf(screen))]).toEqual([false, false]);
	});

	it('shows the lines to install by hand, and warns of a variable before', async () => {
		const {screen, table} = await toTarget(keys.down + keys.enter);
		await screen.answer(asked.target, keys.enter);
		await screen.waitFor('A scheduler does not know BITBUCKET_TOKEN');
		await screen.answer(asked.night, keys.down + keys.enter);
		await screen.answer(asked.copy, keys.enter);
		await screen.answer(asked.review, keys.down + keys.down + keys.enter);
		expect((await screen.exited).code).toBe(0);
		expect(existsSync(table)).toBe(false);
		const all = [...screen.scrollback(), ...screen.rows()].join(' ').replaceAll(/\s+/g, ' ');
		expect(all).toMatch(/# crontab \d+ \* \* \* \*/);
	});

	it('is asked about in 40 columns too', async () => {
		const home = makeTemporaryFolder();
		giveCrontab(home);
		const screen = openWizard({sandbox, home, columns: 40, rows: 24});
		await answerFive(screen);
		await screen.answer(asked.folder, keys.enter);
		await screen.answer(asked.place, keys.down + keys.enter);
		await screen.answer(asked.target, `https://acme.slack.com/x${keys.enter}`);
		await screen.answer('page of Slack', `${keys.clear}${keys.enter}`);
		await screen.waitFor(asked.night);
		await screen.waitFor('› Every night at two');
		await screen.waitFor('ctrl-c leave');
		screen.type(keys.interrupt);
		expect((await screen.exited).code).toBe(130);
	});
});
