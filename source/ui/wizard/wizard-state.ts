import type {AccessLine, AccessReport, WorkspaceLookup} from '../../domain/access/access.ts';
import type {FolderReport} from '../../domain/answers/folder-report.ts';
import type {Keychain} from '../../domain/answers/keychain.ts';
import type {
	AccessKind,
	TokenPlace,
	WizardAnswers,
	WizardResult,
} from '../../domain/answers/wizard-answers.ts';
import type {Secret, SourceType} from '../../domain/settings/settings.ts';
import type {EditKey, LineEditor} from './line-editor.ts';
import type {WizardSituation} from './wizard-ports.ts';

export type Step =
	| 'start'
	| 'workspace'
	| 'type'
	| 'authName'
	| 'publicOnly'
	| 'apiAuthName'
	| 'token'
	| 'check'
	| 'folder'
	| 'tokenPlace'
	| 'review';

/** Answers given so far; one that is missing has not been given. */
export type Values = {
	/** The first question, where there is one: begin anew, or change this source. */
	readonly start?: {readonly replaces: string | undefined};
	readonly workspace?: string;
	readonly type?: SourceType;
	readonly access?: AccessKind;
	readonly authName?: string;
	readonly publicOnly?: true;
	readonly apiAuthName?: string;
	readonly token?: Secret;
	readonly folder?: FolderReport;
	readonly tokenPlace?: TokenPlace;
};

/** `request` tells an answer that is still waited for from one that comes too late. */
export type Lookup = {
	readonly workspace: string;
	readonly request: number;
	readonly result: WorkspaceLookup | undefined;
};

export type Check =
	| {readonly state: 'idle'}
	| {readonly state: 'running'; readonly request: number; readonly lines: readonly AccessLine[]}
	| {readonly state: 'done'; readonly report: AccessReport; readonly accepted: boolean}
	/** It ended in a way that is a mistake of this program. */
	| {readonly state: 'broken'; readonly message: string};

export type Inspection = {readonly request: number; readonly path: string};

export type Preview = {readonly request: number; readonly text: string | undefined};

export type Saving = {
	readonly request: number;
	readonly next: 'back-up' | 'add-another' | 'leave';
	readonly answers: WizardAnswers;
};

export type WizardState = {
	readonly situation: WizardSituation;
	readonly step: Step;
	readonly values: Values;
	readonly editor: LineEditor;
	/** What was written and not answered with before going back, by step. */
	readonly drafts: Readonly<Partial<Record<Step, string>>>;
	/** The highlighted row: the text field where the question has one, then its options. */
	readonly row: number;
	/** What is wrong with the answer to the current question: a sentence. */
	readonly problem: string | undefined;
	readonly lookup: Lookup | undefined;
	readonly check: Check;
	readonly inspection: Inspection | undefined;
	readonly keychains: readonly Keychain[];
	readonly preview: Preview | undefined;
	readonly saving: Saving | undefined;
	/** Where the settings were written. */
	readonly savedTo: string | undefined;
	readonly result: WizardResult | undefined;
	/** Numbers the requests. */
	readonly requests: number;
	/** The last key was a carriage return: a line feed right behind it belongs to it. */
	readonly afterReturn: boolean;
};

export type WizardAction =
	/** Plain text from the keyboard, or from a paste that the terminal did not mark as one. */
	| {readonly type: 'typed'; readonly text: string}
	/** Text that the terminal marked as pasted. */
	| {readonly type: 'pasted'; readonly text: string}
	| {readonly type: 'key'; readonly key: WizardKey}
	| {
			readonly type: 'workspace-looked-up';
			readonly request: number;
			readonly result: WorkspaceLookup;
	  }
	| {readonly type: 'check-reported'; readonly request: number; readonly line: AccessLine}
	| {readonly type: 'check-finished'; readonly request: number; readonly report: AccessReport}
	| {readonly type: 'folder-inspected'; readonly request: number; readonly report: FolderReport}
	| {readonly type: 'keychains-found'; readonly keychains: readonly Keychain[]}
	| {readonly type: 'preview-made'; readonly request: number; readonly text: string}
	| {readonly type: 'saved'; readonly request: number; readonly file: string}
	/** Any of the requests ended with an error, told as a sentence. */
	| {readonly type: 'request-failed'; readonly request: number; readonly message: string};

export type WizardKey = 'up' | 'down' | 'back' | 'escape' | 'leave' | 'enter' | EditKey;
