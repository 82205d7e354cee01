import type {CommonOptions, FromStore, Invocation, RestoreInvocation} from './invocation.ts';
import {type OptionRow, usageError, type ValueKind, type Values} from './options.ts';

/** One row a command: the parser, `--help` and docs/commands.md are made from it. */
export type CommandRow = {
	readonly name: string;
	readonly summary: string;
	/** Commander's notation: `<repo>`, `[repo...]`. */
	readonly operands?: {
		readonly name: string;
		readonly help: string;
		readonly values: ValueKind;
	};
	readonly options: readonly OptionRow[];
	readonly examples: readonly string[];
	readonly read: (
		values: Values,
		operands: readonly string[],
		options: CommonOptions,
	) => Invocation;
};

export const from: OptionRow = {
	flags: '--from <folder>',
	help: 'read this folder without settings: the backup folder, or that of one source',
	values: 'folder',
};

export const count = {
	parse: (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
	right: 'a whole number',
};

export const storeOption: OptionRow = {
	flags: '--store <store>',
	help: 'from this store: its title in the settings, or the path of its folder',
	values: 'store',
	excludes: ['from'],
};

export const identity: OptionRow = {
	flags: '--identity <file>',
	help: 'the file with the secret key of a sealed store',
	values: 'file',
};

export const readStore = (values: Values): FromStore | undefined => {
	const [store, identity] = [values.text('store'), values.text('identity')];
	if (store === undefined && identity !== undefined) {
		throw usageError('--identity opens a store: say which, with --store.', values.command);
	}

	return store === undefined ? undefined : {store, identity};
};

export const wait: OptionRow = {flags: '--wait', help: 'wait for another run to end'};

export type Repositories = RestoreInvocation['repositories'];

export const readRepositories = (values: Values, operands: readonly string[]): Repositories => {
	if (values.isSet('all') === operands.length > 0) {
		const verb = values.command === 'show' ? 'Show' : 'Restore';
		const problem = operands.length > 0 ? 'Give names or --all, not both.' : `${verb} what?`;
		throw usageError(`${problem} Name repositories, or say --all.`, values.command);
	}

	return values.isSet('all') ? 'all' : operands;
};
