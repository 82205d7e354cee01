import {execFileSync, spawnSync} from 'node:child_process';
import {copyFileSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {addToCrontab, ownLines, withoutOwn} from '../../../source/domain/schedule/cron.ts';
import {writeAgent} from '../../../source/domain/schedule/launchd.ts';
import {
	parseTimeOfDay,
	type Rhythm,
	type Schedule,
	toRhythm,
} from '../../../source/domain/schedule/schedule.ts';
import {writeUnits} from '../../../source/domain/schedule/systemd.ts';
import {writeTask} from '../../../source/domain/schedule/task-scheduler.ts';
import {isOwn} from '../../../source/engine/schedule/scheduler.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const nightly: Schedule = {
	program: ['/usr/bin/node', '/opt/cistern/cli.js'],
	config: '/home/ann/.config/cistern/settings.yml',
	environmentFile: '/home/ann/.config/cistern/environment',
	rhythm: {kind: 'daily', hour: 2, minute: 0},
	verifies: false,
	systemUser: undefined,
};

/** Words that a shell or systemd reads as something else when they are quoted the other's way. */
const hostile = [
	'/srv/$HOME/a',
	`/srv/\${HOME}/e`,
	'$',
	'$$',
	'$(id)',
	'`id`',
	'a b',
	'100%',
	'%h',
	'a"b',
	"a'b",
	'a\\b',
	'\\$x',
	'a#b',
	';',
	'~/x',
	'ü ñ',
];

const unitOf = (schedule: Schedule, name: string): string =>
	writeUnits(schedule).find((unit) => unit.name === name)?.text ?? '';

const startOf = (program: readonly string[]): string =>
	/^ExecStart=(.*)$/m.exec(unitOf({...nightly, program}, 'cistern.service'))?.[1] ?? '';

/**
 * Reads a command line as systemd does: it takes the words apart, and then replaces specifiers and
 * variables in them (systemd.service, "Command lines"; systemd.unit, "Specifiers"). A real systemd
 * 252 was given the same line once, and gave the same words to the program.
 */
const readAsSystemd = (line: string): readonly string[] =>
	[...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain = '']) =>
		(quoted ?? plain)
			.replaceAll(/\\(.)/g, (_, escaped: string) =>
				['"', '\\'].includes(escaped) ? escaped : `\\${escaped}`,
			)
			.replaceAll(/%(.)/g, (_, specifier: string) => (specifier === '%' ? '%' : '(specifier)'))
			.replaceAll(/\$(\$|\{\w+\}|\w+)/g, (_, variable: string) =>
				variable === '$' ? '$' : '(variable)',
			),
	);

const words = ['--yes', '--quiet', '--config', nightly.config];

describe('units of systemd', () => {
	it('start the backup word by word', () => {
		expect(readAsSystemd(startOf(['/usr/bin/node', ...hostile]))).toEqual([
			'/usr/bin/node',
			...hostile,
			...words,
		]);
	});

	it('catch up, try again, and leave alone what a second try does not help', () => {
		const service = unitOf(nightly, 'cistern.service');
		expect(service.startsWith('# Written by "cistern schedule"')).toBe(true);
		expect(service).toContain('Restart=on-failure\n');
		expect(service).toContain('RestartPreventExitStatus=2 12 130\n');
		expect(service).toContain('SuccessExitStatus=11\n');
		const timer = unitOf(nightly, 'cistern.timer');
		expect(timer).toContain('OnCalendar=*-*-* 02:00\nPersistent=true\n');
	});

	it('have no limit of starts where they start often', () => {
		const often = {...nightly, rhythm: {kind: 'hourly', hours: 6}} as const;
		expect(unitOf(often, 'cistern.service')).not.toMatch(/StartLimit|Restart/);
		expect(unitOf(often, 'cistern.service')).toContain('--if-older 5h');
		expect(unitOf(often, 'cistern.timer')).toContain('OnCalendar=*-*-* 00/6:17\n');
	});

	it('of the whole computer run as the user', () => {
		expect(unitOf({...nightly, systemUser: 'ann'}, 'cistern.service')).toContain('User=ann\n');
	});

	const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

	it.runIf(hasSystemd).each(['a b ü', '100% $HOME $$', `a"b'c\\d`])(
		'are what systemd wants for a program in the folder %s (left out without systemd-analyze)',
		(name) => {
			const folder = makeTemporaryFolder();
			const program = join(folder, name, 'node');
			mkdirSync(join(folder, name));
			copyFileSync('/bin/true', program);
			const units = writeUnits({
				...nightly,
				program: [program],
				config: join(folder, name, 'settings.yml'),
				environmentFile: join(folder, name, 'environment'),
				verifies: true,
			});
			for (const unit of units) {
				writeFileSync(join(folder, unit.name), unit.text);
			}

			const said = spawnSync(
				'systemd-analyze',
				[
					...['--user', 'verify', '--recursive-errors=yes'],
					...units.map((unit) => join(folder, unit.name)),
				],
				{encoding: 'utf8', env: {PATH: process.env['PATH'], XDG_RUNTIME_DIR: folder}},
			);
			expect(said).toMatchObject({status: 0, stderr: ''});
		},
	);
});

describe('a crontab', () => {
	const others = '# mine\nMAILTO=ann\n5 4 * * * other';

	it('gets a line of its own, once, and loses it again', () => {
		const once = addToCrontab(others, nightly);
		expect(ownLines(once)).toHaveLength(1);
		expect(once.startsWith(`${others}\n`)).toBe(true);
		expect(addToCrontab(once, nightly)).toBe(once);
		expect(withoutOwn(once)).toBe(`${others}\n`);
		expect(ownLines(addToCrontab(once, {...nightly, verifies: true}))).toHaveLength(2);
		expect(withoutOwn('')).toBe('');
	});

	it('starts the backup word by word, with the variables of their file', () => {
		const folder = makeTemporaryFolder();
		const environmentFile = join(folder, 'a b $x');
		writeFileSync(environmentFile, "CISTERN_TEST='of the file'\n");
		const print = 'printf "%s\\n" "$CISTERN_TEST" "$@"';
		const [line = ''] = ownLines(
			addToCrontab('', {
				...nightly,
				program: ['/bin/sh', '-c', print, 'sh', ...hostile],
				environmentFile,
			}),
		);
		const command = line.replace(/^\d+ \* \* \* \* /, '');
		expect(command).not.toMatch(/(?<!\\)%/);
		// cron itself takes the backslash from before a per cent sign (crontab(5)).
		const printed = execFileSync('sh', ['-c', command.replaceAll('\\%', '%')], {encoding: 'utf8'});
		expect(printed.split('\n').slice(0, -1)).toEqual([
			'of the file',
			...hostile,
			'--yes',
			'--quiet',
			'--if-older',
			'20h',
			'--config',
			nightly.config,
		]);
	});
});

describe('files for other systems', () => {
	const odd = {...nightly, program: ['/Users/a&b <c>/node', "it's"], verifies: true};
	const often = {kind: 'hourly', hours: 6} as const;
	const rhythms: readonly Rhythm[] = [nightly.rhythm, {kind: 'weekly', hour: 3, minute: 30}, often];
	const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

	it('hold the command and the times', () => {
		const agent = writeAgent(odd, '/Users/ann/Library/Logs/cistern.log');
		expect(agent).toContain('/Users/a&amp;b &lt;c&gt;/node');
		expect(agent).toContain('<key>Hour</key>\n\t\t\t<integer>2</integer>');
		expect(agent).toContain('<key>RunAtLoad</key>\n\t<true/>');
		const task = writeTask({...odd, program: ['C:\\Program Files\\node.exe', 'C:\\c.js']});
		expect(task).toContain('--headless "C:\\Program Files\\node.exe" C:\\c.js --yes');
		expect(task).toContain('<StartWhenAvailable>true</StartWhenAvailable>');
	});

	it('are known as our own again', () => {
		expect(isOwn(writeAgent(odd, '/x'))).toBe(true);
		expect(isOwn(writeTask(odd))).toBe(true);
	});

	it('are ASCII for the Task Scheduler, which reads no UTF-8', () => {
		const task = writeTask({...odd, config: 'C:\\Users\\Jürg 🙂\\settings.yml'});
		expect(task).toMatch(/^[\t\n -~]+$/);
		expect(task).toContain('C:\\Users\\J&#252;rg &#128578;\\settings.yml');
	});

	it.skipIf(!has('xmllint'))('have the form that the Task Scheduler wants [needs xmllint]', () => {
		for (const rhythm of rhythms) {
			const said = spawnSync(
				'xmllint',
				['--noout', '--nonet', '--schema', 'test/fixtures/task.xsd', '-'],
				{input: writeTask({...odd, rhythm}), encoding: 'utf8'},
			);
			expect(said).toMatchObject({status: 0, stderr: '- validates\n'});
		}
	});

	it.skipIf(!has('python3'))('give launchd the words and the times [needs python3]', () => {
		// One start for all: where Python is a shim, it takes long.
		const read = (schedules: readonly Schedule[]) => {
			const script =
				'import json, plistlib, sys; print(json.dumps([plistlib.loads(one.encode()) for one in json.load(sys.stdin)]))';
			const input = JSON.stringify(
				schedules.map((one) => writeAgent(one, '/Users/ann/Library/Logs/ü&.log')),
			);
			return JSON.parse(execFileSync('python3', ['-c', script], {input, encoding: 'utf8'}));
		};
		const folder = makeTemporaryFolder();
		const environmentFile = join(folder, 'a b $x');
		writeFileSync(environmentFile, "CISTERN_TEST='of the file'\n");
		const print = 'printf "%s\\n" "$CISTERN_TEST" "$@"';
		const program = ['/bin/sh', '-c', print, 'sh', ...hostile];
		const [agent, ...others] = read([
			{...nightly, program, environmentFile},
			...rhythms.map((rhythm) => ({...odd, rhythm})),
		]);
		const [shell = '', ...rest] = agent.ProgramArguments;
		const printed = execFileSync(shell, rest, {encoding: 'utf8'});
		expect(printed.split('\n').slice(0, -1)).toEqual([
			'of the file',
			...hostile,
			'--yes',
			'--quiet',
			'--if-older',
			'20h',
			'--config',
			nightly.config,
		]);
		expect(agent).toMatchObject({
			Label: 'io.github.cistern',
			RunAtLoad: true,
			StandardErrorPath: '/Users/ann/Library/Logs/ü&.log',
		});
		expect(
			others.map((one: {StartCalendarInterval: unknown}) => one.StartCalendarInterval),
		).toEqual([
			[{Hour: 2, Minute: 0}],
			[{Weekday: 1, Hour: 3, Minute: 30}],
			[0, 6, 12, 18].map((hour) => ({Hour: hour, Minute: 17})),
		]);
	});
});

describe('a rhythm', () => {
	it('is one that a calendar can say', () => {
		const at = {hour: 2, minute: 0};
		expect(toRhythm(86_400_000, at)).toEqual({kind: 'daily', ...at});
		expect(toRhythm(7 * 86_400_000, at)).toEqual({kind: 'weekly', ...at});
		expect(toRhythm(6 * 3_600_000, at)).toEqual({kind: 'hourly', hours: 6});
		expect(toRhythm(5 * 3_600_000, at)).toBeUndefined();
		expect(parseTimeOfDay('23:59')).toEqual({hour: 23, minute: 59});
		expect(parseTimeOfDay('24:00')).toBeUndefined();
		expect(parseTimeOfDay('2')).toBeUndefined();
	});
});
