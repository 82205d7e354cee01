import {type CommandRow, identity, readStore, storeOption, wait} from './command-row.ts';
import {usageError} from './options.ts';

export const list: CommandRow = {
	name: 'list',
	summary: 'list the repositories of the workspace, or write the listing for shards',
	options: [
		{
			flags: '--to <place>',
			help: 'write it there: the title of a store in the settings, or the path of a file',
			values: 'store',
		},
	],
	examples: ['cistern list', 'cistern list --to offsite', 'cistern list --to listing.json'],
	read: (values, _, options) => ({command: 'list', options, to: values.text('to')}),
};

export const send: CommandRow = {
	name: 'send',
	summary: 'send to the stores what they do not have yet; a backup does it by itself',
	operands: {
		name: '[repo...]',
		help: 'names, workspace/name or globs to send whole again, after damage in a store',
		values: 'repository',
	},
	options: [
		{flags: '--store <title>', help: 'only to this store of the settings', values: 'store'},
		wait,
	],
	examples: ['cistern send', 'cistern send --store offsite', 'cistern send api --store offsite'],
	read: (values, repositories, options) => ({
		command: 'send',
		options,
		repositories,
		store: values.text('store'),
		wait: values.isSet('wait'),
	}),
};

export const fetch: CommandRow = {
	name: 'fetch',
	summary: 'bring the backup back out of a store: all of it, or some repositories',
	operands: {
		name: '[repo...]',
		help: 'names, workspace/name or globs; all without one',
		values: 'repository',
	},
	options: [
		{...storeOption, excludes: []},
		identity,
		{
			flags: '--to <dir>',
			help: 'the new backup folder; a fetch that was stopped goes on there',
			values: 'folder',
		},
	],
	examples: [
		'cistern fetch --store offsite --identity key.txt --to /srv/backup',
		'cistern fetch api --store /mnt/nas/cistern --identity key.txt --to ~/api',
	],
	read: (values, repositories, options) => {
		const [from, to] = [readStore(values), values.text('to')];
		if (from === undefined || to === undefined) {
			const problem =
				from === undefined ? 'Out of which store? Say --store.' : 'To where? Say --to.';
			throw usageError(problem, values.command);
		}

		return {command: 'fetch', options, from, to, repositories};
	},
};

export const key: CommandRow = {
	name: 'key',
	summary: 'make a pair of keys for a store, and print it once',
	options: [],
	examples: ['cistern key'],
	read: (_values, _, options) => ({command: 'key', options}),
};
