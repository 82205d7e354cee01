import {describe, expect, it} from 'vitest';
import {parseArguments} from '../../source/arguments/arguments.ts';
import {commands} from '../../source/arguments/command-table.ts';
import {StopError} from '../../source/domain/failure/failure.ts';
import type {Environment} from '../../source/domain/settings/variables.ts';

const parse = (line: string, environment: Environment = {}) =>
	parseArguments(line.split(' ').filter(Boolean), environment);

const refusal = (line: string, environment: Environment = {}): StopError => {
	try {
		parse(line, environment);
	} catch (error) {
		if (error instanceof StopError) {
			return error;
		}

		throw error;
	}

	throw new TypeError(`"${line}" was understood`);
};

const helpOf = (line: string): string => {
	const invocation = parse(line);
	return invocation.command === 'print' ? invocation.text : '';
};

describe('the command line', () => {
	it('without arguments backs up everything', () => {
		expect(parse('')).toEqual({
			command: 'backup',
			options: {
				config: undefined,
				source: undefined,
				yes: false,
				json: false,
				quiet: false,
				verbose: false,
				noColour: false,
				workspace: undefined,
				type: undefined,
				authName: undefined,
				apiAuthName: undefined,
				folder: undefined,
				apiUrl: undefined,
				tokenStdin: false,
			},
			only: [],
			exclude: [],
			concurrency: undefined,
			maxWait: undefined,
			metadataTime: undefined,
			withoutMetadata: false,
			dryRun: false,
			wait: false,
			send: true,
			startOver: false,
			ifOlder: undefined,
			every: undefined,
			stateless: undefined,
		});
	});

	it.each([
		['status --json --source acme', '--json --source acme status'],
		['status --max-age 2d --workspace a', '--workspace a status --max-age=2d'],
		['backup --only a --only b --dry-run', '--dry-run --only=a --only b'],
		['--yes restore api --to x --bare', 'restore --to x --bare api --yes'],
		['restore --help', 'help restore'],
		['--help', 'help'],
	])('means the same with common options before and after the command: %s', (line, other) => {
		expect(parse(other)).toEqual(parse(line));
	});

	it.each([
		['setup --example', {command: 'setup', example: true}],
		['check --yes --quiet', {command: 'check', options: {yes: true, quiet: true}}],
		['status --max-age 36h', {command: 'status', maxAge: 129_600_000}],
		['history acme/api', {command: 'history', repository: 'acme/api', from: undefined}],
		['history -- -odd-', {command: 'history', repository: '-odd-'}],
		['history status', {command: 'history', repository: 'status'}],
		['history --since 7d', {command: 'history', repository: undefined, since: 604_800_000}],
		[
			'restore a b* --to out --at 2026-11-03',
			{
				command: 'restore',
				repositories: ['a', 'b*'],
				to: {kind: 'folder', folder: 'out', bare: false},
				at: '2026-11-03',
			},
		],
		[
			'restore --all --to out --bare --from /b',
			{repositories: 'all', to: {kind: 'folder', folder: 'out', bare: true}, from: '/b'},
		],
		[
			'restore api --push git@host:acme/api.git',
			{repositories: ['api'], to: {kind: 'remote', url: 'git@host:acme/api.git'}},
		],
		['restore --all --push ssh://git@[::1]:22/{name}', {repositories: 'all'}],
		['accept-missing --yes --count 12', {command: 'accept-missing', count: 12}],
		[
			'accept-missing api workspace --metadata',
			{command: 'accept-missing', of: {part: 'metadata', repositories: ['api', 'workspace']}},
		],
		['demo', {command: 'demo'}],
		['backup --max-wait 1h30m', {maxWait: 90 * 60_000}],
		['backup --concurrency 8 --wait --exclude x', {concurrency: 8, wait: true, exclude: ['x']}],
		['--no-color', {options: {noColour: true}}],
		['check --version', {command: 'print', text: '0.0.0-development\n'}],
	])('%s is accepted', (line, invocation) => {
		expect(parse(line)).toMatchObject(invocation);
	});

	it.each([
		['bakcup', 'unknown command "bakcup": did you mean "backup"?'],
		['help bakcup', 'unknown command "bakcup": did you mean "backup"?'],
		['--jsn', "unknown option '--jsn'\n(Did you mean --json?)"],
		['--jsn status', "unknown option '--jsn'\n(Did you mean --json?)"],
		['--nmae acme', "unknown option '--nmae'"],
		['--max-age 2d status', "unknown option '--max-age'"],
		['--only a status', 'Write the command first: cistern status --only'],
		['--yes=1', "unknown option '--yes=…'\n(Did you mean --yes?)"],
		['--config', "option '--config <file>' argument missing"],
		['--config=', '--config is empty.'],
		['--quiet --verbose', "option '--quiet' cannot be used with option '--verbose'"],
		['--max-wait soon', "argument 'soon' is invalid. It must be a duration such as 30m or 2h."],
		['--concurrency 0', "argument '0' is invalid. It must be a whole number from 1 to 64."],
		['status api', "too many arguments for 'status'"],
		['backup api', '"cistern backup" takes no names; --only NAME does.'],
		[
			'status --max-age soon',
			"argument 'soon' is invalid. It must be a duration such as 2d or 36h.",
		],
		['history --since soon', 'It must be a duration such as 7d or 36h'],
		['history a b', "too many arguments for 'history'"],
		['restore --to x', 'Restore what? Name repositories, or say --all.'],
		['restore a --all --to x', 'Give names or --all, not both.'],
		['restore a', 'Restore to where? Say --to DIR, or --push URL.'],
		['restore a --to x --push y', "option '--push <url>' cannot be used with option '--to <dir>'"],
		['restore a --bare --push y', "option '--push <url>' cannot be used with option '--bare'"],
		['restore a b --push git@host:x', '--push: several repositories need an address with {name}'],
		['restore a* --push git@host:x', '--push: several repositories need an address with {name}'],
		['restore a --push https://ann:s3cret@host/x', '--push: leave the password out'],
		['restore a --push https://ghp_x@host/x', '--push: leave the password out'],
		['accept-missing --yes', 'With --yes, say how many are missing: --count N.'],
		['--type team', '--type (CISTERN_TYPE): "team" must be user or org.'],
		['--workspace a/b', '--workspace (CISTERN_WORKSPACE): "a/b" is no workspace id'],
		[
			'--api-url http://example.com',
			'--api-url (CISTERN_API_URL): "http://example.com" cannot be used',
		],
		['prune', 'unknown command "prune"'],
	])('%s is refused with exit code 2 and a reason', (line, reason) => {
		const {message, exitCode, advice} = refusal(line);
		expect(message).toContain(reason);
		expect(exitCode).toBe(2);
		expect(advice).toContain('--help"');
	});

	it.each([
		'--token ATATTsecret',
		'--password=ATATTsecret',
		'ATATTsecret',
		'status --token=ATATTsecret',
		'status ATATTsecret',
		'--type ATCTTsecret',
		'--concurrency=ATATTsecret',
	])('never repeats a token from it: %s', (line) => {
		const {message, advice} = refusal(line);
		expect(message).toContain('Do not put a token on the command line');
		expect(`${message}${advice}`).not.toContain('secret');
	});

	it('shows no value of an unknown option, which may be a secret', () => {
		expect(refusal('status --tokn=hunter2').message).toContain("unknown option '--tokn=…'");
	});

	it('shows no control characters of a mistyped word', () => {
		const {message} = refusal('\u001b[2Jstat');
		expect(message).not.toContain('\u001b');
	});
});

describe('variables', () => {
	it('replace options that are not given, and options win over them', () => {
		const environment = {
			CISTERN_CONFIG: '/c.yml',
			CISTERN_WORKSPACE: 'acme',
			CISTERN_TYPE: 'user',
			CISTERN_AUTH_NAME: 'ann',
			CISTERN_API_AUTH_NAME: 'ann@example.com',
			CISTERN_FOLDER: '/b',
			CISTERN_API_URL: 'http://127.0.0.1:99/2.0',
			NO_COLOR: '1',
		};
		expect(parse('check --workspace other', environment)).toMatchObject({
			options: {
				config: '/c.yml',
				workspace: 'other',
				type: 'user',
				authName: 'ann',
				apiAuthName: 'ann@example.com',
				folder: '/b',
				apiUrl: 'http://127.0.0.1:99/2.0',
				noColour: true,
			},
		});
	});

	it('that are empty count as not set, like a missing secret in CI', () => {
		expect(parse('check', {CISTERN_WORKSPACE: '', NO_COLOR: ''})).toEqual(parse('check'));
	});

	it('with a wrong value are named', () => {
		expect(refusal('', {CISTERN_TYPE: 'team'}).message).toContain('CISTERN_TYPE');
	});

	it('never bring the token into the invocation', () => {
		const invocation = parse('check', {CISTERN_TOKEN: 'ATATTsecret'});
		expect(JSON.stringify(invocation)).not.toContain('secret');
	});
});

describe('help', () => {
	it('lists every command', () => {
		const text = helpOf('--help');
		expect(commands.filter(({name}) => !text.includes(`\n  ${name} `))).toEqual([]);
	});

	it.each(['--help', ...commands.map(({name}) => `help ${name}`)])(
		'%s fits 80 columns and ends with examples',
		(line) => {
			const lines = helpOf(line).trimEnd().split('\n');
			expect(lines.filter((each) => each.length > 80)).toEqual([]);
			expect(lines.indexOf('Examples:')).toBeGreaterThan(0);
			expect(lines.every((each) => each === each.trimEnd())).toBe(true);
		},
	);

	it.each(['--help', ...commands.map(({name}) => `help ${name}`)])(
		'%s is broken at words in a narrower terminal, except the examples',
		(line) => {
			const invocation = parseArguments(line.split(' '), {}, 52);
			const text = invocation.command === 'print' ? invocation.text : '';
			const lines = text.slice(0, text.indexOf('Examples:')).split('\n');
			expect(lines.filter((each) => each.length > 52)).toEqual([]);
			const words = (whole: string) => whole.split(/\s+/);
			expect(words(text)).toEqual(words(helpOf(line)));
		},
	);

	it.each(commands.map(({name}) => [name]))(
		'shows only examples of %s that the parser accepts',
		(name) => {
			const examples = commands.find((row) => row.name === name)?.examples ?? [];
			for (const example of examples) {
				const words = example.split(' > ')[0]?.replaceAll("'", '').split(' ').slice(1);
				// The scripts of shells are printed as a help is.
				const command = name === 'complete' ? 'print' : name;
				expect(parse(words?.join(' ') ?? '')).toMatchObject({command});
			}
		},
	);

	it('is printed even when the rest of the line is wrong', () => {
		expect(helpOf('restore --help')).toContain('--bare');
		expect(helpOf('history -h')).toContain('repo');
	});
});
