import type {LineEditor} from '../line-editor.ts';
import type {KeyAction} from '../use-wizard-keys.ts';

/** A saved repository, or all of them, to choose from. */
export type Choice = {readonly id: string; readonly label: string; readonly detail: string};

export type RestoreAnswers = {
	/** The `id` of a choice. */
	readonly repository: string;
	/** As `--at` takes it; undefined for the newest state. */
	readonly at: string | undefined;
	readonly folder: string;
};

export type RestoreResult =
	| {readonly kind: 'left'}
	| {readonly kind: 'answered'; readonly answers: RestoreAnswers};

export type RestoreSituation = {
	readonly repositories: readonly Choice[];
	/** Milliseconds since 1970. */
	readonly now: number;
};

/** What the questions need of the world. */
export type RestorePorts = {
	/** The moments that a repository was recorded at, the newest first; `id` as `--at` takes it. */
	readMoments(repository: string): Promise<readonly Choice[]>;
	/** Why nothing can be restored to a folder: a sentence. Undefined where it can. */
	checkFolder(folder: string): Promise<string | undefined>;
};

export const restoreSteps = ['repository', 'moment', 'folder'] as const;
export type RestoreStep = (typeof restoreSteps)[number];

export type RestoreQuestionsState = {
	readonly situation: RestoreSituation;
	readonly step: RestoreStep;
	readonly editor: LineEditor;
	/** 0 is the text field; the options follow. */
	readonly row: number;
	readonly problem: string | undefined;
	readonly repository: Choice | undefined;
	/** Undefined while they are being read. */
	readonly moments: readonly Choice[] | undefined;
	readonly moment: Choice | undefined;
	/** The folder that is being looked at. */
	readonly checking: string | undefined;
	readonly result: RestoreResult | undefined;
};

export type RestoreAction =
	| KeyAction
	| {
			readonly type: 'moments-read';
			readonly repository: string;
			readonly moments: readonly Choice[];
	  }
	| {
			readonly type: 'folder-checked';
			readonly folder: string;
			readonly problem: string | undefined;
	  };
