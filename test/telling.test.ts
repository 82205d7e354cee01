import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {Readable} from 'node:stream';
import {describe, expect, it} from 'vitest';
import {makeAgents} from '../source/adapters/network/agents.ts';
import {openSettings} from '../source/adapters/settings/open-settings.ts';
import {openTelling} from '../source/adapters/tell/open-telling.ts';
import {parseArguments} from '../source/arguments/arguments.ts';
import type {BackupInvocation} from '../source/arguments/invocation.ts';
import {backup} from '../source/commands/backup.ts';
import {status} from '../source/commands/status.ts';
import type {ExitCode} from '../source/domain/failure/exit-code.ts';
import {StopError} from '../source/domain/failure/failure.ts';
import type {BackupEvent, Listener} from '../source/domain/run/events.ts';
import type {Message} from '../source/domain/tell/message.ts';
import type {VerifyEvent} from '../source/domain/verify/events.ts';
import type {World} from '../source/ports/world.ts';
import {loadSettings} from '../source/settings/load-settings.ts';
import {telling, tellingVerify} from '../source/telling.ts';
import {canaryToken, makeWorld} from './helpers/backup.ts';
import {createFakeClock} from './helpers/fake-clock.ts';
import {createFakeTerminal, type FakeTerminal} from './helpers/fake-terminal.ts';
import {
	failed,
	finished,
	listed,
	planMade,
	runFinished,
	runStarted,
	sourceFinished,
	sourceStarted,
} from './helpers/run-events.ts';
import {startTellSink} from './helpers/tell-sink.ts';
import {makeTemporaryFolder} from './helpers/temporary-folder.ts';
import {forcePush} from './helpers/upstream.ts';
import {setUpWorkspace} from './helpers/workspace.ts';

const invoke = (...argv: readonly string[]): BackupInvocation => {
	const invocation = parseArguments(argv, {});
	if (invocation.command !== 'backup') {
		throw new TypeError('not understood');
	}

	return invocation;
};

type Scene = {
	readonly world: World;
	readonly terminal: FakeTerminal;
	/** By the target's name. */
	readonly told: (readonly [target: string, message: Message])[];
	readonly started: string[];
	/** Kinds of targets whose libraries were loaded early. */
	readonly prepared: string[];
	run(
		act: (observe?: Listener) => Promise<ExitCode>,
		argv?: readonly string[],
		crash?: Promise<never>,
	): Promise<ExitCode>;
};

/** A user's computer with these settings, whose messages are kept. */
const setScene = (settings: string, isInteractive = false): Scene => {
	const home = makeTemporaryFolder();
	const file = join(home, 'settings.yml');
	writeFileSync(file, settings, {mode: 0o600});
	const clock = createFakeClock();
	const terminal = createFakeTerminal({isInteractive, canAsk: isInteractive});
	const told: (readonly [string, Message])[] = [];
	const started: string[] = [];
	const prepared: string[] = [];
	const kept = new Map<string, string>();
	const world: World = {
		...makeWorld(clock),
		terminal,
		environment: {HOOK: 'https://example.com/hook'},
		settings: openSettings({platform: 'linux', home, folder: home, input: Readable.from([])}),
		telling: {
			host: 'backuphost',
			prepare: (kinds) => void prepared.push(...kinds),
			send: async (target, message) => {
				told.push([target.name, message]);
				return target.reveal('slack')?.includes('dead') === true
					? {state: 'failed', reason: 'hooks.slack.com answered 404', mayPass: false}
					: {state: 'sent'};
			},
			sendStart: async (_, run) => {
				started.push(run);
				return {state: 'sent'};
			},
			recall: async (key) => kept.get(key),
			remember: async (key, text) => void kept.set(key, text),
		},
	};
	return {
		world,
		terminal,
		told,
		started,
		prepared,
		run: (act, argv = ['--yes'], crash = new Promise<never>(() => {})) =>
			telling({world, signal: new AbortController().signal, crash}, invoke(...argv), act),
	};
};

const source = `sources:
  - {title: acme, hoster: bitbucket, type: org, name: acme}
`;
const wantsAll = `localFolder: /srv/backup
${source}tell:
  - webhook: '%HOOK%'
  - ping: https://hc.example.com/uuid
  - slack: https://hooks.slack.com/x
`;

/** A run in which one of two repositories failed. */
const oneFailed: readonly BackupEvent[] = [
	runStarted(),
	sourceStarted,
	listed(2, 2, true),
	planMade(2, 0),
	finished('legacy-billing', failed()),
	sourceFinished({inScope: 2, unchanged: 1, failed: 1, exitCode: 3}),
	runFinished(3),
];

const play =
	(events: readonly BackupEvent[], exitCode: ExitCode) =>
	async (observe: Listener = () => {}): Promise<ExitCode> => {
		for (const event of events) {
			observe(event);
		}

		return exitCode;
	};

const throws = (error: unknown) => async (): Promise<ExitCode> => {
	throw error;
};

describe('a backup that failed', () => {
	it('is told with its counts, its reasons and what to do', async () => {
		const {run, told, started, prepared} = setScene(wantsAll);
		expect(await run(play(oneFailed, 3))).toBe(3);
		const messages = new Map(told);
		expect([...messages.keys()]).toEqual(['webhook', 'ping', 'slack']);
		expect(messages.get('slack')).toMatchObject({
			why: 'failed',
			title: 'Cistern: 1 of 2 repositories of acme is not saved',
			exitCode: 3,
			sources: ['acme'],
		});
		const {text, result} = messages.get('slack') ?? {text: ''};
		expect(text).toContain('legacy-billing   the server answered 500, 4 tries');
		expect(text).toContain('exit code 3, Cistern test');
		expect(result).toMatchObject({type: 'result', exitCode: 3});
		expect(started).toEqual([messages.get('ping')?.run]);
		// Slack hears of problems alone, and nothing is known of any when the run begins.
		expect(prepared).toEqual(['webhook', 'ping']);
	});

	it('is told without a name where names are not wanted', async () => {
		const {run, told} = setScene(wantsAll);
		await run(play(oneFailed, 3));
		const {title, text, sources, result} = new Map(told).get('ping') ?? {};
		expect(title).toBe('Cistern: 1 of 2 repositories is not saved');
		expect(`${title}${text}`).not.toMatch(/acme|legacy|srv|backuphost/);
		expect([sources, result]).toEqual([[], undefined]);
	});

	it('is told on one line and without a character that obeys', async () => {
		const {run, told} = setScene(wantsAll);
		const evil = 'evil\r\nBcc: eve@example.com\u001b[2J\u202e<!channel>';
		await run(
			play(
				oneFailed.map((event) =>
					JSON.parse(
						JSON.stringify(event).replaceAll('legacy-billing', JSON.stringify(evil).slice(1, -1)),
					),
				),
				3,
			),
		);
		for (const [, {title, text}] of told) {
			expect(title).not.toMatch(/[\p{Cc}\p{Cf}]/u);
			expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
			expect(text).not.toMatch(/^Bcc/m);
		}
	});

	it('is told with the day since which it lasts, and when it is over', async () => {
		const {world, run, told} = setScene(wantsAll);
		const nights: readonly [readonly BackupEvent[], ExitCode][] = [
			[oneFailed, 3],
			[oneFailed, 3],
			[[runStarted(), sourceStarted, sourceFinished({exitCode: 0}), runFinished(0)], 0],
		];
		for (const [events, exitCode] of nights) {
			await run(play(events, exitCode));
			await world.clock.sleep(86_400_000, new AbortController().signal);
		}

		const texts = told.flatMap(([name, {text}]) => (name === 'slack' ? [text] : []));
		expect(texts.map((text) => /^The trouble .*$/m.exec(text)?.[0])).toEqual([
			undefined,
			expect.stringMatching(/^The trouble began .+\d\d:\d\d\.$/),
			expect.stringMatching(/^The trouble began .+\d\d:\d\d, and is over\.$/),
		]);
	});

	it('names at most 20 of a thousand', async () => {
		const {run, told} = setScene(wantsAll);
		const many = Array.from({length: 1000}, (_, index) => finished(`r${index}`, failed()));
		const report = sourceFinished({inScope: 1000, failed: 1000, exitCode: 3});
		await run(play([runStarted(), sourceStarted, ...many, report, runFinished(3)], 3));
		const {title, text} = new Map(told).get('slack') ?? {text: ''};
		expect(title).toBe('Cistern: 1,000 of 1,000 repositories of acme are not saved');
		expect(text.match(/✖/g)?.length).toBe(20);
		expect(text).toContain('and 980 more');
	});
});

describe('a backup is told although', () => {
	const settingsLoader =
		({world}: Scene) =>
		async (): Promise<ExitCode> => {
			const signal = new AbortController().signal;
			await loadSettings(invoke('--yes').options, world, {credentials: true, signal});
			return 0;
		};

	it.each([
		['an unknown key stands below', `${wantsAll}ignorRepos: [x]\n`, 'ignorRepos'],
		[
			'a bracket is missing below',
			`${wantsAll}options: {backup: [\n`,
			'settings.yml:9:1: this line',
		],
		[
			'the command for the token fails',
			wantsAll.replace('name: acme}', "name: acme, passwordCommand: 'exit 7'}"),
			'ended with exit code 7',
		],
		['another target is wrong', `${wantsAll}  - slak: https://x.example\n`, 'slak'],
		['a variable of another target is not set', `${wantsAll}  - ntfy: '%TOPIC%'\n`, 'TOPIC'],
	])('%s', async (_, settings, words) => {
		const scene = setScene(settings);
		await expect(scene.run(settingsLoader(scene))).rejects.toThrow(StopError);
		const message = new Map(scene.told).get('slack');
		expect(message).toMatchObject({
			why: 'failed',
			exitCode: 1,
			title: 'Cistern: the backup could not work',
			text: expect.stringContaining(words),
		});
	});

	it('a defect is thrown, in a promise or outside of all', async () => {
		const {run, told} = setScene(wantsAll);
		await expect(run(throws(new TypeError('oops')))).rejects.toThrow('oops');
		const crash = Promise.reject(new TypeError('again'));
		crash.catch(() => undefined);
		await expect(run(() => new Promise(() => {}), ['--yes'], crash)).rejects.toThrow('again');
		expect(told.filter(([name]) => name === 'ping').map(([, {exitCode}]) => exitCode)).toEqual([
			1, 1,
		]);
		expect(new Map(told.slice(0, 3)).get('slack')?.text).toContain('oops');
	});
});

describe('a verify of everything', () => {
	const verdict = (slug: string, isDamaged: boolean): VerifyEvent => ({
		type: 'verified',
		source: 'acme',
		repository: `acme/${slug}`,
		folder: `acme#${slug}`,
		findings: isDamaged ? [{kind: 'mirror-missing', mirror: 'repo'}] : [],
		isMarked: isDamaged,
		goneSince: undefined,
	});

	it('is told of damage and when all is whole again, and never to a ping', async () => {
		const scene = setScene(wantsAll);
		const verify = (isDamaged: boolean, ...argv: readonly string[]): Promise<ExitCode> => {
			const invocation = parseArguments(['verify', '--yes', ...argv], {});
			if (invocation.command !== 'verify') {
				throw new TypeError('not understood');
			}

			const signal = new AbortController().signal;
			const crash = new Promise<never>(() => {});
			return tellingVerify({world: scene.world, signal, crash}, invocation, async (observe) => {
				observe?.(verdict('api', isDamaged));
				observe?.(verdict('web', false));
				return isDamaged ? 3 : 0;
			});
		};
		expect(await verify(true)).toBe(3);
		await verify(false);
		await verify(true, 'api');
		expect(scene.told.filter(([name]) => name !== 'webhook')).toEqual([
			['slack', expect.objectContaining({title: 'Cistern: 1 of 2 saved repositories is damaged'})],
			[
				'slack',
				expect.objectContaining({title: 'Cistern: the backup was verified and is whole again'}),
			],
		]);
		expect(scene.told[0]?.[1].text).toContain('acme/api');
		// A backup has a memory of its own.
		await scene.run(play(oneFailed, 3));
		expect(scene.told.at(-1)?.[1].why).toBe('failed');
	});
});

describe('nobody is told', () => {
	it.each<[string, readonly string[], boolean, ExitCode]>([
		['of a dry run', ['--yes', '--dry-run'], false, 0],
		['of a part', ['--yes', '--only', 'api'], false, 3],
		['of a run that a user watches', [], true, 3],
		['of a run that found another at work', ['--yes'], false, 11],
		['of a run that was interrupted', ['--yes'], false, 130],
	])('%s', async (_, argv, isInteractive, exitCode) => {
		const {run, told, started} = setScene(wantsAll, isInteractive);
		expect(await run(play([runStarted()], exitCode), argv)).toBe(exitCode);
		expect([told, started]).toEqual([[], []]);
	});
});

describe('a message that cannot be sent', () => {
	it('changes no exit code, is named at once and by status, and is sent the next time', async () => {
		const {world, run, told, terminal} = setScene(
			wantsAll.replace('https://hooks.slack.com/x', 'https://hooks.slack.com/dead-s3cret'),
		);
		expect(await run(play(oneFailed, 3))).toBe(3);
		expect(terminal.error()).toBe('Could not tell slack: hooks.slack.com answered 404.\n');
		const asked = parseArguments(['status'], {});
		expect(asked.command === 'status' && (await status(world, asked))).toBe(0);
		expect(terminal.out().replaceAll(/\s+/g, ' ')).toMatch(
			/The last run could not tell slack, .*: hooks\.slack\.com answered 404\. Try it: cistern tell --test/,
		);
		await run(play(oneFailed, 3));
		expect(told.filter(([name]) => name === 'slack').length).toBe(2);
	});
});

describe('what upstream took away', () => {
	const acme = setUpWorkspace();

	it('is told in the same night, with the way back, and the token is in no message', async () => {
		const [{path}] = await acme.addSaved('api', 'web');
		const sink = await startTellSink();
		const home = makeTemporaryFolder();
		const file = join(home, '.config', 'settings.yml');
		mkdirSync(dirname(file));
		writeFileSync(
			file,
			`localFolder: ${acme.folder}
sources:
  - {title: acme, type: org, name: acme, authName: ann, apiAuthName: ann@example.com, password: '%TOKEN%', apiUrl: '${acme.sandbox.apiUrl}'}
tell:
  - {webhook: '${sink.origin}/hook', when: news}
  - {slack: '${sink.origin}/slack', when: problems}
  - {command: 'env > ${home}/env', when: always}
`,
			{mode: 0o600},
		);
		const environment = {...process.env, TOKEN: canaryToken, CISTERN_TOKEN: canaryToken};
		const world: World = {
			...makeWorld(acme.clock),
			environment,
			settings: openSettings({
				platform: 'linux',
				home,
				folder: dirname(file),
				input: Readable.from([]),
			}),
			terminal: createFakeTerminal({isInteractive: false, canAsk: false}),
			telling: openTelling({agents: makeAgents(), version: '1', environment, folder: home}),
		};
		const night = (): Promise<ExitCode> => {
			const signal = new AbortController().signal;
			const invocation = invoke('--yes', '--quiet');
			const crash = new Promise<never>(() => {});
			return telling({world, signal, crash}, invocation, (observe) =>
				backup(world, invocation, signal, observe),
			);
		};
		await forcePush(path);
		acme.clock.advance(86_400_000);

		expect(await night()).toBe(0);

		const told = sink.requests.map(({url, body}) => [url, JSON.parse(body)]);
		expect(told.map(([url]) => url)).toEqual(['/hook']);
		expect(told[0]?.[1]).toMatchObject({
			why: 'news',
			title: 'Cistern: main of acme/api was rewritten on Bitbucket; its old state is kept',
			text: expect.stringMatching(
				/1 commit only here now\n +cistern restore api --at \S+Z --to DIR/,
			),
		});

		rmSync(acme.folder, {recursive: true});
		mkdirSync(acme.folder);
		writeFileSync(join(acme.folder, 'acme'), 'no folder');
		expect(await night()).toBe(1);
		expect(
			sink.requests
				.slice(1)
				.map(({url}) => url)
				.toSorted(),
		).toEqual(['/hook', '/slack']);
		const all = JSON.stringify(sink.requests) + readFileSync(join(home, 'env'), 'utf8');
		expect(all).toContain('CISTERN_WHY=failed');
		expect(all).not.toContain(canaryToken);
		expect(all).not.toContain(Buffer.from(canaryToken).toString('base64').slice(4, 30));
	});
});
