import type {AccessLine, AccessReport} from '../domain/access/access.ts';
import type {Source} from '../domain/settings/settings.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import type {Terminal} from '../ports.ts';
import {formatJson} from './text/json-text.ts';
import {type Marks, marksFor} from './text/marks.ts';
import {type StyleName, styleFor} from './text/style.ts';

type Look = Pick<Terminal, 'hasColour' | 'hasUnicode'>;

const signs: Readonly<
	Record<AccessLine['state'], {readonly mark: (marks: Marks) => string; readonly style: StyleName}>
> = {
	running: {mark: ({bullet}) => bullet, style: 'dim'},
	ok: {mark: ({done}) => done, style: 'green'},
	attention: {mark: ({attention}) => attention, style: 'yellow'},
	failed: {mark: ({failed}) => failed, style: 'red'},
};

const labelWidth = 22;

/** What the check found out about one thing, and below it what that means. */
export const formatAccessLine = (
	{state, label, text, consequence}: AccessLine,
	look: Look,
): string => {
	const {mark, style} = signs[state];
	const sign = styleFor(look)(style, mark(marksFor(look)));
	const first = `  ${sign} ${toPrintable(label).padEnd(labelWidth)}${toPrintable(text)}\n`;
	return consequence === undefined ? first : `${first}      ${toPrintable(consequence)}\n`;
};

const verdicts: Readonly<Record<AccessReport['verdict'], string>> = {
	good: 'everything is as it should be',
	limited: 'it works, but something useful is missing',
	unreachable: 'it could not be checked to the end',
	refused: 'the credentials are not good enough',
};

export const formatVerdict = ({title}: Source, {verdict}: AccessReport): string =>
	`${toPrintable(title)}: ${verdicts[verdict]}\n`;

/** The whole check of one source as one object on one line. */
export const formatAccessJson = (
	{title, workspace}: Source,
	{verdict, lines, suspects}: AccessReport,
): string =>
	`${formatJson({v: 1, type: 'access', source: title, workspace, verdict, suspects, lines})}\n`;
