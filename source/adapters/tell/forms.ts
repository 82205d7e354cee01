import {exitCodes} from '../../domain/failure/exit-code.ts';
import type {Why} from '../../domain/tell/decide.ts';
import type {Message} from '../../domain/tell/message.ts';
import type {Target, TargetKind} from '../../domain/tell/target.ts';
import type {TellRequest} from './post.ts';

/** Kinds that are told by one request. */
export type PostedKind = Exclude<TargetKind, 'command' | 'email'>;

/** The request that tells a service in its own form. */
export const requestOf = (
	kind: PostedKind,
	address: URL,
	target: Target,
	message: Message,
): TellRequest => {
	switch (kind) {
		case 'ping':
			return isPush(address) ? pushOf(address, message) : pingOf(address, message);
		case 'ntfy':
			return ntfyOf(address, target.reveal('token'), message);
		case 'slack':
			return jsonTo(address, {text: escapeForSlack(bodyOf(message, 30_000)), mrkdwn: false});
		case 'discord':
			return jsonTo(address, {
				content: asBlock(bodyOf(message, 1900)),
				allowed_mentions: {parse: []},
			});
		case 'teams':
			return jsonTo(address, cardOf(message));
		case 'webhook':
			return webhookOf(address, target.reveal('header'), message);
	}
};

/** healthchecks.io gets a ping at the start too, so that it can measure how long the run takes. */
export const startRequestOf = (address: URL, run: string): TellRequest | undefined =>
	isPush(address) ? undefined : {url: withPath(address, `/start`, run), body: ''};

const jsonTo = (url: URL, content: object, headers = {}): TellRequest => ({
	url,
	headers: {'content-type': 'application/json', ...headers},
	body: JSON.stringify(content),
});

const bodyOf = ({title, text}: Message, most: number): string =>
	cutTo(`${title}\n\n${text.trimEnd()}`, most);

/** At most `most` UTF-16 units, cut between lines if that is possible. */
const cutTo = (text: string, most: number): string => {
	if (text.length <= most) {
		return text;
	}

	const start = text.slice(0, most - 2);
	const end = start.lastIndexOf('\n');
	return `${end > most / 2 ? start.slice(0, end) : start}\n…`;
};

const withPath = (address: URL, path: string, run: string): URL => {
	const url = new URL(address);
	url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
	url.searchParams.set('rid', run);
	return url;
};

/** The exit code is the signal: 0 is success (healthchecks.io, "Signaling failures"). */
const pingOf = (address: URL, message: Message): TellRequest => ({
	url: withPath(address, `/${message.exitCode}`, message.run),
	headers: {'content-type': 'text/plain; charset=utf-8'},
	body: bodyOf(message, 90_000),
});

/** A push monitor of Uptime Kuma. */
const isPush = ({pathname}: URL): boolean => pathname.includes('/api/push/');

const pushOf = (address: URL, {exitCode, title, duration}: Message): TellRequest => {
	const url = new URL(address);
	url.searchParams.set('status', exitCode === exitCodes.done ? 'up' : 'down');
	url.searchParams.set('msg', title.slice(0, 200));
	url.searchParams.set('ping', String(Math.round(duration)));
	return {url};
};

/** Priorities of ntfy: 3 is the usual one, 5 rings through. */
const priorityOf = (why: Why, exitCode: number): number => {
	if (exitCode === exitCodes.refused) {
		return 5;
	}

	return why === 'failed' || why === 'worse' || why === 'still-failed' || why === 'attention'
		? 4
		: 3;
};

/** JSON to the server's root, so that no name can break a header. The topic is the last part of the path. */
const ntfyOf = (address: URL, token: string | undefined, message: Message): TellRequest => {
	const url = new URL(address);
	const parts = url.pathname.split('/').filter((part) => part !== '');
	const topic = decodeURIComponent(parts.at(-1) ?? '');
	url.pathname = `/${parts.slice(0, -1).join('/')}`;
	return jsonTo(
		url,
		{
			topic,
			title: message.title,
			message: cutTo(message.text, 3500),
			priority: priorityOf(message.why, message.exitCode),
			tags: [message.exitCode === exitCodes.done ? 'white_check_mark' : 'warning'],
		},
		token === undefined ? {} : {authorization: `Bearer ${token}`},
	);
};

/** Slack reads `<!channel>` as a call to all; these three escapes are all that it knows. */
const escapeForSlack = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Discord reads no Markdown inside a block of code. */
const asBlock = (text: string): string => `\`\`\`\n${text.replaceAll('`', "'")}\n\`\`\``;

/** Runs of text in an adaptive card are no Markdown, unlike its text blocks. */
const cardOf = (message: Message): object => ({
	type: 'message',
	attachments: [
		{
			contentType: 'application/vnd.microsoft.card.adaptive',
			content: {
				type: 'AdaptiveCard',
				$schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
				version: '1.4',
				msteams: {width: 'Full'},
				body: [
					textOf(message.title, {weight: 'Bolder'}),
					...cutTo(message.text.trimEnd(), 15_000)
						.split('\n')
						.map((line) => textOf(line === '' ? ' ' : line, {fontType: 'Monospace'})),
				],
			},
		},
	],
});

const textOf = (text: string, look: object): object => ({
	type: 'RichTextBlock',
	spacing: 'None',
	inlines: [{type: 'TextRun', text, ...look}],
});

const webhookOf = (address: URL, header: string | undefined, message: Message): TellRequest => {
	const {why, title, text, exitCode, sources, result} = message;
	const [, name, value] = /^\s*([\w-]+)\s*:\s*(.*?)\s*$/.exec(header ?? '') ?? [];
	return jsonTo(
		address,
		{v: 1, type: 'told', why, title, text, exitCode, sources, result},
		name === undefined ? {} : {[name.toLowerCase()]: value},
	);
};
