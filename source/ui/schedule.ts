import {answers} from '../domain/settings/settings-table.ts';
import {quote} from '../domain/text/format.ts';
import {layOut} from './text/layout.ts';

export type ScheduleOptions = {
	/** The command that starts the program, with its arguments. */
	readonly command: readonly string[];
	/** The variable that holds the token; undefined if the token is kept elsewhere. */
	readonly variable: string | undefined;
	/** The API's address, if the settings do not name it. */
	readonly apiUrl: string | undefined;
	/** Sentences are broken to fit; lines to copy are not. */
	readonly columns: number;
};

/** Lines to copy that repeat the backup every night: for cron, and as a systemd timer. */
export const formatSchedule = ({command, variable, apiUrl, columns}: ScheduleOptions): string => {
	const words = [...command, '--yes', '--quiet'];
	const variables: Variables = [
		...(variable === undefined ? [] : [[variable, '...'] as const]),
		...(apiUrl === undefined ? [] : [[answers.apiUrl.variable, apiUrl] as const]),
	];
	const cron = [
		...variables.map(([name, value]) => `${name}='${value}'`),
		`0 2 * * * ${words.map(quote).join(' ').replaceAll('%', '\\%')}`,
	];
	const say = (text: string): readonly string[] => layOut(0, text, {columns});
	return [
		...say("To repeat this every night at two o'clock, with cron (crontab -e):"),
		'',
		...cron.map(indent),
		'',
		...say('or with systemd, in ~/.config/systemd/user/cistern.service and cistern.timer:'),
		'',
		...service(words, variables).map(indent),
		'',
		...timer.map(indent),
		'',
		'and once:',
		'',
		...once.map(indent),
		'',
		...say('The second command lets it run while you are signed out.'),
		...(variable === undefined ? [] : ['', ...say('Put your token in place of the dots.')]),
		'',
	].join('\n');
};

const indent = (line: string): string => (line === '' ? '' : `  ${line}`);

type Variables = readonly (readonly [name: string, value: string])[];

const service = (words: readonly string[], variables: Variables): readonly string[] => [
	'[Unit]',
	'Description=Back up Bitbucket',
	'[Service]',
	'Type=oneshot',
	...variables.map(([name, value]) => `Environment=${quoteForSystemd(`${name}=${value}`)}`),
	`ExecStart=${formatStart(words)}`,
];

/**
 * systemd replaces variables in arguments ("$$" is a "$"), but not in the program's own name. There it
 * takes no quotes and backslashes, so `env` starts such a program (systemd.service, "Command lines").
 */
const formatStart = ([program = '', ...rest]: readonly string[]): string => {
	const [name, given] = /["'\\]/.test(program)
		? ['/usr/bin/env', [program, ...rest]]
		: [program, rest];
	return [name, ...given.map((word) => word.replaceAll('$', '$$$$'))]
		.map(quoteForSystemd)
		.join(' ');
};

/**
 * Not a shell's quotes: of the escapes these are enough, and "%" begins a specifier (systemd.syntax,
 * "Quoting"; systemd.unit, "Specifiers").
 */
const quoteForSystemd = (word: string): string => {
	const text = word.replaceAll('%', '%%');
	return /^[\w./:@%+=,$-]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
};

const timer: readonly string[] = [
	'[Timer]',
	'OnCalendar=*-*-* 02:00',
	'Persistent=true',
	'[Install]',
	'WantedBy=timers.target',
];

const once: readonly string[] = [
	'systemctl --user enable --now cistern.timer',
	'loginctl enable-linger',
];
