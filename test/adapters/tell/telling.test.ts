import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {makeAgents} from '../../../source/adapters/network/agents.ts';
import {openTelling} from '../../../source/adapters/tell/open-telling.ts';
import type {Message} from '../../../source/domain/tell/message.ts';
import type {Target, TargetKind} from '../../../source/domain/tell/target.ts';
import {deliver} from '../../../source/engine/tell/deliver.ts';
import type {Sent, Telling} from '../../../source/ports/telling.ts';
import {compileSchema} from '../../helpers/event-schema.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {startTellSink} from '../../helpers/tell-sink.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const open = (environment = {}): Telling =>
	openTelling({agents: makeAgents(), version: '1', environment, folder: makeTemporaryFolder()});

const never = new AbortController().signal;

const message: Message = {
	run: '6f6d9d54-6a4e-4ef0-a34f-27f7f1f4f9b1',
	why: 'failed',
	title: 'Cistern: 1 of 315 repositories of acme is not saved',
	text: 'legacy-billing  <!channel> @everyone [x](http://evil.example) ```\n',
	exitCode: 3,
	sources: ['acme'],
	duration: 12_400,
	result: undefined,
	thread: undefined,
};

const target = (kind: TargetKind, secrets: Readonly<Record<string, string>>): Target =>
	({
		name: kind,
		when: 'always',
		names: true,
		way: {kind, secrets: {}, line: secrets['line'] ?? ''},
		reveal: (key: string) => secrets[key],
		withoutSecrets: (all: object) => all,
	}) as Target;

describe('a service over HTTP gets', () => {
	const send = async (
		kind: TargetKind,
		path: string,
		changes: Partial<Message> = {},
		secrets: Readonly<Record<string, string>> = {},
	) => {
		const sink = await startTellSink();
		const sent = await open().send(
			target(kind, {...secrets, [kind]: `${sink.origin}${path}`}),
			{...message, ...changes},
			never,
		);
		expect(sent).toEqual({state: 'sent'});
		const [request] = sink.requests;
		return {...request, json: () => JSON.parse(request?.body ?? '')};
	};

	it('an exit code and the counts, as healthchecks takes them', async () => {
		const {method, url, body} = await send('ping', '/uuid');
		expect([method, url]).toEqual(['POST', `/uuid/3?rid=${message.run}`]);
		expect(body).toContain(message.title);
		const sink = await startTellSink();
		await open().sendStart(target('ping', {ping: `${sink.origin}/uuid/`}), message.run, never);
		expect(sink.requests[0]?.url).toBe(`/uuid/start?rid=${message.run}`);
	});

	it('up or down, as Uptime Kuma takes it', async () => {
		const {method, url} = await send('ping', '/api/push/abc?status=up');
		expect(method).toBe('GET');
		const query = new URL(url ?? '', 'http://x').searchParams;
		expect([query.get('status'), query.get('ping')]).toEqual(['down', '12400']);
		expect((await send('ping', '/api/push/abc', {exitCode: 0})).url).toContain('status=up');
	});

	it('a topic and a priority, as ntfy takes them', async () => {
		const {url, headers, json} = await send('ntfy', '/base/my-topic', {}, {token: 'tk_1'});
		expect(url).toBe('/base');
		expect(headers?.['authorization']).toBe('Bearer tk_1');
		expect(json()).toMatchObject({topic: 'my-topic', title: message.title, priority: 4});
		expect((await send('ntfy', '/t', {exitCode: 12})).json()).toMatchObject({priority: 5});
		expect((await send('ntfy', '/t', {why: 'well-again', exitCode: 0})).json()).toMatchObject({
			priority: 3,
		});
	});

	it('text in which no name calls anybody or becomes a link', async () => {
		const slack = (await send('slack', '/hook')).json();
		expect(slack.text).toContain('&lt;!channel&gt;');
		const discord = (await send('discord', '/hook', {text: 'x\n'.repeat(5000)})).json();
		expect(discord.content.length).toBeLessThanOrEqual(2000);
		expect(discord.allowed_mentions).toEqual({parse: []});
		expect((await send('discord', '/hook')).json().content.slice(4, -4)).not.toContain('`');
		const teams = (await send('teams', '/hook')).json();
		expect(JSON.stringify(teams)).not.toContain('"TextBlock"');
		expect(teams.attachments[0].content.body[1].inlines[0].text).toBe(message.text.trimEnd());
	});

	it('a line of the JSON contract, with a header of its own', async () => {
		const header = 'Authorization: Bearer hook';
		const result = {v: 1, type: 'result'};
		const {headers, json} = await send('webhook', '/in', {result}, {header});
		expect(headers?.['authorization']).toBe('Bearer hook');
		expect(json()).toMatchObject({why: 'failed', exitCode: 3, result});
		const validate = await compileSchema();
		const told = (await send('webhook', '/in')).json();
		expect(validate(told) || validate.errors).toBe(true);
	});
});

describe('an answer of a service', () => {
	const answers = async (
		answer: Parameters<Awaited<ReturnType<typeof startTellSink>>['answer']> extends infer Given
			? (...given: Given extends readonly unknown[] ? Given : never) => void
			: never,
	): Promise<{sent: Sent; asked: number}> => {
		const sink = await startTellSink();
		sink.answer = answer;
		const sent = await open().send(
			target('slack', {slack: `${sink.origin}/s3cret`}),
			message,
			never,
		);
		return {sent, asked: sink.requests.length};
	};

	it('that is no success is told by its status, and never by the address', async () => {
		const {sent} = await answers((response) => response.writeHead(404).end('/s3cret'));
		expect(sent).toMatchObject({state: 'failed', mayPass: false});
		expect(JSON.stringify(sent)).toMatch(/127\.0\.0\.1:\d+ answered 404"/);
	});

	it('that redirects is not followed', async () => {
		const other = await startTellSink();
		const {sent} = await answers((response) =>
			response.writeHead(307, {location: other.origin}).end(),
		);
		expect(sent).toMatchObject({state: 'failed'});
		expect(other.requests).toEqual([]);
	});

	it('that has no end is not read', async () => {
		const {sent} = await answers((response) => {
			response.writeHead(200);
			response.write('x'.repeat(1_000_000));
		});
		expect(sent).toEqual({state: 'sent'});
	});

	it('that fails once is asked for again, three times at most', async () => {
		const sink = await startTellSink();
		const telling = open();
		const clock = createFakeClock();
		const slack = target('slack', {slack: sink.origin});
		const tell = (): Promise<string | undefined> =>
			deliver(() => telling.send(slack, message, never), clock, never);
		sink.answer = (response, index) => response.writeHead(index === 0 ? 503 : 200).end();
		expect(await tell()).toBeUndefined();
		expect(sink.requests.length).toBe(2);
		sink.answer = (response) => response.writeHead(503).end();
		expect(await tell()).toContain('answered 503');
		expect(sink.requests.length).toBe(5);
	});

	it('that never comes is not waited for when the time is over', async () => {
		const sink = await startTellSink();
		const over = new AbortController();
		sink.answer = () => over.abort();
		const slack = target('slack', {slack: sink.origin});
		const reason = await deliver(
			() =>
				open()
					.send(slack, message, over.signal)
					.catch(() => new Promise<Sent>(() => {})),
			createFakeClock(),
			over.signal,
		);
		expect(reason).toBe('no time was left');
	});

	it('is not awaited of an address that is none', async () => {
		const sent = await open().send(target('slack', {slack: 'hooks.slack.com/x'}), message, never);
		expect(sent).toMatchObject({state: 'failed', mayPass: false});
	});
});

describe('a command', () => {
	it('gets names by its input and environment alone, and no secret', async () => {
		const folder = makeTemporaryFolder();
		const line = `{ cat; echo "$CISTERN_WHY $CISTERN_TITLE $CISTERN_EXIT_CODE $CISTERN_SOURCES"; env; } > ${folder}/told`;
		const title = 'Cistern: $(touch gone) `touch gone`';
		const told = {
			...target('command', {line}),
			withoutSecrets: (all: Readonly<Record<string, string | undefined>>) =>
				Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'CISTERN_TOKEN')),
		};
		const environment = {PATH: process.env['PATH'], CISTERN_TOKEN: 'canary'};
		expect(await open(environment).send(told, {...message, title}, never)).toEqual({state: 'sent'});
		const text = readFileSync(join(folder, 'told'), 'utf8');
		expect(text).toContain(message.text);
		expect(text).toContain(`failed ${title} 3 acme`);
		expect(text).not.toContain('canary');
	});

	it('that fails is told with its own words', async () => {
		const line = 'echo no such room >&2; exit 4';
		expect(await open().send(target('command', {line}), message, never)).toMatchObject({
			reason: 'it ended with exit code 4: no such room',
		});
	});
});
