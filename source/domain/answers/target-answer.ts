import {Secret} from '../settings/settings.ts';
import type {TargetKind} from '../tell/target.ts';
import {isEmailAddress} from './checks.ts';

/** The targets that are one link. */
export type LinkKind = Exclude<TargetKind, 'email' | 'command'>;

/** The person or service that is to be told. A link alone lets anyone write there, so it is a secret. */
export type TargetAnswer =
	| {readonly kind: 'nobody'}
	/** Several addresses have `;` between them. */
	| {readonly kind: 'email'; readonly to: string}
	| {readonly kind: LinkKind; readonly link: Secret};

/** A target with everything that is needed to reach it. */
export type ReachedTarget =
	| Exclude<TargetAnswer, {readonly kind: 'nobody' | 'email'}>
	| (Extract<TargetAnswer, {readonly kind: 'email'}> & {
			/** `smtp.example.com` or `smtp.example.com:587`. */
			readonly server: string;
			/** Empty if the server wants none. */
			readonly userName: string;
			readonly password: Secret | undefined;
	  });

/** Recognises an address or a link by its form. Gives a sentence for any other text. */
export const readTargetAnswer = (text: string): TargetAnswer | string => {
	if (text === '') {
		return {kind: 'nobody'};
	}

	const plain = text.replace(/^mailto:/i, '');
	const addresses = plain.split(/[;,]/).map((address) => address.trim());
	if (addresses.every(isEmailAddress)) {
		return {kind: 'email', to: addresses.join(';')};
	}

	const url = URL.parse(withoutScheme.test(text) ? `https://${text}` : text);
	return url?.protocol === 'https:' || url?.protocol === 'http:'
		? readLink(url)
		: 'This is neither an e-mail address nor a link that begins with https://.';
};

/** `ntfy.sh/my-topic` */
const withoutScheme = /^[\w-]+(\.[\w-]+)+(:\d+)?\//;

const readLink = (url: URL): TargetAnswer | string => {
	const page = pages.find(({host}) => host.test(url.host));
	const known = links.find(({fits}) => fits(url));
	if (known === undefined && page !== undefined) {
		return `This is a page of ${page.name}. ${page.hint}`;
	}

	return {kind: known?.kind ?? 'webhook', link: new Secret(url.href)};
};

const links: readonly {readonly kind: LinkKind; readonly fits: (url: URL) => boolean}[] = [
	{kind: 'slack', fits: ({host}) => /^hooks\.slack(-gov)?\.com$/.test(host)},
	{
		kind: 'discord',
		fits: ({host, pathname}) =>
			/(^|\.)discord(app)?\.com$/.test(host) && pathname.startsWith('/api/webhooks/'),
	},
	// Workflows of Power Automate, and the connectors of Office 365 before them.
	{
		kind: 'teams',
		fits: ({hostname}) =>
			/\.(webhook\.office\.com|logic\.azure\.(com|us|cn)|powerplatform\.com)$/.test(hostname),
	},
	// healthchecks.io, one's own Healthchecks, and a push monitor of Uptime Kuma.
	{
		kind: 'ping',
		fits: ({host, pathname}) =>
			host === 'hc-ping.com' || /\/api\/push\/|\/ping\/[\w-]{8}/.test(pathname),
	},
	{
		kind: 'ntfy',
		fits: ({host, pathname}) => host.startsWith('ntfy.') && pathname.length > 1,
	},
];

/** Addresses that people copy from the browser by mistake. */
const pages: readonly {readonly host: RegExp; readonly name: string; readonly hint: string}[] = [
	{
		host: /(^|\.)slack\.com$/,
		name: 'Slack',
		hint: 'The link of an incoming webhook begins with https://hooks.slack.com/.',
	},
	{
		host: /(^|\.)discord(app)?\.com$/,
		name: 'Discord',
		hint: 'The link of a webhook begins with https://discord.com/api/webhooks/.',
	},
	{
		host: /^teams\.(microsoft|live|cloud\.microsoft)/,
		name: 'Teams',
		hint: 'The link that is needed comes from a workflow which posts a card.',
	},
	{
		host: /(^|\.)healthchecks\.io$/,
		name: 'healthchecks.io',
		hint: 'The address to ping begins with https://hc-ping.com/.',
	},
	{
		host: /^ntfy\./,
		name: 'ntfy',
		hint: 'A link of ntfy ends with a topic: https://ntfy.sh/my-topic.',
	},
];

/** As it may be shown: of a link, the host alone. */
export const describeTarget = (answer: Exclude<TargetAnswer, {readonly kind: 'nobody'}>): string =>
	answer.kind === 'email'
		? answer.to.replaceAll(';', ', ')
		: `${answer.kind} at ${URL.parse(answer.link.reveal())?.host ?? ''}`;

/** A mail server that the domain of an address probably has. Port 587 is the usual one for users. */
export const proposeMailServer = (to: string): string =>
	`smtp.${to.split(';')[0]?.split('@')[1] ?? ''}:587`;
