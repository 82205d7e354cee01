import type {SettingsEdit} from '../domain/settings/settings-edit.ts';
import type {Locate} from '../domain/settings/settings-problem.ts';

/** A settings file that was read. */
export type SettingsDocument = {
	/** Maps, lists, null, and every other value as text. Not yet checked. */
	readonly content: unknown;
	readonly locate: Locate;
	/** Can other users of this machine read it? */
	readonly isReadableByOthers: boolean;
};

/** The first line of a file that holds a secret, without its line end. */
export type SecretFile = {readonly line: string; readonly isReadableByOthers: boolean};

/** The settings file and the other sources of settings. Throws StopErrors. */
export interface SettingsStore {
	/** Path of the settings file when the user names none. */
	readonly defaultPath: string;
	/** The folder that `~` stands for. */
	readonly homeFolder: string;

	/** Undefined if there is no such file. All mistakes of form are reported together. */
	read(path: string): Promise<SettingsDocument | undefined>;

	/** As much as can be read, with mistakes of form left out. Never throws; undefined for nothing. */
	readAnyway(path: string): Promise<SettingsDocument | undefined>;

	/**
	 * Adds or changes a source and keeps everything else, comments and order too. Creates a missing
	 * file and its folder. After a kill, the file is the old or the new one. Its mode is 0600.
	 */
	saveSource(path: string, edit: SettingsEdit): Promise<void>;

	/** The text of a new file with only this source. */
	previewSource(edit: SettingsEdit): string;

	/** Copies a settings file with its comments. Relative paths in it become absolute. */
	takeOver(from: string, to: string): Promise<void>;

	/** First line of the output of a user's command, run by the shell. */
	runPasswordCommand(command: string, signal: AbortSignal): Promise<string>;

	/**
	 * First line of a file that holds a secret; a link is followed, as a container's secrets are links.
	 * `name` says in a complaint where the path comes from.
	 */
	readSecretFile(path: string, name: string): Promise<SecretFile>;

	/** First line of standard input. */
	readTokenFromInput(): Promise<string>;
}
