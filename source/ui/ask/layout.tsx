import {Box, Text, useAnimation, useIsScreenReaderEnabled, useWindowSize} from 'ink';
import {createContext, type ReactNode, useContext, useMemo} from 'react';
import type {TokenPlace} from '../../domain/answers/wizard-answers.ts';
import {type Marks, marksFor, type Style, type StyleName, styleFor} from '../text/style.ts';
import {wrapWords} from '../text/width.ts';
import type {TerminalFeatures} from './terminal-features.ts';

/** Colours are our own, as on all other screens: Ink's ignore `NO_COLOR`. */
type Display = {
	readonly style: Style;
	readonly marks: Marks;
	readonly hasUnicode: boolean;
	readonly hasLinks: boolean;
	readonly columns: number;
	readonly rows: number;
};

const Context = createContext<Display>({
	style: styleFor({hasColour: false}),
	marks: marksFor({hasUnicode: false}),
	hasUnicode: false,
	hasLinks: false,
	columns: 80,
	rows: 24,
});

export const useDisplay = (): Display => useContext(Context);

type DisplayProps = {readonly features: TerminalFeatures; readonly children: ReactNode};

export const DisplayProvider = ({features, children}: DisplayProps) => {
	const {columns, rows} = useWindowSize();
	const {hasColour, hasUnicode, hasLinks} = features;
	const display = useMemo(
		() => ({
			style: styleFor({hasColour}),
			marks: marksFor({hasUnicode}),
			hasUnicode,
			hasLinks,
			columns,
			rows,
		}),
		[hasColour, hasUnicode, hasLinks, columns, rows],
	);
	return <Context value={display}>{children}</Context>;
};

export type MarkKind = 'done' | 'failed' | 'attention' | 'running' | 'question';

const markStyles: Readonly<Record<MarkKind, StyleName>> = {
	done: 'green',
	failed: 'red',
	attention: 'yellow',
	running: 'dim',
	question: 'bold',
};

/** The sign in front of a line; a screen reader gets a word. */
export const Mark = ({kind}: {readonly kind: MarkKind}) => {
	const {style, marks} = useDisplay();
	const isReader = useIsScreenReaderEnabled();
	const {frame} = useAnimation({interval: 100, isActive: kind === 'running' && !isReader});
	if (isReader) {
		return <Text>{kind === 'question' ? '' : `${kind}:`}</Text>;
	}

	const spinner = marks.spinner[frame % marks.spinner.length] ?? '';
	const sign = kind === 'running' ? spinner : kind === 'question' ? '?' : marks[kind];
	return (
		<Box flexShrink={0}>
			<Text>{style(markStyles[kind], sign)}</Text>
		</Box>
	);
};

type AskProps = {readonly title: string; readonly children: ReactNode};

/** The line of a question, and what belongs to it, indented. */
export const Ask = ({title, children}: AskProps) => {
	const {style} = useDisplay();
	return (
		<Box flexDirection="column">
			<Box flexShrink={0}>
				<Mark kind="question" />
				<Text>{` ${style('bold', title)}`}</Text>
			</Box>
			<Box flexDirection="column" paddingLeft={2}>
				{children}
			</Box>
		</Box>
	);
};

type ParagraphProps = {
	readonly text: string;
	/** Columns to the left of it. */
	readonly indent: number;
	readonly dim?: boolean;
};

/** Every line begins with a word. If Ink breaks a line, the next one begins with a blank. */
export const Paragraph = ({text, indent, dim = false}: ParagraphProps) => {
	const {style, columns} = useDisplay();
	const lines = wrapWords(text, Math.max(20, columns - indent - 1));
	return <Text>{lines.map((line) => (dim ? style('dim', line) : line)).join('\n')}</Text>;
};

/** Dim explanations below the field; hidden if the terminal is too low. */
export const Hints = ({lines}: {readonly lines: readonly string[]}) => (
	<Box marginTop={1} flexDirection="column" overflowY="hidden">
		{lines.map((line) => (
			<Box key={line} flexShrink={0}>
				<Paragraph text={line} indent={4} dim />
			</Box>
		))}
	</Box>
);

/** A sentence behind a mark, with an empty line above it. */
export const Notice = ({kind, text}: {readonly kind: MarkKind; readonly text: string}) => (
	<Box marginTop={1} flexShrink={0}>
		<Mark kind={kind} />
		<Box marginLeft={1}>
			<Paragraph text={text} indent={6} />
		</Box>
	</Box>
);

/** An address without its scheme, clickable if the terminal can (OSC 8). */
export const Link = ({address}: {readonly address: string}) => {
	const {hasLinks} = useDisplay();
	return (
		<Text>
			{hasLinks ? `\u001B]8;;https://${address}\u0007${address}\u001B]8;;\u0007` : address}
		</Text>
	);
};

type VariableLineProps = {readonly place: TokenPlace | undefined; readonly intro: string};

/** The line that sets the token's variable, if the token is kept in one. */
export const VariableLine = ({place, intro}: VariableLineProps) => {
	const {style} = useDisplay();
	return place?.kind !== 'environment' ? null : (
		<Box marginTop={1} flexShrink={0} flexDirection="column">
			<Text>{intro}</Text>
			<Text>{style('bold', `export ${place.variable}='...'`)}</Text>
		</Box>
	);
};
