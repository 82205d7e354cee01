import {looksLikeToken} from '../../domain/answers/token-kind.ts';
import type {Left, Outcome, Question, Tools} from './question.ts';

export type AskState<Form, Result> = {
	readonly question: Question<Form, Result>;
	readonly form: Form;
	/** All that was heard so far, which may be ahead of what is painted. */
	readonly text: string;
	/** The text holds a piece of a paste whose beginning was lost, so it may be a secret. */
	readonly isTorn: boolean;
	/** Counts the questions shown, so that late keys and answers can be recognised. */
	readonly visit: number;
	/** Raised when the text is not the one that the painted field computed. */
	readonly edition: number;
	/** The highlighted row: 0 is the field, if there is one, and the options follow. */
	readonly row: number;
	readonly problem: string | undefined;
	readonly isBusy: boolean;
	readonly result: Result | Left | undefined;
};

export type Asking<Form, Result> = ReturnType<typeof startAsking<Form, Result>>;

export type AskingOptions<Form, Result> = {
	/** In the order in which they are asked. The last one finishes. */
	readonly questions: readonly Question<Form, Result>[];
	readonly form: Form;
	/** Called after each accepted answer. */
	onAnswer?(form: Form): void;
};

type Shown<Form, Result> = Pick<AskState<Form, Result>, 'question' | 'form' | 'text'>;

/**
 * The rows of a question: its options, how many rows are above them, the first row that can be
 * highlighted, and the number of all.
 */
export const rowsOf = <Form, Result>({question, form, text}: Shown<Form, Result>) => {
	const {field} = question;
	const options = question.options?.(form, text) ?? [];
	const above = field === undefined ? 0 : 1;
	return {options, above, first: field?.isFilter ? 1 : 0, count: options.length + above};
};

/** Index of the highlighted option; -1 if the field is highlighted. */
export const chosenIndex = <Form, Result>(state: AskState<Form, Result>): number => {
	const {above, first} = rowsOf(state);
	return Math.max(first, state.row) - above;
};

/** Asks questions: holds their state and takes keys and answers. Knows no screen. */
export const startAsking = <Form, Result>(given: AskingOptions<Form, Result>) => {
	const {questions, onAnswer} = given;
	const listeners = new Set<() => void>();
	const drafts = new Map<string, string>();
	let arrival = new AbortController();
	let background = new AbortController();

	const isOpen = (question: Question<Form, Result>, form: Form): boolean =>
		(question.applies?.(form) ?? true) && !(question.isAnswered?.(form) ?? false);

	/** The last question, if all others are answered. */
	const firstOpen = (among: readonly Question<Form, Result>[], form: Form) => {
		const found = among.find((question) => isOpen(question, form)) ?? questions.at(-1);
		if (found === undefined) {
			throw new TypeError('There are no questions.');
		}

		return found;
	};

	const show = (question: Question<Form, Result>, form: Form) => {
		const text = drafts.get(question.id) ?? question.field?.propose(form) ?? '';
		const proposed = question.proposeOption?.(form, text);
		const {options, above, first} = rowsOf({question, form, text});
		const index = options.findIndex(({id}) => id === proposed);
		return {question, form, text, row: index === -1 ? first : index + above};
	};

	let state: AskState<Form, Result> = {
		...show(firstOpen(questions, given.form), given.form),
		isTorn: false,
		visit: 0,
		edition: 0,
		problem: undefined,
		isBusy: false,
		result: undefined,
	};

	const set = (changes: Partial<AskState<Form, Result>>): void => {
		if (state.result === undefined) {
			state = {...state, ...changes};
			for (const listen of listeners) {
				listen();
			}
		}
	};

	const toolsFor = ({signal}: AbortController): Tools<Form> => ({
		signal,
		update: (change) => {
			if (!signal.aborted) {
				set({form: change(state.form)});
			}
		},
	});

	const goTo = (question: Question<Form, Result>, form: Form, problem?: string): void => {
		arrival.abort();
		arrival = new AbortController();
		const visit = state.visit + 1;
		set({...show(question, form), visit, isTorn: false, isBusy: false, problem});
		const arrived = question.arrive?.(form, toolsFor(arrival));
		if (arrived !== undefined) {
			settleLater(arrived);
		}
	};

	/** Late answers, after the user went elsewhere, change nothing. */
	const settleLater = (promise: Promise<Outcome<Form, Result> | undefined>): void => {
		const {visit} = state;
		const isCurrent = (): boolean => visit === state.visit;
		promise.then(
			(outcome) => outcome !== undefined && isCurrent() && settle(outcome),
			(error: unknown) => {
				if (isCurrent()) {
					refuse(error instanceof Error ? error.message : String(error));
				}
			},
		);
	};

	const refuse = (problem: string, text?: string): void =>
		set({
			problem,
			isBusy: false,
			...(text === undefined ? {} : {text, isTorn: false, edition: state.edition + 1}),
		});

	const settle = (outcome: Outcome<Form, Result>): void => {
		if (outcome.kind === 'refused') {
			refuse(outcome.problem, outcome.text);
			return;
		}

		drafts.delete(state.question.id);
		const form = outcome.change?.(state.form) ?? state.form;
		if (outcome.kind === 'finished') {
			end(outcome.result, form);
			return;
		}

		if (outcome.meanwhile !== undefined) {
			background.abort();
			background = new AbortController();
			void outcome.meanwhile(toolsFor(background));
		}

		onAnswer?.(form);
		if (outcome.kind === 'go') {
			const to = questions.find(({id}) => id === outcome.to) ?? state.question;
			goTo(to, form, outcome.problem);
		} else {
			goTo(firstOpen(questions.slice(questions.indexOf(state.question) + 1), form), form);
		}
	};

	const end = (result: Result | Left, form: Form): void => {
		set({result, form, isBusy: false});
		arrival.abort();
		background.abort();
	};

	/** `painted`: the text as the field computed it, if the edit came from the field. */
	const write = (before: string, after: string, painted?: string): void => {
		const line = cleanLine(before);
		const text = line.text + after;
		set({
			text,
			problem: undefined,
			row: state.question.field?.isFilter ? 1 : 0,
			isTorn: text !== '' && (state.isTorn || line.isTorn),
			edition: state.edition + (text === painted ? 0 : 1),
		});
	};

	const takesText = (): boolean => state.question.field !== undefined && !state.isBusy;

	const before = (): Question<Form, Result> | undefined =>
		state.question.holdsWhileBusy && state.isBusy
			? undefined
			: questions
					.slice(0, questions.indexOf(state.question))
					.findLast(({canReturn, applies}) => (canReturn ?? applies)?.(state.form) ?? true);

	const enter = (): void => {
		const {question, form, isBusy, isTorn} = state;
		if (isBusy || state.result !== undefined) {
			return;
		}

		const option = rowsOf(state).options[chosenIndex(state)]?.id;
		const text = state.text.trim();
		const {field} = question;
		if (field !== undefined && !field.isSecret && option === undefined) {
			// Such a text must not be taken, shown or remembered, nor stay in the way.
			if (looksLikeToken(text)) {
				refuse(tokenElsewhere, field.propose(form));
				return;
			}

			if (isTorn) {
				refuse(
					'The paste came in pieces, so it was not taken. Paste it again.',
					field.propose(form),
				);
				return;
			}
		}

		const outcome = question.take(form, {text, option});
		if (outcome instanceof Promise) {
			set({isBusy: true, problem: undefined});
			settleLater(outcome);
		} else if (outcome !== undefined) {
			settle(outcome);
		}
	};

	const back = (): void => {
		const question = before();
		if (question !== undefined) {
			if (state.question.field !== undefined && !state.question.field.isSecret && !state.isTorn) {
				drafts.set(state.question.id, state.text);
			}

			goTo(question, state.form);
		}
	};

	return {
		read: () => state,
		subscribe: (listen: () => void) => {
			listeners.add(listen);
			return () => void listeners.delete(listen);
		},
		enter,
		back,
		canGoBack: () => before() !== undefined,
		leave: () => end({kind: 'left'}, state.form),
		move: (by: number) => {
			const {first, count} = rowsOf(state);
			const moving = count - first;
			if (moving > 0 && !state.isBusy) {
				set({row: first + ((state.row - first + by + moving) % moving)});
			}
		},
		paste: (text: string) => {
			if (takesText()) {
				write(state.text + text, '');
			}
		},
		/** Erases the last character. */
		erase: () => {
			if (takesText() && state.text !== '') {
				write([...state.text].slice(0, -1).join(''), '');
			}
		},
		/**
		 * The field at this visit computed `next` from the text it had painted. `isText` is false for
		 * keys that mean nothing in a line, which the field takes for characters.
		 */
		change: (painted: {visit: number; text: string}, next: string, isText: boolean) => {
			if (painted.visit !== state.visit || !takesText()) {
				return;
			}

			if (!isText) {
				set({edition: state.edition + 1});
				return;
			}

			const {head, added, tail} = applyEdit(painted.text, next, state.text);
			const [line = '', ...others] = added.split(/[\r\n]/);
			write(head + line, tail, next);
			if (others.length > 0) {
				enter();
			}
		},
		/** The rows of the questions that were answered before the current one. */
		answered: () =>
			questions
				.slice(0, questions.indexOf(state.question))
				.flatMap((question) => question.rows?.(state.form) ?? []),
		/** Number of the current question and of all; the number is 0 if it is not counted. */
		progress: () => {
			const counted = questions.filter(({isCounted}) => isCounted);
			return {number: counted.indexOf(state.question) + 1, count: counted.length};
		},
	};
};

const tokenElsewhere =
	'This looks like a token. Paste it only where it is asked for: there it is hidden.';

/** Characters that do not belong in one line: control characters, line ends, invisible marks. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * The rest of a mark of a bracketed paste (ESC [ 200 ~). If ESC comes long before the rest, Ink
 * takes it for the Escape key, and the rest for text.
 */
const pasteMark = /\[20[01]~/g;

const cleanLine = (heard: string): {readonly text: string; readonly isTorn: boolean} => {
	const printable = heard.replace(unprintable, '');
	const text = printable.replace(pasteMark, '');
	return {text, isTorn: text !== printable};
};

/**
 * A text field computes from the text that it painted last, and more may have been heard since.
 * Applies what it did to what was heard: the text in front of the edit, what was added, and the
 * text behind it.
 */
const applyEdit = (painted: string, next: string, heard: string) => {
	const most = Math.min(painted.length, next.length);
	let start = 0;
	while (start < most && painted[start] === next[start]) {
		start += 1;
	}

	let end = 0;
	while (end < most - start && painted.at(-1 - end) === next.at(-1 - end)) {
		end += 1;
	}

	// All that was heard since was typed at the same cursor.
	const at = Math.max(0, start + heard.length - painted.length);
	const removed = painted.length - end - start;
	return {
		head: heard.slice(0, at),
		added: next.slice(start, next.length - end),
		tail: heard.slice(at + removed),
	};
};
