import type {RunState} from '../../domain/run/run-state.ts';
import {estimateTimeLeft, type RunTotals, readTotals} from '../../domain/run/run-totals.ts';
import {formatNumber, formatRoughly, formatSize} from '../../domain/text/format.ts';
import {measureWidth} from '../text/width.ts';
import {type Frame, indent, type Line, lineWidth} from './frame.ts';

const wideGap = '   ';
const narrowGap = '  ';

/**
 * The last line: how far, how it went, how much, how fast, how long still. Where there is no room
 * for all of it, what can be done without goes first.
 */
export const drawTotals = (state: RunState, frame: Frame): Line => {
	const totals = readTotals(state);
	const left = estimateTimeLeft(state, frame.now);
	const done = `${formatNumber(totals.done)} of ${formatNumber(totals.inScope)}`;
	const counts = describeCounts(totals);
	const failed = totals.failed === 0 ? '' : `${formatNumber(totals.failed)} failed`;
	const size = totals.received === 0 ? '' : formatSize(totals.received);
	const rate = totals.bytesPerSecond === 0 ? '' : `${formatSize(totals.bytesPerSecond)}/s`;
	const time = left === undefined ? '' : `about ${formatRoughly(left)} left`;

	const room = lineWidth(frame) - measureWidth(indent.text);
	const choices = [
		[done, counts, size, rate, time],
		[done, counts, rate, time],
		[done, counts, time],
		[done, failed, rate, time],
		[done, failed, time],
		[done, failed],
		[done],
	].flatMap((parts) => {
		const told = parts.filter((part) => part !== '');
		return [told.join(wideGap), told.join(narrowGap)];
	});
	const text = choices.find((choice) => measureWidth(choice) <= room) ?? done;
	return [indent, {text}];
};

const describeCounts = ({unchanged, saved, failed}: RunTotals): string =>
	[[unchanged, 'unchanged'] as const, [saved, 'saved'] as const, [failed, 'failed'] as const]
		.filter(([count]) => count > 0)
		.map(([count, word]) => `${formatNumber(count)} ${word}`)
		.join(', ');
