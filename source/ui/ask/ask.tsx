import process from 'node:process';
import {Box, render, Text, useInput, usePaste} from 'ink';
import {
	createContext,
	type ReactNode,
	useContext,
	useEffect,
	useState,
	useSyncExternalStore,
} from 'react';
import {measureWidth, padToWidth} from '../text/width.ts';
import {type Asking, type AskingOptions, type AskState, rowsOf, startAsking} from './asking.ts';
import {DisplayProvider, Mark, Notice, useDisplay} from './layout.tsx';
import type {AnsweredRow, Left} from './question.ts';
import type {TerminalFeatures} from './terminal-features.ts';

export type AskSurroundings = {
	readonly features: TerminalFeatures;
	/** Ends the questions as Ctrl-C does. */
	readonly signal: AbortSignal;
};

type AskOptions<Form, Result> = AskSurroundings &
	AskingOptions<Form, Result> & {
		/** Says above every question what all of them are about. */
		readonly title: string;
		/** Stays on the screen when the questions are over. */
		Farewell(props: {readonly form: Form; readonly result: Result | Left}): ReactNode;
	};

/** Cursor visible, no bracketed paste (DECTCEM, xterm's mode 2004). */
const plainTerminal = '\u001B[?25h\u001B[?2004l';

/** Ink writes no line end behind what is to be read out. */
const endOfReading = process.env['INK_SCREEN_READER'] === 'true' ? '\n' : '';

/**
 * Asks questions. Holds the terminal until there is a result and gives it back as it was, whatever
 * happens; throws what a component throws. Needs a terminal on both sides.
 */
export const ask = async <Form, Result>(
	options: AskOptions<Form, Result>,
): Promise<Result | Left> => {
	const input = process.stdin;
	// If both are terminals, standard output is kept for results.
	const output = process.stderr.isTTY ? process.stderr : process.stdout;
	const asking = startAsking<Form, Result>(options);
	const {signal} = options;
	if (signal.aborted) {
		return {kind: 'left'};
	}

	// Ink sets it after the first painting only: an echo in between would shift the screen.
	input.setRawMode(true);
	try {
		return await mount(options, asking, input, output);
	} finally {
		input.setRawMode(false);
		input.unref();
		output.write(`${endOfReading}${plainTerminal}`);
	}
};

const mount = async <Form, Result>(
	options: AskOptions<Form, Result>,
	asking: Asking<Form, Result>,
	stdin: NodeJS.ReadStream,
	output: NodeJS.WriteStream,
): Promise<Result | Left> => {
	const {signal} = options;
	const instance = render(<App {...options} asking={asking} onEnd={() => instance.unmount()} />, {
		stdin,
		stdout: output,
		stderr: output,
		exitOnCtrlC: false,
		patchConsole: false,
		// Ink draws nothing if a CI variable is set, but the caller has found a terminal.
		interactive: true,
	});
	const stop = (): void => instance.unmount();
	signal.addEventListener('abort', stop, {once: true});
	try {
		await instance.waitUntilExit();
		return asking.read().result ?? {kind: 'left'};
	} finally {
		signal.removeEventListener('abort', stop);
		asking.leave();
		stop();
	}
};

type Keyboard = {
	/** Does the last key belong in a line of text? */
	isText: boolean;
	/** Did the last key end with a carriage return? */
	endsWithReturn: boolean;
};

type Current = {
	readonly asking: Asking<unknown, unknown>;
	readonly keyboard: Keyboard;
	/** As it is painted. */
	readonly state: AskState<unknown, unknown>;
};

const Context = createContext<Current | undefined>(undefined);

/** The questions that are being asked, for what is drawn inside of them. */
export const useAsking = (): Current => {
	const current = useContext(Context);
	if (current === undefined) {
		throw new TypeError('No question is asked here.');
	}

	return current;
};

type AppProps<Form, Result> = AskOptions<Form, Result> & {
	readonly asking: Asking<Form, Result>;
	readonly onEnd: () => void;
};

const App = <Form, Result>(props: AppProps<Form, Result>) => {
	const {title, features, asking, onEnd, Farewell} = props;
	const state = useSyncExternalStore(asking.subscribe, asking.read);
	const [keyboard] = useState<Keyboard>({isText: true, endsWithReturn: false});
	const {result, form} = state;
	useEffect(() => {
		if (result !== undefined) {
			onEnd();
		}
	}, [result, onEnd]);
	return (
		<DisplayProvider features={features}>
			<Context value={{asking, keyboard, state}}>
				<Keys />
				{result === undefined ? <Screen title={title} /> : <Farewell form={form} result={result} />}
			</Context>
		</DisplayProvider>
	);
};

/**
 * The keys that every question knows. Stands first in the tree, so that it hears each key before
 * the text field does.
 */
const Keys = () => {
	const {asking, keyboard, state} = useAsking();
	useInput((input, key) => {
		const hasModifier = key.ctrl || key.meta;
		const isEnter = key.return || /^[\r\n]+$/.test(input);
		// A line feed behind a carriage return belongs to it, also in the next piece.
		const isSecondHalf = input === '\n' && keyboard.endsWithReturn;
		keyboard.endsWithReturn = key.return || input.endsWith('\r');
		keyboard.isText = !hasModifier && !isEnter && !key.escape;
		if (key.ctrl && input === 'c') {
			asking.leave();
		} else if (key.escape || (key.tab && key.shift)) {
			asking.back();
		} else if (key.upArrow) {
			asking.move(-1);
		} else if (key.downArrow) {
			asking.move(1);
		} else if (isEnter && !isSecondHalf) {
			asking.enter();
		} else if ((key.backspace || key.delete) && state.text === '') {
			// The field has painted nothing yet that it could erase.
			asking.erase();
		}
	});
	usePaste((text) => asking.paste(text));
	return null;
};

/** Never higher than the terminal: a higher one is wiped and painted anew at every key. */
const Screen = ({title}: {readonly title: string}) => {
	const {asking, state} = useAsking();
	const {style, rows} = useDisplay();
	const {question, form, text, problem, isBusy} = state;
	const {number, count} = asking.progress();
	const {View} = question;
	return (
		<Box flexDirection="column" paddingLeft={2} maxHeight={rows - 1} overflowY="hidden">
			<Box justifyContent="space-between" paddingRight={2} flexShrink={0}>
				<Text wrap="truncate">{style('bold', title)}</Text>
				{number === 0 ? null : <Text>{style('dim', `question ${number} of ${count}`)}</Text>}
			</Box>
			{question.hidesAnswered ? null : <AnsweredRows rows={asking.answered()} />}
			<Box marginTop={1} flexDirection="column" flexShrink={1}>
				<View key={state.visit} form={form} text={text} problem={problem} isBusy={isBusy} />
			</Box>
			{problem === undefined ? null : (
				<Box paddingLeft={2} flexShrink={0}>
					<Notice kind="failed" text={problem} />
				</Box>
			)}
			<KeyHelp />
		</Box>
	);
};

/** The keys that work here, and nothing else. */
const KeyHelp = () => {
	const {asking, state} = useAsking();
	const {style, hasUnicode} = useDisplay();
	const {first, count} = rowsOf(state);
	const keys = [
		...(count - first > 1 && !state.isBusy ? [`${hasUnicode ? '↑↓' : 'up/down'} choose`] : []),
		...(count > 0 && !state.isBusy ? ['enter next'] : []),
		...(asking.canGoBack() ? ['esc back'] : []),
		'ctrl-c leave',
	];
	return (
		<Box marginTop={1} flexShrink={0}>
			<Text>{style('dim', keys.join('   '))}</Text>
		</Box>
	);
};

/** Everything else that gives way has 1. */
const givesWayFirst = 1000;

/** Answered questions stay in sight. If there is no room for all, the oldest are hidden. */
export const AnsweredRows = ({rows}: {readonly rows: readonly AnsweredRow[]}) => {
	const {style} = useDisplay();
	const width = Math.max(...rows.map(({label}) => measureWidth(label)));
	return rows.length === 0 ? null : (
		<Box
			flexDirection="column"
			justifyContent="flex-end"
			flexShrink={givesWayFirst}
			overflowY="hidden"
			marginTop={1}
		>
			{rows.map(({label, value, note = '', mark = 'done'}) => (
				<Box key={label} flexShrink={0} height={1}>
					<Mark kind={mark} />
					<Text wrap="truncate">
						{` ${style('dim', padToWidth(label, width))}   ${value}`}
						{note === '' ? '' : `   ${style('dim', note)}`}
					</Text>
				</Box>
			))}
		</Box>
	);
};
