import {describe, expect, it} from 'vitest';
import {formatSchedule as formatWith, type ScheduleOptions} from '../../source/ui/schedule.ts';

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
