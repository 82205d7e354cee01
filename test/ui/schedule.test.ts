import {execFileSync, spawnSync} from 'node:child_process';
import {copyFileSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {formatSchedule as formatWith, type ScheduleOptions} from '../../source/ui/schedule.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';

const formatSchedule = (options: Omit<ScheduleOptions, 'columns'>, columns = 80): string =>
	formatWith({...options, columns});

describe('formatSchedule', () => {
	it('gives a line for cron and a timer for systemd, with the whole path', () => {
		const text = formatSchedule({
			command: ['/usr/bin/node', '/opt/cistern/cli.js'],
			variable: undefined,
			apiUrl: undefined,
		});
		expect(text).toContain('\n  0 2 * * * /usr/bin/node /opt/cistern/cli.js --yes --quiet\n');
		expect(text).toContain('\n  ExecStart=/usr/bin/node /opt/cistern/cli.js --yes --quiet\n');
		expect(text).toContain('systemctl --user enable --now cistern.timer');
	});

	it('says where the variable for the token belongs', () => {
		const text = formatSchedule({
			command: ['cistern'],
			variable: 'MY_TOKEN',
			apiUrl: undefined,
		});
		expect(text).toContain("\n  MY_TOKEN='...'\n  0 2");
		expect(text).toContain('\n  Environment=MY_TOKEN=...\n');
	});

	it('quotes words with blanks, and escapes per cent signs as cron and systemd want it', () => {
		const text = formatSchedule({
			command: ['/a b/100%/node'],
			variable: undefined,
			apiUrl: undefined,
		});
		expect(text).toContain('* * * "/a b/100\\%/node" --yes');
		expect(text).toContain('ExecStart="/a b/100%%/node" --yes');
	});

	it('passes on an API address that only a variable names, so that the nightly run uses it too', () => {
		const apiUrl = 'https://mirror.example/a%20b';
		const text = formatSchedule({command: ['cistern'], variable: undefined, apiUrl});
		expect(text).toContain("\n  CISTERN_API_URL='https://mirror.example/a%20b'\n  0 2");
		expect(text).toContain('\n  Environment=CISTERN_API_URL=https://mirror.example/a%%20b\n');
		expect(text).not.toContain('dots');
	});

	it('breaks sentences, but no line to copy', () => {
		const command = ['/usr/bin/node', '/opt/cistern/cli.js'];
		const lines = formatSchedule({command, variable: 'X', apiUrl: undefined}, 40).split('\n');
		const long = lines.filter((line) => line.length >= 40).map((line) => line.trim());
		expect(long.filter((line) => !/^0 2 |^ExecStart=|^systemctl /.test(line))).toEqual([]);
		expect(lines).toContain('  0 2 * * * /usr/bin/node /opt/cistern/cli.js --yes --quiet');
	});
});

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

const schedule = (command: readonly string[]) =>
	formatSchedule({command, variable: undefined, apiUrl: undefined})
		.split('\n')
		.map((line) => line.trim());

const startOf = (command: readonly string[]): string =>
	schedule(command)
		.find((line) => line.startsWith('ExecStart='))
		?.slice('ExecStart='.length) ?? '';

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

describe('the command that runs every night', () => {
	it('reaches the program word by word from systemd', () => {
		const words = readAsSystemd(startOf(['/usr/bin/node', ...hostile]));
		expect(words).toEqual(['/usr/bin/node', ...hostile, '--yes', '--quiet']);
	});

	it('reaches the program word by word from cron', () => {
		const program = ['/usr/bin/printf', '%s\\n'];
		const line = schedule([...program, ...hostile]).find((each) => each.startsWith('0 2 * * * '));
		const command = (line ?? '').slice('0 2 * * * '.length);
		expect(command).not.toMatch(/(?<!\\)%/);
		// cron itself takes the backslash from before a per cent sign (crontab(5)).
		const printed = execFileSync('sh', ['-c', command.replaceAll('\\%', '%')], {encoding: 'utf8'});
		expect(printed.split('\n').slice(0, -1)).toEqual([...hostile, '--yes', '--quiet']);
	});

	const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

	it.runIf(hasSystemd).each(['plain', 'a b', '100%', '$HOME', '$$', 'a"b', "a'b", 'a\\b'])(
		'names a program in the folder %s as systemd wants it (left out without systemd-analyze)',
		(name) => {
			const folder = makeTemporaryFolder();
			const program = join(folder, name, 'node');
			mkdirSync(join(folder, name));
			copyFileSync('/bin/true', program);
			const unit = join(folder, 'cistern.service');
			writeFileSync(
				unit,
				`[Unit]\nDescription=x\n[Service]\nType=oneshot\nExecStart=${startOf([program])}\n`,
			);
			const said = spawnSync(
				'systemd-analyze',
				['--user', 'verify', '--recursive-errors=yes', unit],
				{encoding: 'utf8', env: {PATH: process.env['PATH'], XDG_RUNTIME_DIR: folder}},
			);
			expect(said).toMatchObject({status: 0, stderr: ''});
		},
	);
});
