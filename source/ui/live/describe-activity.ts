import type {Stage} from '../../domain/run/events.ts';
import type {RunningRow} from '../../domain/run/run-rows.ts';
import type {Wait} from '../../domain/run/run-state.ts';
import {formatRoughly} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {reasonOf} from '../describe-failed.ts';
import {type Frame, secondsSince} from './frame.ts';

/** What git is doing, where it tells how far it is. All of one width with the figure behind it. */
const words: Readonly<Record<Stage, string>> = {
	asking: 'asking',
	counting: 'counting',
	compressing: 'compressing',
	receiving: 'receiving',
	resolving: 'resolving',
	sending: 'sending',
	keeping: 'keeping',
	wiki: 'wiki',
	packing: 'packing',
	rescuing: 'rescuing',
};

const wordWidth = Math.max(...Object.values(words).map((word) => word.length));

/** The same where it does not, and a word alone would say too little. */
const sentences: Readonly<Record<Stage, string>> = {
	asking: 'asking what is there',
	counting: 'waiting for the server to count',
	compressing: 'waiting for the server to compress',
	receiving: 'receiving',
	resolving: 'resolving',
	sending: 'sending',
	keeping: 'keeping what upstream replaced',
	wiki: 'saving the wiki',
	packing: 'packing',
	rescuing: 'reading what is left of a damaged copy',
};

const starts: Readonly<Record<RunningRow['action'], string>> = {
	clone: 'starting to clone',
	update: 'starting to update',
	restore: 'restoring',
};

/** Seconds after which a row says how long it has been silent. */
const longSilence = 5;

export const describeActivity = (row: RunningRow, frame: Frame): string => {
	const {progress, action, heldBy} = row;
	if (progress?.percent !== undefined) {
		return `${words[progress.stage].padEnd(wordWidth)} ${String(Math.floor(progress.percent)).padStart(3)} %`;
	}

	const text =
		heldBy === undefined
			? sentenceOf(progress?.stage, action)
			: `waiting for its turn at ${toPrintable(heldBy)}`;
	const seconds = secondsSince(frame, row.since);
	return seconds < longSilence ? text : `${text}, ${formatRoughly(seconds * 1000)}`;
};

const sentenceOf = (stage: Stage | undefined, action: RunningRow['action']): string =>
	stage === undefined ? starts[action] : sentences[stage];

/** From here on a countdown goes by minutes. */
const longCountdown = 100;

/** `pausing 38 s: Bitbucket asked to slow down`. */
export const describeWait = ({failure, until}: Wait, {now}: Frame): string => {
	const seconds = Math.max(1, Math.ceil((until - now) / 1000));
	const left = seconds < longCountdown ? `${seconds} s` : formatRoughly(seconds * 1000);
	const what = failure.kind === 'rate-limited' ? 'pausing' : 'trying again in';
	return `${what} ${left}: ${reasonOf(failure)}`;
};
