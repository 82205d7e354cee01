import type {Delivery} from '../../domain/tell/decide.ts';
import type {TargetDraft, When} from '../../domain/tell/target.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {formatJsonLine} from '../json/json.ts';
import {layOutMarked, type TextStyle} from '../text/layout.ts';

const moments: Readonly<Record<When, string>> = {
	always: 'after every backup',
	news: 'of problems, and of what Bitbucket took away',
	problems: 'of problems, once a day, and when all is well again',
};

/** The targets, and when each is told. */
export const formatTargets = (targets: readonly TargetDraft[]): string =>
	targets
		.map(({name, when}) => `  ${name.padEnd(widthOf(targets))}   is told ${moments[when]}\n`)
		.join('');

export const formatTargetsJson = (targets: readonly TargetDraft[]): string =>
	targets.map(({name, when}) => formatJsonLine({type: 'target', target: name, when})).join('');

const widthOf = (targets: readonly TargetDraft[]): number =>
	Math.max(...targets.map(({name}) => name.length));

/** How one target took its message. */
export const formatTold = ({target, reason}: Delivery, style: TextStyle): string => {
	const sign = reason === undefined ? 'done' : 'failed';
	const text = reason === undefined ? 'told' : `not told: ${toPrintable(reason)}`;
	return `${layOutMarked(sign, text, style, {name: target, width: 18}).join('\n')}\n`;
};

export const formatToldJson = ({target, reason}: Delivery): string =>
	formatJsonLine({type: 'tell', target, sent: reason === undefined, reason});
