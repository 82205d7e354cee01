import type {AccessLine, AccessReport} from '../domain/access/access.ts';
import type {Source} from '../domain/settings/settings.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import type {Terminal} from '../ports/terminal.ts';
import {formatJsonLine} from './json/json.ts';
import {layOut, layOutBeside, textStyleForOut} from './text/layout.ts';
import type {Marks, StyleName} from './text/style.ts';

const signs: Readonly<
	Record<AccessLine['state'], {readonly mark: (marks: Marks) => string; readonly style: StyleName}>
> = {
	running: {mark: ({bullet}) => bullet, style: 'dim'},
	ok: {mark: ({done}) => done, style: 'green'},
	attention: {mark: ({attention}) => attention, style: 'yellow'},
	failed: {mark: ({failed}) => failed, style: 'red'},
};

/** Columns of mark, label and the blanks around them. */
const labelWidth = 26;

/** One line of the check, and its consequence below it. */
export const formatAccessLine = (
	{state, label, text, consequence = ''}: AccessLine,
	terminal: Terminal,
): string => {
	const {mark, style} = signs[state];
	const textStyle = textStyleForOut(terminal);
	const sign = {text: mark(textStyle.marks), style};
	const lines = [
		...layOutBeside(
			[{text: '  '}, sign, {text: ` ${toPrintable(label)}`}],
			labelWidth,
			toPrintable(text),
			textStyle,
		),
		...(consequence === '' ? [] : layOut(6, toPrintable(consequence), textStyle)),
	];
	return `${lines.join('\n')}\n`;
};

const verdicts: Readonly<Record<AccessReport['verdict'], string>> = {
	good: 'everything is as it should be',
	limited: 'it works, but something useful is missing',
	unreachable: 'the check could not be finished',
	refused: 'the credentials are not sufficient; "cistern setup" changes them',
};

export const formatVerdict = ({title}: Source, {verdict}: AccessReport): string =>
	`${toPrintable(title)}: ${verdicts[verdict]}\n`;

/** The line of `--json` about the check of one source. */
export const formatAccessJson = (
	{title, workspace}: Source,
	{verdict, lines, suspects}: AccessReport,
): string => formatJsonLine({type: 'access', source: title, workspace, verdict, suspects, lines});
