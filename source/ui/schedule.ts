import {answers} from '../domain/settings/settings-keys.ts';
import {quote} from './text/quote.ts';

export type ScheduleOptions = {
	/** How the program is started, with its arguments. */
	readonly command: readonly string[];
	/** The variable that holds the token, where one does. */
	readonly variable: string | undefined;
	/** The API's address, where no settings name it. */
	readonly apiUrl: string | undefined;
};

/** Lines to copy that repeat the backup every night: for cron, and as a systemd timer. */
export const formatSchedule = ({command, variable, apiUrl}: ScheduleOptions): string => {
	const line = [...command.map(quote), '--yes', '--quiet'].join(' ');
	const variables: Variables = [
		...(variable === undefined ? [] : [[variable, '...'] as const]),
		...(apiUrl === undefined ? [] : [[answers.apiUrl.variable, apiUrl] as const]),
	];
	const cron = [
		...variables.map(([name, value]) => `${name}='${value}'`),
		`0 2 * * * ${line.replaceAll('%', '\\%')}`,
	];
	return [
		"To repeat this every night at two o'clock, with cron (crontab -e):",
		'',
		...cron.map(indent),
		'',
		'or with systemd, in ~/.config/systemd/user/cistern.service and cistern.timer:',
		'',
		...service(line, variables).map(indent),
		'',
		...timer.map(indent),
		'',
		'and once: systemctl --user enable --now cistern.timer',
		'          loginctl enable-linger   (so that it runs while you are signed out)',
		...(variable === undefined ? [] : ['', 'Put your token in place of the dots.']),
		'',
	].join('\n');
};

const indent = (line: string): string => (line === '' ? '' : `  ${line}`);

type Variables = readonly (readonly [name: string, value: string])[];

/** A per cent sign begins a specifier (systemd.unit, "Specifiers"). */
const service = (line: string, variables: Variables): readonly string[] => [
	'[Unit]',
	'Description=Back up Bitbucket',
	'[Service]',
	'Type=oneshot',
	...variables.map(([name, value]) => `Environment=${name}=${doubled(value)}`),
	`ExecStart=${doubled(line)}`,
];

const doubled = (text: string): string => text.replaceAll('%', '%%');

const timer: readonly string[] = [
	'[Timer]',
	'OnCalendar=*-*-* 02:00',
	'Persistent=true',
	'[Install]',
	'WantedBy=timers.target',
];
