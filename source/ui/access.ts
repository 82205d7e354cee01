import type {AccessLine, AccessReport} from '../domain/access/access.ts';
import type {Source} from '../domain/settings/settings.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import type {Terminal} from '../ports/terminal.ts';
import {formatJsonLine} from './json/json.ts';
import {endLines, layOut, layOutBeside, type TextStyle, textStyleForOut} from './text/layout.ts';
import {drawSign, type Span} from './text/style.ts';

const signOf = (state: AccessLine['state'], {marks}: TextStyle): Span =>
	state === 'running'
		? {text: marks.bullet, style: 'dim'}
		: drawSign(state === 'ok' ? 'done' : state, {marks});

/** Columns of mark, label and the blanks around them. */
const labelWidth = 26;

/** One line of the check, and its consequence below it. */
export const formatAccessLine = (
	{state, label, text, consequence = ''}: AccessLine,
	terminal: Terminal,
): string => {
	const style = textStyleForOut(terminal);
	const lines = [
		...layOutBeside(
			[{text: '  '}, signOf(state, style), {text: ` ${toPrintable(label)}`}],
			labelWidth,
			toPrintable(text),
			style,
		),
		...(consequence === '' ? [] : layOut(6, toPrintable(consequence), style)),
	];
	return endLines(lines);
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
