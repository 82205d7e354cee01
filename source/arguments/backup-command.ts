import {parseConcurrency} from '../domain/answers/checks.ts';
import {shorten} from '../domain/settings/settings-problem.ts';
import {parseShard, type Shard} from '../domain/store/shard.ts';
import {parseDuration} from '../domain/text/format.ts';
import {type CommandRow, identity, readStore, storeOption, wait} from './command-row.ts';
import type {StatelessOptions} from './invocation.ts';
import {usageError, type Values} from './options.ts';

export const backup: CommandRow = {
	name: 'backup',
	summary: 'save everything; what "cistern" alone does',
	options: [
		{
			flags: '--only <glob>',
			help: 'only these repositories in this run',
			values: 'repository',
			isList: true,
		},
		{
			flags: '--exclude <glob>',
			help: 'not these repositories in this run',
			values: 'repository',
			isList: true,
		},
		{
			flags: '--concurrency <n>',
			help: 'git transfers at once, 1 to 64',
			parse: parseConcurrency,
			right: 'a whole number from 1 to 64',
		},
		{
			flags: '--max-wait <duration>',
			help: 'longest wait for a Bitbucket that is busy or away, such as 30m',
			parse: parseDuration,
			right: 'a duration such as 30m or 2h',
		},
		{
			flags: '--if-older <duration>',
			help: 'skip a source whose last complete backup is younger, such as 20h',
			parse: parseDuration,
			right: 'a duration such as 20h or 1d',
			excludes: ['only', 'exclude', 'dry-run'],
		},
		{
			flags: '--every <duration>',
			help: 'keep running, and back up once in this time, such as 1d: for containers',
			parse: parseDuration,
			right: 'a duration such as 6h or 1d',
			excludes: ['if-older', 'only', 'exclude', 'dry-run'],
		},
		{
			flags: '--for <duration>',
			help: 'read metadata no longer than this, such as 30m',
			parse: parseDuration,
			right: 'a duration such as 30m or 2h',
		},
		{flags: '--no-metadata', help: 'leave out metadata in this run'},
		{flags: '--dry-run', help: 'show what would be done, and stop'},
		wait,
		{
			flags: '--start-over',
			help: 'start a new backup if the earlier one is not there any more',
		},
		{flags: '--no-send', help: 'send nothing to the stores of the settings'},
		{
			flags: '--stateless',
			help: 'keep nothing on this computer: save straight into --store',
			excludes: ['folder', 'dry-run', 'if-older', 'every', 'wait', 'start-over'],
		},
		{...storeOption, help: 'with --stateless: the title of the store', excludes: []},
		identity,
		{
			flags: '--shard <i/n>',
			help: 'with --stateless: only the i-th of n shards of all repositories, such as 3/16',
		},
		{
			flags: '--listing <place>',
			help: 'with --stateless: take the listing that "cistern list --to" wrote to this store or file',
			values: 'store',
		},
	],
	examples: [
		'cistern',
		'cistern --yes',
		'cistern --yes --if-older 20h',
		"cistern --only 'web-*' --dry-run",
		'cistern --yes --stateless --store offsite --shard 3/16 --listing offsite',
	],
	read: (values, _, options) => ({
		command: 'backup',
		options,
		stateless: readStateless(values),
		only: values.list('only'),
		exclude: values.list('exclude'),
		concurrency: values.number('concurrency'),
		maxWait: values.number('max-wait'),
		metadataTime: values.number('for'),
		withoutMetadata: !values.isSet('metadata'),
		dryRun: values.isSet('dry-run'),
		wait: values.isSet('wait'),
		startOver: values.isSet('start-over'),
		send: values.isSet('send'),
		ifOlder: values.number('if-older') ?? values.number('every'),
		every: values.number('every'),
	}),
};

const readStateless = (values: Values): StatelessOptions | undefined => {
	const from = readStore(values);
	if (values.isSet('stateless') !== (from !== undefined)) {
		throw usageError('--stateless and --store go together.', values.command);
	}

	const [shard, listing] = [readShard(values), values.text('listing')];
	if (from === undefined && shard !== undefined) {
		const problem =
			'--shard needs --stateless: a folder keeps a whole workspace, and shards meet in a store.';
		throw usageError(problem, values.command);
	}

	if (from === undefined && listing !== undefined) {
		const problem = '--listing needs --stateless: a backup to a folder lists the workspace itself.';
		throw usageError(problem, values.command);
	}

	return from && {...from, shard, listing};
};

const readShard = (values: Values): Shard | undefined => {
	const text = values.text('shard');
	const shard = text === undefined ? undefined : parseShard(text);
	if (text !== undefined && shard === undefined) {
		throw usageError(
			`--shard: "${shorten(text)}" is no shard. The third of 16 is 3/16, and there are 1000 at most.`,
			values.command,
		);
	}

	return shard;
};
