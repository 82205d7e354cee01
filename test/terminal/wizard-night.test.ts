import {existsSync, mkdirSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {parse} from 'yaml';
import type {Sandbox} from '../../source/sandbox/start-sandbox.ts';
import {ann} from '../helpers/backup.ts';
import {runHere} from '../helpers/program-here.ts';
import {startTellSink} from '../helpers/tell-sink.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {answerFive, asked, startAcme, wizardToken} from '../helpers/wizard-answers.ts';
import {
	environmentOf,
	giveCrontab,
	keys,
	openWizard,
	type WizardScreen,
} from '../helpers/wizard-screen.ts';

let sandbox: Sandbox;

beforeEach(async () => {
	sandbox = await startAcme();
});

afterEach(() => sandbox.close());

const settingsOf = ({home}: WizardScreen): string => join(home, '.config/cistern/settings.yml');

describe('a backup every night', () => {
	/** Up to the question for the target, on a computer with cron. */
	const toTarget = async (
		place: string,
		columns = 80,
	): Promise<{screen: WizardScreen; table: string}> => {
		const home = makeTemporaryFolder();
		const table = giveCrontab(home);
		// The address stands in the settings, as no scheduler knows a variable of this terminal.
		const given = ['setup', '--api-url', sandbox.apiUrl];
		const screen = openWizard({
			sandbox,
			home,
			arguments: given,
			environment: {CISTERN_API_URL: ''},
			columns,
			// Room for the whole preview.
			rows: 40,
		});
		await answerFive(screen);
		await screen.answer(asked.folder, keys.enter);
		await screen.answer(asked.place, place);
		return {screen, table};
	};

	it('is installed, tried at once, and told to a link that got a test message; a second copy is filled, and its secret key is shown once and is nowhere afterwards; cistern --yes reads the settings', async () => {
		const sink = await startTellSink();
		const {screen, table} = await toTarget(keys.enter);
		await screen.answer(asked.target, `${sink.origin}/ping/canary-link${keys.enter}`);
		await screen.answer(asked.night, keys.enter);

		const away = join(makeTemporaryFolder(), 'away');
		await screen.answer(asked.copy, keys.down + keys.enter);
		await screen.answer('In which folder?', `${away}${keys.enter}`);
		await screen.waitFor('› I have kept it');
		await screen.waitFor('ctrl-c leave');
		expect(screen.text()).toMatch(/^ +AGE-SECRET-KEY-1\w{58}$/m);
		screen.type(keys.enter);
		await screen.answer('is not there', keys.enter);
		mkdirSync(away);
		await screen.answer('In which folder?', keys.enter);
		await screen.answer('may also delete from it', keys.enter);

		await screen.answer(asked.review, '');
		await screen.waitFor('installed too');
		await screen.waitFor(`${sink.origin}/<hidden>`);
		screen.type(keys.enter);
		expect(await screen.exited).toEqual({code: 0, signal: undefined});
		expect(sink.requests[0]?.url).toMatch(/^\/ping\/canary-link\/0\?rid=/);
		expect(statSync(settingsOf(screen)).mode & 0o777).toBe(0o600);
		expect(parse(readFileSync(settingsOf(screen), 'utf8'))).toEqual({
			localFolder: join(screen.home, 'bitbucket-backup'),
			// But for the address, SCM Backup knows all keys of a source.
			sources: [
				{
					title: 'acme',
					hoster: 'bitbucket',
					type: 'org',
					name: 'acme',
					authName: 'ann',
					apiAuthName: ann.email,
					password: wizardToken,
					apiUrl: sandbox.apiUrl,
				},
			],
			tell: [{ping: `${sink.origin}/ping/canary-link`}],
			stores: [
				{
					title: 'offsite',
					type: 'folder',
					path: away,
					recipients: [expect.stringMatching(/^age1/)],
				},
			],
		});
		expect(readFileSync(table, 'utf8')).toMatch(
			/^\d+ \* \* \* \* .* --yes --quiet --if-older 20h --config \S+settings\.yml # cistern schedule\n$/,
		);
		const sent = readdirSync(away, {recursive: true, encoding: 'utf8'});
		expect(sent.filter((name) => /^index\/.+\.age$/.test(name))).toHaveLength(1);
		const all = [...screen.scrollback(), ...screen.rows()].join('\n');
		expect(all).toContain('Installed: a line in your crontab.');
		expect(all).toContain('as it should be');
		expect(all).toMatch(/cistern verify\s+--store/);
		expect(all).not.toContain('canary');
		const kept = readdirSync(screen.home, {recursive: true, withFileTypes: true})
			.filter((entry) => entry.isFile())
			.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
		expect([all, ...kept].join('\n')).not.toContain('AGE-SECRET');

		const home = {folder: screen.home, settings: settingsOf(screen)};
		const environment = environmentOf(sandbox, screen.home);
		expect(await runHere(home, ['--yes', '--quiet'], environment)).toMatchObject({exitCode: 0});
		expect((await runHere(home, ['status'], environment)).stdout).toContain('api');
	});

	it('shows the lines to install by hand, and warns of a variable before, in 40 columns too', async () => {
		const {screen, table} = await toTarget(keys.down + keys.enter, 40);
		await screen.answer(asked.target, `https://acme.slack.com/x${keys.enter}`);
		await screen.answer('page of Slack', `${keys.clear}${keys.enter}`);
		await screen.waitFor(/A scheduler does not know\s+BITBUCKET_TOKEN/);
		await screen.waitFor('› Every night at two');
		await screen.waitFor('ctrl-c leave');
		await screen.answer(asked.night, keys.down + keys.enter);
		await screen.answer(asked.copy, keys.enter);
		await screen.answer(asked.review, keys.down + keys.down + keys.enter);
		expect((await screen.exited).code).toBe(0);
		expect(existsSync(table)).toBe(false);
		const all = [...screen.scrollback(), ...screen.rows()].join(' ').replaceAll(/\s+/g, ' ');
		expect(all).toMatch(/# crontab \d+ \* \* \* \*/);
	});
});
