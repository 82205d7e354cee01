import {isGlob} from '../domain/plan/name-filter.ts';
import {parseDuration} from '../domain/text/format.ts';
import {backup} from './backup-command.ts';
import {
	type CommandRow,
	count,
	from,
	identity,
	readRepositories,
	readStore,
	storeOption,
	wait,
} from './command-row.ts';
import {complete} from './complete-command.ts';
import {usageError} from './options.ts';
import {restore} from './restore-command.ts';
import {schedule} from './schedule-command.ts';
import {fetch, key, list, send} from './store-commands.ts';

const setup: CommandRow = {
	name: 'setup',
	summary: 'ask for everything and write the settings; add or change a workspace',
	options: [{flags: '--example', help: 'print a settings file with comments, and stop'}],
	examples: ['cistern setup', 'cistern setup --example > settings.yml'],
	read: (values, _, options) => ({command: 'setup', options, example: values.isSet('example')}),
};

const check: CommandRow = {
	name: 'check',
	summary: 'test the credentials and the stores',
	options: [
		{
			flags: '--identity <file>',
			help: 'the file with a secret key: test whether it opens the stores too',
			values: 'file',
		},
	],
	examples: ['cistern check', 'cistern check --identity key.txt'],
	read: (values, _, options) => ({
		command: 'check',
		options,
		identity: values.text('identity'),
	}),
};

const status: CommandRow = {
	name: 'status',
	summary: 'show what is saved, how old and big it is, what is gone and what failed',
	options: [
		{
			flags: '--max-age <duration>',
			help: 'exit with 3 if a backup is older, such as 2d',
			parse: parseDuration,
			right: 'a duration such as 2d or 36h',
		},
		{flags: '--metrics', help: 'print metrics for Prometheus', excludes: ['max-age']},
		{
			flags: '--store <title>',
			help: 'what lies in this store, how old it is, and what is not there yet',
			values: 'store',
			excludes: ['max-age', 'metrics'],
		},
		{
			...identity,
			help: 'with --store: look into the store itself, with the secret key in this file',
			excludes: ['from'],
		},
		from,
	],
	examples: [
		'cistern status',
		'cistern status --max-age 36h --quiet',
		'cistern status --store offsite',
		'cistern status --store offsite --identity key.txt',
	],
	read: (values, _, options) => ({
		command: 'status',
		options,
		from: values.text('from'),
		maxAge: values.number('max-age'),
		metrics: values.isSet('metrics'),
		store: readStore(values)?.store,
		identity: values.text('identity'),
	}),
};

const history: CommandRow = {
	name: 'history',
	summary: 'show each change of a repository, or all that upstream took away',
	operands: {
		name: '[repo]',
		help: 'a name, workspace/name or a glob; without one, what upstream took away in all repositories',
		values: 'repository',
	},
	options: [
		{
			flags: '--since <duration>',
			help: 'only changes of the last days or hours, such as 7d; without a repository and without it: 30d',
			parse: parseDuration,
			right: 'a duration such as 7d or 36h',
		},
		from,
	],
	examples: ['cistern history api', 'cistern history --since 7d'],
	read: (values, [repository], options) => ({
		command: 'history',
		options,
		from: values.text('from'),
		repository,
		since: values.number('since'),
	}),
};

const verify: CommandRow = {
	name: 'verify',
	summary: 'check that the backup is intact; the next backup repairs damage',
	operands: {
		name: '[repo...]',
		help: 'names, workspace/name or globs; all when none is given',
		values: 'repository',
	},
	options: [
		{flags: '--remote', help: 'also compare with what Bitbucket has now'},
		{
			flags: '--sample <n>',
			help: 'restore N random repositories and compare',
			...count,
		},
		wait,
		from,
		{...storeOption, excludes: ['from', 'remote', 'wait']},
		{flags: '--deep', help: 'with --store: fetch everything, and verify it'},
		identity,
	],
	examples: [
		'cistern verify',
		'cistern verify --remote --sample 5',
		'cistern verify --store offsite --sample 3 --identity key.txt',
		"cistern verify 'web-*' --from /srv/backup",
	],
	read: (values, operands, options) => {
		const source = values.text('from');
		if (source !== undefined && values.isSet('remote')) {
			throw usageError(
				'--remote needs settings, so it cannot be combined with --from.',
				values.command,
			);
		}

		const store = readStore(values);
		const deep = values.isSet('deep');
		if (deep && store === undefined) {
			throw usageError('--deep reads a store: say which, with --store.', values.command);
		}

		return {
			command: 'verify',
			options,
			from: source,
			store: store && {...store, deep},
			remote: values.isSet('remote'),
			sample: values.number('sample') ?? 0,
			repositories: operands,
			wait: values.isSet('wait'),
		};
	},
};

const show: CommandRow = {
	name: 'show',
	summary: 'read saved pull requests: a list, one with its discussion, or pages',
	operands: {
		name: '[repo...]',
		help: 'a name, workspace/name or a glob; then the number of a pull request, to read that one',
		values: 'repository',
	},
	options: [
		{
			flags: '--at <time>',
			help: 'as it was then: a date, a time, or "3 days ago"',
			values: 'day',
		},
		{
			flags: '--html <dir>',
			help: 'write pages for a browser into a new folder',
			values: 'folder',
			excludes: ['json'],
		},
		{flags: '--all', help: 'every repository of the source'},
		from,
		storeOption,
		identity,
	],
	examples: [
		'cistern show api',
		'cistern show api 142',
		'cistern show api 142 --at "3 Nov"',
		'cistern show --all --html ~/pull-requests',
		'cistern show api --store offsite --identity key.txt',
	],
	read: (values, operands, options) => {
		const [names, number] = splitNumber(operands);
		if (number !== undefined && (names.length > 1 || names.some(isGlob))) {
			throw usageError('Name one repository before the number.', values.command);
		}

		const html = values.text('html');
		if (number !== undefined && html !== undefined) {
			throw usageError('--html writes pages of whole repositories.', values.command);
		}

		return {
			command: 'show',
			options,
			from: values.text('from'),
			store: readStore(values),
			repositories: readRepositories(values, names),
			number,
			at: values.text('at'),
			html,
		};
	},
};

/** A number behind a name is that of a pull request. */
const splitNumber = (
	operands: readonly string[],
): readonly [names: readonly string[], number: number | undefined] => {
	const last = operands.at(-1) ?? '';
	return operands.length > 1 && /^[1-9]\d{0,14}$/.test(last)
		? [operands.slice(0, -1), Number(last)]
		: [operands, undefined];
};

const acceptMissing: CommandRow = {
	name: 'accept-missing',
	summary: 'accept that repositories are gone, LFS files are lost or settings are refused',
	operands: {
		name: '[repo...]',
		help: 'with --lfs or --metadata: names, workspace/name or globs',
		values: 'repository',
	},
	options: [
		{flags: '--lfs', help: 'accept the missing LFS files of these repositories'},
		{
			flags: '--metadata',
			help: 'accept that their settings cannot be read any more; "workspace": those of the workspace',
			excludes: ['lfs'],
		},
		{
			flags: '--count <n>',
			help: 'the number that you accept; has to be exact; needed with --yes',
			...count,
		},
	],
	examples: [
		'cistern accept-missing',
		'cistern accept-missing --yes --count 12',
		'cistern accept-missing api --lfs',
		'cistern accept-missing api workspace --metadata',
	],
	read: (values, repositories, options) => {
		const count = values.number('count');
		if (options.yes && count === undefined) {
			throw usageError('With --yes, say how many are missing: --count N.', values.command);
		}

		const part = ['lfs', 'metadata'].find((name) => values.isSet(name));
		if ((part !== undefined) !== repositories.length > 0) {
			const problem = 'Name repositories together with --lfs or --metadata, or neither.';
			throw usageError(problem, values.command);
		}

		const of = part === undefined ? undefined : {part, repositories};
		return {command: 'accept-missing', options, count, of};
	},
};

const tell: CommandRow = {
	name: 'tell',
	summary: 'list the targets of messages about a backup, or send a test message',
	operands: {
		name: '[target...]',
		help: 'names such as slack; all when none is given',
		values: 'target',
	},
	options: [{flags: '--test', help: 'send a message to each, and say whether it was taken'}],
	examples: ['cistern tell', 'cistern tell --test', 'cistern tell --test email'],
	read: (values, operands, options) => ({
		command: 'tell',
		options,
		test: values.isSet('test'),
		targets: operands,
	}),
};

const demo: CommandRow = {
	name: 'demo',
	summary: 'try it on a built-in Bitbucket, without an account',
	options: [],
	examples: ['cistern demo'],
	read: (_values, _, options) => ({command: 'demo', options}),
};

/** In the order of the help. */
export const commands: readonly CommandRow[] = [
	backup,
	setup,
	check,
	status,
	history,
	verify,
	restore,
	show,
	acceptMissing,
	send,
	fetch,
	list,
	schedule,
	tell,
	key,
	complete,
	demo,
];

export const defaultCommand = backup;
