import type {Check} from '../answers/checks.ts';

/**
 * One row a key of the settings file. Reading the file, its complaints, `setup --example`, the
 * options and variables that replace a key, the JSON schema and docs/settings.md come from here.
 */
export type SettingRow = {
	/**
	 * `text`: variables are replaced. `password`: they are replaced later, when the token is needed.
	 * `command`: only those that are set are replaced.
	 */
	readonly kind:
		| 'text'
		| 'password'
		| 'command'
		| 'list'
		| 'list-or-none'
		| 'yes-no'
		| 'count'
		| 'duration'
		| 'section';
	/** One or more sentences, for the example, the schema and the docs. */
	readonly help: string;
	/** Values as YAML. A `section` has none. */
	readonly examples?: readonly string[];
	/** The example shows the key commented out. */
	readonly isOptional?: true;
	/** Says what is wrong with a value. */
	readonly check?: Check;
	/** The only values, if there are few. */
	readonly choices?: readonly string[];
	/** The key is required; this is the hint if it is missing. */
	readonly missing?: string;
	/** A `password` that may also stand as a command or a file, under its key with these words behind it. */
	readonly isSecret?: true;
	/** How an optional section stands in the example, commented out. */
	readonly block?: readonly string[];
	readonly option?: OptionOfKey;
	/** One part of the repositories reads it. */
	readonly isOfPart?: true;
};

/** How a key is given outside the file. */
export type OptionOfKey = {
	/** Its name in `CommonOptions` and in messages. */
	readonly answer: string;
	readonly flags: string;
	readonly variable: string;
	readonly help: string;
};
