import type {SettingsEdit} from '../domain/settings/settings-edit.ts';
import type {Locate} from '../domain/settings/settings-problem.ts';

/** A settings file as it was read. */
export type SettingsDocument = {
	/** Maps, lists, null, and text for all else, as it is written. Not yet checked. */
	readonly content: unknown;
	readonly locate: Locate;
	/** May other users of this machine read it? */
	readonly isReadableByOthers: boolean;
};

/** Where settings come from besides the command line. Throws StopErrors. */
export interface SettingsStore {
	/** The settings file where the user names none. */
	readonly defaultPath: string;
	/** What `~` stands for. */
	readonly homeFolder: string;

	/** Undefined where there is no such file. All mistakes of form are reported together. */
	read(path: string): Promise<SettingsDocument | undefined>;

	/**
	 * Adds or changes a source and keeps everything else, comments and order too. Creates the file
	 * and its folder where there is none. After a kill it is the old or the new one, mode 0600.
	 */
	saveSource(path: string, edit: SettingsEdit): Promise<void>;

	/** How a new file with this source alone would read. */
	previewSource(edit: SettingsEdit): string;

	/** Copies a settings file with its comments; a backup folder named from there is found from here. */
	takeOver(from: string, to: string): Promise<void>;

	/** First line of what a command of the user's prints, run by the shell. */
	runPasswordCommand(command: string, signal: AbortSignal): Promise<string>;

	/** First line of standard input. */
	readTokenFromInput(): Promise<string>;
}
