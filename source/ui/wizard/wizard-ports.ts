import type {AccessLine, AccessReport, WorkspaceLookup} from '../../domain/access/access.ts';
import type {FolderReport} from '../../domain/answers/folder-report.ts';
import type {Keychain} from '../../domain/answers/keychain.ts';
import type {
	RememberedAnswers,
	SourceAnswers,
	Suggestions,
	WizardAnswers,
} from '../../domain/answers/wizard-answers.ts';

/**
 * Everything by which the wizard touches the world. Each throws an `Error` whose message is a
 * sentence for the user; what stops with the signal throws the signal's reason.
 */
export type WizardPorts = {
	/** Looks without a token. Never throws for what Bitbucket answers. */
	lookUpWorkspace(
		answers: Pick<SourceAnswers, 'workspace' | 'replaces'>,
		signal: AbortSignal,
	): Promise<WorkspaceLookup>;

	/** The live check, the same as `cistern check`. */
	check(
		answers: SourceAnswers,
		options: {readonly signal: AbortSignal; readonly onLine: (line: AccessLine) => void},
	): Promise<AccessReport>;

	/** Makes the folder where there is none, and proves that it can be written to. */
	inspectFolder(path: string): Promise<FolderReport>;

	findKeychains(): Promise<readonly Keychain[]>;

	/** The source as it will stand in the settings file, the token replaced by dots. */
	previewSettings(answers: WizardAnswers): Promise<string>;

	/** Puts the token in its place and writes the settings file; gives the file's path. */
	save(answers: WizardAnswers): Promise<string>;

	/** Keeps answers for next time. Must not throw. */
	remember(answers: RememberedAnswers): void;
};

/** A source that is set up already and can be changed. */
export type ConfiguredSource = {readonly title: string; readonly answers: Suggestions};

/** What the wizard knows from the start. */
export type WizardSituation = {
	/** The user's name on this machine. */
	readonly loginName: string | undefined;
	readonly suggestions: Suggestions;
	/** Answers of the workspace set up just before, good for the next one too. */
	readonly carried: WizardAnswers | undefined;
	/** The backup folder in use, which one more workspace goes to as well. */
	readonly folder: string | undefined;
	/** Workspaces that may be picked, where a token could list them. */
	readonly workspaces: readonly string[];
	readonly sources: readonly ConfiguredSource[];
	/** A settings file of SCM Backup that can be copied from `path` to `to` and used as it is. */
	readonly scmBackupFile:
		| {readonly path: string; readonly to: string; readonly workspaces: readonly string[]}
		| undefined;
	/** The variable that is proposed for the token. */
	readonly tokenVariable: string;
	/** Where the line that sets a variable belongs: `~/.profile`. */
	readonly shellProfile: string;
};

/** What the terminal can show. */
export type Look = {
	readonly hasColour: boolean;
	readonly hasUnicode: boolean;
	/** Does it make a text clickable (OSC 8)? */
	readonly hasLinks: boolean;
};
