import type {Secret, SourceType} from './settings.ts';

/** A source as it is written into the settings file. What is undefined does not stand there. */
export type SourceEntry = {
	readonly title: string;
	readonly type: SourceType;
	/** The workspace id. */
	readonly name: string;
	readonly authName?: string | undefined;
	readonly apiAuthName?: string | undefined;
	/** The token itself, or `%NAME%`. */
	readonly password?: Secret | undefined;
	readonly passwordCommand?: string | undefined;
	readonly tokenExpires?: string | undefined;
	/** Unlike the others, undefined leaves it as it stands; Bitbucket's own need not stand there. */
	readonly apiUrl?: string | undefined;
};

export type SettingsEdit = {
	readonly entry: SourceEntry;
	/** Title of the source that the entry takes the place of; otherwise the one with its own title. */
	readonly replaces?: string | undefined;
	/** The new backup folder; undefined leaves it as it is. */
	readonly localFolder?: string | undefined;
};
