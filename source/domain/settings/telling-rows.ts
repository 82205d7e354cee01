import type {SettingRow} from './setting-row.ts';

const when = {
	kind: 'text',
	choices: ['always', 'news', 'problems'],
	check: (text: string) =>
		/^(always|news|problems)$/.test(text) ? undefined : 'must be always, news or problems',
} as const;

export const email = {
	from: {
		kind: 'text',
		help: 'The sender.',
		examples: ['backup@example.com'],
		missing: 'the address that the mails come from',
	},
	to: {
		kind: 'text',
		help: 'The receiver; several with ; between them.',
		examples: ['ann@example.com;ben@example.com'],
		missing: 'the address that the mails go to',
	},
	server: {
		kind: 'text',
		help: 'The mail server.',
		examples: ['smtp.example.com'],
		missing: 'the name of the mail server',
	},
	port: {
		kind: 'text',
		help: 'Its port. With 0 or without it: 25, and 465 with useSsl.',
		examples: ['587'],
		check: (text: string) =>
			/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? undefined : 'must be a number up to 65535',
	},
	useSsl: {
		kind: 'yes-no',
		help: 'true: TLS from the first byte. false: TLS as soon as the server offers it (STARTTLS).',
		examples: ['false'],
	},
	userName: {
		kind: 'text',
		help: 'The name to sign in with, if it takes one.',
		examples: ['backup'],
	},
	password: {
		kind: 'password',
		isSecret: true,
		help: 'The password for userName. It goes to another computer only over TLS.',
		examples: ["'%SMTP_PASSWORD%'"],
	},
	tls: {
		kind: 'text',
		help: 'none: the password may go to another computer without TLS, where everyone on the way can read it.',
		examples: ['none'],
		choices: ['none'],
		check: (text: string) => (text === 'none' ? undefined : 'must be none, or be left out'),
	},
	when: {...when, help: 'When to send. Default: always.', examples: ['problems']},
} as const satisfies Readonly<Record<string, SettingRow>>;

const address = (help: string, example: string) =>
	({kind: 'password', isSecret: true, help, examples: [example]}) as const;

export const target = {
	ping: address(
		'The address of a check at healthchecks.io or of a push monitor of Uptime Kuma. It hears of every backup, so that silence is noticed.',
		'https://hc-ping.com/%HC_UUID%',
	),
	ntfy: address('A topic of ntfy.', 'https://ntfy.sh/%NTFY_TOPIC%'),
	slack: address('An incoming webhook of Slack.', "'%SLACK_WEBHOOK%'"),
	teams: address('The address of a Teams workflow that posts a card.', "'%TEAMS_WEBHOOK%'"),
	discord: address('A webhook of Discord.', "'%DISCORD_WEBHOOK%'"),
	webhook: address(
		'Any address. It gets JSON: the line "told" of docs/json.md.',
		'https://example.com/backup',
	),
	command: {
		kind: 'command',
		help: 'A command for your shell. It gets the text on standard input, and CISTERN_WHY, CISTERN_TITLE, CISTERN_EXIT_CODE and CISTERN_SOURCES.',
		examples: ['notify-send "$CISTERN_TITLE"'],
	},
	token: {
		kind: 'password',
		isSecret: true,
		help: 'An access token for ntfy.',
		examples: ["'%NTFY_TOKEN%'"],
	},
	header: {
		kind: 'password',
		isSecret: true,
		help: 'A header for webhook.',
		examples: ["'Authorization: Bearer %HOOK_TOKEN%'"],
	},
	when: {
		...when,
		help: 'always: every backup. problems: a failure, at once and then once a day; when all is well again; a token that expires soon. news: the same, and what upstream rewrote or deleted. Default: always for ping and webhook, problems for the others.',
		examples: ['news'],
	},
	names: {
		kind: 'text',
		help: 'false: counts only, without the names of repositories, branches and workspaces. Default: false for ping, true for the others.',
		examples: ['false'],
		check: (text: string) => (/^(true|false)$/.test(text) ? undefined : 'must be true or false'),
	},
} as const satisfies Readonly<Record<string, SettingRow>>;
