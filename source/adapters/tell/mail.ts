// The halves of nodemailer that write a message and speak SMTP: all of it loads twice as much.
import MimeNode from 'nodemailer/lib/mime-node';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type {Message} from '../../domain/tell/message.ts';
import type {MailRoute} from '../../domain/tell/target.ts';
import {toExcerpt} from '../../domain/text/printable-text.ts';
import type {Sent} from '../../ports/telling.ts';
import {attemptTimeout} from './post.ts';

/** The library's errors carry these (nodemailer, "Error handling"). */
type MailError = Error & {
	readonly code?: string;
	readonly responseCode?: number;
	readonly response?: string;
};

/** Sends a message as plain text by SMTP. The server's certificate is checked. `timeout`: milliseconds. */
export const sendMail = async (
	route: MailRoute,
	password: string | undefined,
	message: Message,
	timeout: number = attemptTimeout,
): Promise<Sent> => {
	const mail = new MimeNode('text/plain; charset=utf-8')
		.setHeader(headersOf(route, message))
		.setContent(message.text);
	const connection = new SMTPConnection({
		host: route.server,
		port: route.port,
		secure: route.tls === 'first',
		requireTLS: route.tls === 'needed',
		connectionTimeout: timeout,
		greetingTimeout: timeout,
		socketTimeout: timeout,
	});
	const failed = new Promise<never>((_, reject) => {
		connection.on('error', reject);
	});
	const speak = async (): Promise<void> => {
		await answerTo((done) => connection.connect(done));
		if (route.userName !== undefined && connection.allowsAuth) {
			const user = {user: route.userName, pass: password ?? ''};
			await answerTo((done) => connection.login(user, done));
		}

		const bytes = await mail.build();
		await answerTo((done) => connection.send(mail.getEnvelope(), bytes, done));
	};
	try {
		await Promise.race([speak(), failed]);
		return {state: 'sent'};
	} catch (error) {
		return explain(error as MailError, route);
	} finally {
		connection.close();
	}
};

const headersOf = (route: MailRoute, {title, run, thread}: Message) => ({
	from: {name: 'Cistern', address: route.from},
	to: [...route.to],
	subject: title,
	'message-id': `<${run}@cistern.invalid>`,
	...(thread === undefined || thread === run ? {} : {references: `<${thread}@cistern.invalid>`}),
	'auto-submitted': 'auto-generated',
});

const answerTo = (ask: (done: (error?: Error | null) => void) => void): Promise<void> =>
	new Promise((resolve, reject) => {
		ask((error) => (error ? reject(error) : resolve()));
	});

/** Errors of OpenSSL and Node about a certificate that does not prove the server's name. */
const untrusted = /self.signed|unable to (get|verify)|issuer|certificate|altnames/i;

const explain = (error: MailError, {server, port}: MailRoute): Sent => {
	const {code, responseCode, message} = error;
	const where = `${server}:${port}`;
	if (untrusted.test(message)) {
		const reason = `the certificate of ${where} is not trusted (${toExcerpt(message)}); name its authority in NODE_EXTRA_CA_CERTS`;
		return {state: 'failed', reason, mayPass: false};
	}

	if (code === 'ETLS' && /upgrade|STARTTLS/i.test(message)) {
		const reason = `${where} offers no TLS, and the password is not sent without; "tls: none" allows it`;
		return {state: 'failed', reason, mayPass: false};
	}

	if (code === 'EAUTH') {
		return {state: 'failed', reason: `${where} refused the name or password`, mayPass: false};
	}

	if (responseCode !== undefined) {
		const reason = `${where} answered ${toExcerpt(error.response ?? String(responseCode))}`;
		return {state: 'failed', reason, mayPass: responseCode >= 400 && responseCode < 500};
	}

	return {state: 'failed', reason: describeConnection(where, error), mayPass: true};
};

/** nodemailer gives one code to all of them, and Node's own code in the message. */
const describeConnection = (where: string, {code, message}: MailError): string => {
	if (code === 'ETIMEDOUT' || /timeout/i.test(message)) {
		return `${where} did not answer in time`;
	}

	if (message.includes('ECONNREFUSED')) {
		return `${where} could not be reached: it refused the connection`;
	}

	return /ENOTFOUND|EDNS/.test(`${code} ${message}`)
		? `${where} could not be reached: its name is unknown`
		: `${where} could not be reached (${toExcerpt(message)})`;
};
