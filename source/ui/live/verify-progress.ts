import {toPrintable} from '../../domain/text/printable-text.ts';
import type {VerifyEvent} from '../../domain/verify/events.ts';
import {isWhole} from '../../domain/verify/verdict.ts';
import type {Clock, Terminal} from '../../ports.ts';
import {formatNumber} from '../text/count.ts';
import {marksFor} from '../text/marks.ts';
import {styleFor} from '../text/style.ts';
import type {Line} from './frame.ts';
import {openWindow} from './window.ts';

/** One line at the bottom that says how far a verification is; what is not whole scrolls up. */
export const openVerifyProgress = ({
	terminal,
	clock,
}: {
	readonly terminal: Terminal;
	readonly clock: Clock;
}): {handle(event: VerifyEvent): void; close(): void} => {
	const marks = marksFor(terminal);
	const style = styleFor(terminal);
	let source = '';
	let [done, total, damaged] = [0, 0, 0];
	const draw = (): readonly Line[] => {
		const spinner = marks.spinner[Math.floor(clock.elapsed() / 1000) % marks.spinner.length] ?? '';
		const found = damaged === 0 ? '' : `   ${formatNumber(damaged)} not whole`;
		const count = `${formatNumber(done)} of ${formatNumber(total)} verified${found}`;
		return total === 0
			? []
			: [[{text: `  ${spinner} `}, {text: source, style: 'bold'}, {text: `   ${count}`}]];
	};
	const window = openWindow({terminal, clock, style, ellipsis: marks.ellipsis, draw});
	return {
		handle: (event) => {
			if (event.type === 'noticed') {
				window.write([`  ${style('yellow', marks.attention)} ${toPrintable(event.text)}`]);
			} else if (event.type === 'verify-started') {
				source = toPrintable(event.source);
				[done, total, damaged] = [0, event.repositories, 0];
			} else if (event.type === 'verified') {
				done += 1;
				damaged += isWhole(event) ? 0 : 1;
			}

			window.touch();
		},
		close: window.close,
	};
};
