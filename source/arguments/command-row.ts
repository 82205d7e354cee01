import type {CommonOptions, Invocation} from '../invocation.ts';
import type {OptionRow} from './common-options.ts';
import type {Values} from './values.ts';

/** A command as the parser and the help know it. What is not in this table does not exist. */
export type CommandRow = {
	readonly name: string;
	readonly summary: string;
	/** Commander's notation: `<repo>`, `[repo...]`. */
	readonly operands?: {readonly name: string; readonly help: string};
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
	help: 'work from this backup folder alone, without settings',
};
