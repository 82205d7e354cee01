import {parseConcurrency} from '../domain/answers/checks.ts';
import {parseDuration} from '../domain/text/duration.ts';
import {type CommandRow, from} from './command-row.ts';
import type {OptionRow} from './common-options.ts';
import {restore} from './restore-command.ts';
import {usageError} from './values.ts';

const wait: OptionRow = {flags: '--wait', help: 'wait for another run to end'};

const backup: CommandRow = {
	name: 'backup',
	summary: 'save everything; what "cistern" alone does',
	options: [
		{flags: '--only <glob>', help: 'only these repositories in this run', isList: true},
		{flags: '--exclude <glob>', help: 'not these repositories in this run', isList: true},
		{flags: '--concurrency <n>', help: 'git transfers at once, 1 to 64'},
		{flags: '--dry-run', help: 'say what would be done, and stop'},
		wait,
	],
	examples: ['cistern', 'cistern --yes', "cistern --only 'web-*' --dry-run"],
	read: (values, _, options) => ({
		command: 'backup',
		options,
		only: values.list('only'),
		exclude: values.list('exclude'),
		concurrency: values.parsed('concurrency', parseConcurrency, 'a whole number from 1 to 64'),
		dryRun: values.isSet('dry-run'),
		wait: values.isSet('wait'),
	}),
};

const setup: CommandRow = {
	name: 'setup',
	summary: 'answer five questions, or add one more workspace',
	options: [{flags: '--example', help: 'print a settings file with comments, and stop'}],
	examples: ['cistern setup', 'cistern setup --example > settings.yml'],
	read: (values, _, options) => ({command: 'setup', options, example: values.isSet('example')}),
};

const check: CommandRow = {
	name: 'check',
	summary: 'are the credentials good, and what can they see',
	options: [],
	examples: ['cistern check'],
	read: (_values, _, options) => ({command: 'check', options}),
};

const status: CommandRow = {
	name: 'status',
	summary: 'what is saved, how old, how big, what is gone, what failed',
	options: [
		{flags: '--max-age <duration>', help: 'exit with 3 where a backup is older, such as 2d'},
		from,
	],
	examples: ['cistern status', 'cistern status --max-age 36h --quiet'],
	read: (values, _, options) => ({
		command: 'status',
		options,
		from: values.text('from'),
		maxAge: values.parsed('max-age', parseDuration, 'a duration such as 2d or 36h'),
	}),
};

const history: CommandRow = {
	name: 'history',
	summary: 'every change of a branch or tag that was seen',
	operands: {name: '<repo>', help: 'a name, workspace/name or a glob'},
	options: [from],
	examples: ['cistern history api'],
	read: (values, [repository = ''], options) => ({
		command: 'history',
		options,
		from: values.text('from'),
		repository,
	}),
};

const verify: CommandRow = {
	name: 'verify',
	summary: 'prove that what is saved is whole, and have the next backup mend it',
	operands: {name: '[repo...]', help: 'names, workspace/name or globs; all where none is given'},
	options: [
		{flags: '--remote', help: 'compare with what Bitbucket has now, too'},
		{flags: '--sample <n>', help: 'restore so many of them, drawn at random, and compare'},
		wait,
		from,
	],
	examples: [
		'cistern verify',
		'cistern verify --remote --sample 5',
		"cistern verify 'web-*' --from /srv/backup",
	],
	read: (values, operands, options) => {
		const source = values.text('from');
		if (source !== undefined && values.isSet('remote')) {
			throw usageError('--remote needs the settings, and --from does without.', values.command);
		}

		return {
			command: 'verify',
			options,
			from: source,
			remote: values.isSet('remote'),
			sample: values.parsed('sample', parseCount, 'a whole number') ?? 0,
			repositories: operands,
			wait: values.isSet('wait'),
		};
	},
};

const acceptMissing: CommandRow = {
	name: 'accept-missing',
	summary: 'confirm that repositories missing from a listing are gone',
	options: [{flags: '--count <n>', help: 'how many are missing; must match, needed with --yes'}],
	examples: ['cistern accept-missing', 'cistern accept-missing --yes --count 12'],
	read: (values, _, options) => {
		const count = values.parsed('count', parseCount, 'a whole number');
		if (options.yes && count === undefined) {
			throw usageError('With --yes, say how many are missing: --count N.', values.command);
		}

		return {command: 'accept-missing', options, count};
	},
};

const parseCount = (text: string): number | undefined =>
	/^\d{1,9}$/.test(text) ? Number(text) : undefined;

const demo: CommandRow = {
	name: 'demo',
	summary: 'try it on a Bitbucket that runs inside, without an account',
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
	acceptMissing,
	demo,
];

export const defaultCommand = backup;
