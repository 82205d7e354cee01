import {execFileSync} from 'node:child_process';
import {type AddressInfo, createServer} from 'node:net';
import tls from 'node:tls';
import {SMTPServer, type SMTPServerOptions} from 'smtp-server';
import {beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import {sendMail} from '../../../source/adapters/tell/mail.ts';
import type {Message} from '../../../source/domain/tell/message.ts';
import type {MailRoute} from '../../../source/domain/tell/target.ts';
import {deliver} from '../../../source/engine/tell/deliver.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';

/** A certificate for localhost, which is its own authority. */
const makeCertificate = (): {readonly key: string; readonly cert: string} => {
	const text = execFileSync(
		'openssl',
		[
			...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', '-'],
			...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
		],
		{stdio: ['ignore', 'pipe', 'ignore']},
	).toString();
	const [key = '', cert = ''] = text.split(/(?=-----BEGIN CERT)/);
	return {key, cert};
};

const trusted = makeCertificate();

type Mail = {
	readonly secure: boolean;
	readonly user: unknown;
	readonly to: readonly string[];
	readonly text: string;
};

/** A real mail server that keeps what it gets; its user is backup with the password s3cret. */
const startServer = async (
	options: SMTPServerOptions = {},
): Promise<{port: number; mails: Mail[]}> => {
	const mails: Mail[] = [];
	const server = new SMTPServer({
		authOptional: true,
		onAuth: ({username, password}, _, done) =>
			username === 'backup' && password === 's3cret'
				? done(null, {user: username})
				: done(new Error('no')),
		onData: (stream, {secure, user, envelope}, done) => {
			let text = '';
			stream.setEncoding('utf8').on('data', (part: string) => {
				text += part;
			});
			stream.on('end', () => {
				mails.push({secure, user, to: envelope.rcptTo.map(({address}) => address), text});
				done();
			});
		},
		...options,
	});
	server.on('error', () => undefined);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
	onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
	return {port: (server.server.address() as AddressInfo).port, mails};
};

const route = (port: number, changes: Partial<MailRoute> = {}): MailRoute => ({
	from: 'backup@example.com',
	to: ['ann@example.com', 'ben@example.com'],
	server: 'localhost',
	port,
	tls: 'offered',
	userName: undefined,
	...changes,
});

const message: Message = {
	run: '6f6d9d54-6a4e-4ef0-a34f-27f7f1f4f9b1',
	why: 'failed',
	title: 'Cistern: main of acme/api was rewritten – kept',
	text: 'Zürich\n.\nBcc: eve@example.com\n',
	exitCode: 3,
	sources: ['acme'],
	duration: 1,
	result: undefined,
	thread: 'the-first',
};

const open = {hideSTARTTLS: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true};
const ann = {userName: 'backup'};

beforeAll(() => {
	const before = tls.getCACertificates('default');
	tls.setDefaultCACertificates([...before, trusted.cert]);
	return () => tls.setDefaultCACertificates(before);
});

describe('a mail', () => {
	it('goes to all receivers as plain text, into the thread of its trouble', async () => {
		const {port, mails} = await startServer(open);
		expect(await sendMail(route(port), undefined, message)).toEqual({state: 'sent'});
		const [mail] = mails;
		expect(mail?.to).toEqual(['ann@example.com', 'ben@example.com']);
		expect(mail?.text).toContain('Auto-Submitted: auto-generated');
		expect(mail?.text).toContain(`Message-ID: <${message.run}@cistern.invalid>`);
		expect(mail?.text).toContain('References: <the-first@cistern.invalid>');
		expect(mail?.text).toContain('Content-Type: text/plain; charset=utf-8');
	});

	it.each<[string, SMTPServerOptions, Partial<MailRoute>]>([
		['STARTTLS', trusted, {...ann, tls: 'needed'}],
		['TLS from the start', {...trusted, secure: true}, {...ann, tls: 'first'}],
	])('goes with its password over %s', async (_, options, changes) => {
		const {port, mails} = await startServer(options);
		expect(await sendMail(route(port, changes), 's3cret', message)).toEqual({state: 'sent'});
		expect(mails[0]).toMatchObject({secure: true, user: 'backup'});
	});

	it('does not send its password where the server offers no TLS, unless that is allowed', async () => {
		const {port, mails} = await startServer(open);
		expect(await sendMail(route(port, {...ann, tls: 'needed'}), 's3cret', message)).toMatchObject({
			mayPass: false,
			reason: expect.stringContaining('offers no TLS'),
		});
		expect(mails).toEqual([]);
		expect(await sendMail(route(port, ann), 's3cret', message)).toEqual({state: 'sent'});
		expect(mails[0]).toMatchObject({secure: false, user: 'backup'});
	});

	it('does not trust a certificate of an unknown authority', async () => {
		const {port} = await startServer(makeCertificate());
		expect(await sendMail(route(port), undefined, message)).toMatchObject({
			mayPass: false,
			reason: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
		});
	});

	it.each<[string, SMTPServerOptions, Partial<MailRoute>, object]>([
		['a wrong password', open, ann, {mayPass: false, reason: expect.stringContaining('refused')}],
		[
			'greylisting',
			{
				...open,
				onRcptTo: (_address, _session, done) =>
					done(Object.assign(new Error('try later'), {responseCode: 451})),
			},
			{},
			{mayPass: true, reason: expect.stringContaining('451')},
		],
		[
			'a refused receiver',
			{
				...open,
				onRcptTo: (_address, _session, done) =>
					done(Object.assign(new Error('not here'), {responseCode: 550})),
			},
			{},
			{mayPass: false, reason: expect.stringContaining('550')},
		],
	])('tells %s', async (_, options, changes, expected) => {
		const {port} = await startServer(options);
		expect(await sendMail(route(port, changes), 'wrong', message)).toMatchObject(expected);
	});

	it('tells a server that is not there', async () => {
		expect(await sendMail(route(1), undefined, message)).toMatchObject({
			mayPass: true,
			reason: 'localhost:1 could not be reached: it refused the connection',
		});
		const nowhere = route(25, {server: 'mail.invalid'});
		expect(await sendMail(nowhere, undefined, message)).toMatchObject({
			mayPass: true,
			reason: expect.stringMatching(/^mail\.invalid:25 could not be reached/),
		});
	});

	it('does not wait for a server that never greets, or never says that it took the mail', async () => {
		const silent = createServer(() => undefined);
		await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
		onTestFinished(() => void silent.close());
		const {port} = silent.address() as AddressInfo;
		const late = {
			state: 'failed',
			mayPass: true,
			reason: expect.stringContaining('did not answer in time'),
		};
		expect(await sendMail(route(port), undefined, message, 50)).toEqual(late);
		const slow = await startServer({...open, onData: (stream) => void stream.resume()});
		expect(await sendMail(route(slow.port), undefined, message, 200)).toEqual(late);
	});

	it('goes once through greylisting, which refuses the first try', async () => {
		let tries = 0;
		const {port, mails} = await startServer({
			...open,
			onRcptTo: (_address, _session, done) => {
				tries += 1;
				done(tries <= 2 ? Object.assign(new Error('try later'), {responseCode: 451}) : undefined);
			},
		});
		const never = new AbortController().signal;
		const sent = await deliver(
			() => sendMail(route(port), undefined, message),
			createFakeClock(),
			never,
		);
		expect([sent, mails.length]).toEqual([undefined, 1]);
	});
});
