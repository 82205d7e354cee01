import type {ReactNode} from 'react';

/** An option to choose; `id` says what it does. */
export type Option = {readonly id: string; readonly label: string; readonly detail: string};

/** An answered question as it stays on the screen. */
export type AnsweredRow = {
	readonly label: string;
	readonly value: string;
	readonly note?: string;
	readonly mark?: 'done' | 'attention' | 'running';
};

export type Left = {readonly kind: 'left'};

export type Outcome<Form, Result> =
	/** Goes on to the next unanswered question. */
	| {readonly kind: 'answered'; readonly change: Change<Form>; readonly meanwhile?: Work<Form>}
	| ReturnType<typeof refused>
	| {
			readonly kind: 'go';
			readonly to: string;
			readonly change?: Change<Form>;
			readonly problem?: string;
			readonly meanwhile?: Work<Form>;
	  }
	| {readonly kind: 'finished'; readonly change?: Change<Form>; readonly result: Result};

/** Stays with the question; `text` replaces what is in the field. */
export const refused = (
	problem: string,
	text?: string,
): {readonly kind: 'refused'; readonly problem: string; readonly text?: string} =>
	text === undefined ? {kind: 'refused', problem} : {kind: 'refused', problem, text};

/** How an answer changes the form, which others may have changed since the answer was given. */
export type Change<Form> = {change(form: Form): Form}['change'];

export type Tools<Form> = {
	/** Aborted when the work no longer counts; `update` does nothing from then on. */
	readonly signal: AbortSignal;
	update(change: Change<Form>): void;
};

/** Work that goes on while the user answers other questions. Must not throw. */
export type Work<Form> = {work(tools: Tools<Form>): Promise<void>}['work'];

type Given = {
	/** The text in the field, trimmed. */
	readonly text: string;
	/** Id of the highlighted option; undefined if the text is the answer. */
	readonly option: string | undefined;
};

type ViewProps<Form> = {
	readonly form: Form;
	readonly text: string;
	readonly problem: string | undefined;
	/** An answer is being worked on. */
	readonly isBusy: boolean;
};

/** Everything about one question. A method that is left out means yes, nothing or never. */
export type Question<Form, Result> = {
	readonly id: string;
	/** Is it one of the questions that the screen counts? */
	readonly isCounted?: boolean;
	/** Its view shows all answers, so the screen does not. */
	readonly hidesAnswered?: boolean;
	/** Esc does not interrupt the work on an answer. */
	readonly holdsWhileBusy?: boolean;
	/** Does this user have to answer it? */
	applies?(form: Form): boolean;
	/** May Esc lead back to it? As `applies` if it is left out. */
	canReturn?(form: Form): boolean;
	/** Answered questions are passed over on the way forward. */
	isAnswered?(form: Form): boolean;
	readonly field?: {
		readonly label: string;
		readonly placeholder?: string;
		/** Dots are shown in place of the text, and the text is forgotten when the user goes back. */
		readonly isSecret?: boolean;
		/** The text narrows the options, of which one is always highlighted. */
		readonly isFilter?: boolean;
		propose(form: Form): string;
	};
	options?(form: Form, text: string): readonly Option[];
	/** Id of the option that is highlighted at first; the field or the first one otherwise. */
	proposeOption?(form: Form, text: string): string | undefined;
	/** Called when the question is shown. */
	arrive?(form: Form, tools: Tools<Form>): Promise<Outcome<Form, Result> | undefined>;
	/** A promise keeps the question busy; its error is shown as a problem. */
	take(
		form: Form,
		given: Given,
	): Outcome<Form, Result> | Promise<Outcome<Form, Result>> | undefined;
	rows?(form: Form): readonly AnsweredRow[];
	View(props: ViewProps<Form>): ReactNode;
};
