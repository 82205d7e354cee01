import {
	backupWords,
	dueAfter,
	marker,
	type Rhythm,
	type Schedule,
	verifyWords,
} from './schedule.ts';

export type UnitFile = {readonly name: string; readonly text: string};

/** The units of a schedule. A timer that is missed while the computer is off is caught up. */
export const writeUnits = (schedule: Schedule): readonly UnitFile[] => [
	{name: 'cistern.service', text: writeBackup(schedule)},
	{name: 'cistern.timer', text: writeTimer('Back up Bitbucket', calendarOf(schedule.rhythm))},
	...(schedule.verifies
		? [
				{name: 'cistern-verify.service', text: writeVerify(schedule)},
				{
					name: 'cistern-verify.timer',
					text: writeTimer('Verify the backup of Bitbucket', 'Sun *-*-* 06:00'),
				},
			]
		: []),
];

/** All units that it may have written, timers first: these are stopped first. */
export const unitNames = [
	'cistern.timer',
	'cistern-verify.timer',
	'cistern.service',
	'cistern-verify.service',
] as const;

const head = `# ${marker}; "cistern schedule --remove" takes it away.`;

const two = (number: number): string => String(number).padStart(2, '0');

const calendarOf = (rhythm: Rhythm): string =>
	rhythm.kind === 'hourly'
		? `*-*-* 00/${rhythm.hours}:17`
		: `${rhythm.kind === 'weekly' ? 'Mon ' : ''}*-*-* ${two(rhythm.hour)}:${two(rhythm.minute)}`;

/**
 * A run that fails is started again 20 minutes later, twice. Every start counts for that limit, so a
 * timer that starts often does without: its next start is the second try.
 */
const retries = (
	rhythm: Rhythm,
): {readonly unit: readonly string[]; readonly service: readonly string[]} =>
	rhythm.kind === 'hourly'
		? {unit: [], service: []}
		: {
				unit: ['StartLimitIntervalSec=6h', 'StartLimitBurst=3'],
				service: ['Restart=on-failure', 'RestartSec=20min', 'RestartPreventExitStatus=2 12 130'],
			};

const writeBackup = (schedule: Schedule): string => {
	const {rhythm} = schedule;
	const ifOlder = rhythm.kind === 'hourly' ? dueAfter(rhythm) : undefined;
	const {unit, service} = retries(rhythm);
	return lines([
		head,
		'[Unit]',
		'Description=Back up Bitbucket (Cistern)',
		...unit,
		'[Service]',
		`ExecStart=${formatStart(backupWords(schedule, ifOlder))}`,
		// Another run at work is no failure of this one.
		'SuccessExitStatus=11',
		...service,
		...common(schedule),
	]);
};

const writeVerify = (schedule: Schedule): string =>
	lines([
		head,
		'[Unit]',
		'Description=Verify the backup of Bitbucket (Cistern)',
		'[Service]',
		`ExecStart=${formatStart(verifyWords(schedule))}`,
		...common(schedule),
	]);

/** MemoryDenyWriteExecute would kill Node, which compiles at run time. */
const common = ({environmentFile, systemUser}: Schedule): readonly string[] => [
	'Type=oneshot',
	...(systemUser === undefined ? [] : [`User=${systemUser}`]),
	`EnvironmentFile=-${environmentFile.replaceAll('%', '%%')}`,
	'Nice=10',
	'IOSchedulingClass=best-effort',
	'IOSchedulingPriority=7',
	'UMask=0077',
	'NoNewPrivileges=yes',
	'KillMode=mixed',
	'TimeoutStopSec=90',
];

const writeTimer = (description: string, calendar: string): string =>
	lines([
		head,
		'[Unit]',
		`Description=${description} (Cistern)`,
		'[Timer]',
		`OnCalendar=${calendar}`,
		'Persistent=true',
		'RandomizedDelaySec=30min',
		'FixedRandomDelay=yes',
		'[Install]',
		'WantedBy=timers.target',
	]);

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;

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
