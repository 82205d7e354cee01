import {formatNumber} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import type {VerifyEvent} from '../../domain/verify/events.ts';
import {isWhole} from '../../domain/verify/verdict.ts';
import type {Around} from '../choose-face.ts';
import {describeNotice} from './describe-notice.ts';
import {nameColumn} from './draw-row.ts';
import {type Frame, type Line, spin} from './frame.ts';
import {openLiveScreen} from './live-screen.ts';

/** One line at the bottom that says how far a verification is; warnings scroll up. */
export const openVerifyProgress = (
	around: Around,
): {handle(event: VerifyEvent): void; close(): void} => {
	let source = '';
	let [done, total, damaged] = [0, 0, 0];
	const draw = (frame: Frame): readonly Line[] => {
		const found = damaged === 0 ? '' : `, ${formatNumber(damaged)} not whole`;
		const text = `${formatNumber(done)} of ${formatNumber(total)} verified${found}`;
		const mark = {text: spin(frame, Math.floor(around.clock.elapsed() / 1000))};
		return total === 0 ? [] : [[...nameColumn(mark, {text: source, style: 'bold'}, frame), {text}]];
	};
	const screen = openLiveScreen(around, draw);
	return {
		handle: (event) => {
			if (event.type === 'noticed') {
				screen.write(describeNotice(event.text, screen.look()));
			} else if (event.type === 'verify-started') {
				source = toPrintable(event.source);
				[done, total, damaged] = [0, event.repositories, 0];
			} else if (event.type === 'verified') {
				done += 1;
				damaged += isWhole(event) ? 0 : 1;
			}

			screen.touch();
		},
		close: screen.close,
	};
};
