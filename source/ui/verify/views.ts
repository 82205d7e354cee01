import {toPrintable} from '../../domain/text/printable-text.ts';
import type {VerifyEvent} from '../../domain/verify/events.ts';
import {isWhole, type RepositoryVerdict} from '../../domain/verify/verdict.ts';
import type {Terminal} from '../../ports.ts';
import type {Around} from '../choose-face.ts';
import {formatNumber} from '../text/count.ts';
import {formatJson} from '../text/json-text.ts';
import {lookFor} from '../text/layout.ts';
import {formatClock} from '../text/moment.ts';
import {describeFinding} from './describe-finding.ts';
import {addProof, formatCompared, formatRehearsed, newProofs, type Proofs} from './proofs.ts';
import {formatReport} from './report.ts';

/** Shows a verification; `close` gives the terminal back. */
export type VerifyView = {
	handle(event: VerifyEvent): void;
	close(): void;
};

type Choice = {readonly json: boolean; readonly quiet: boolean};

/** The report goes to standard output, progress to the error stream, as the terminal can. */
export const chooseVerifyView = async (
	{json, quiet}: Choice,
	around: Around,
): Promise<VerifyView> => {
	if (json) {
		return createJson(around.terminal);
	}

	const progress = quiet
		? undefined
		: around.terminal.isInteractive
			? (await import('../live/verify-progress.ts')).openVerifyProgress(around)
			: createLines(around);
	return createReport(around.terminal, progress, quiet);
};

/** Every event as one JSON object a line. */
const createJson = ({writeOut}: Terminal): VerifyView => ({
	handle: (event) => writeOut(`${formatJson({v: 1, ...event})}\n`),
	close: () => {},
});

/** A report a source; a quiet one only where something was found. */
const createReport = (
	terminal: Terminal,
	progress: VerifyView | undefined,
	quiet: boolean,
): VerifyView => {
	let notable: RepositoryVerdict[] = [];
	let reports = '';
	const compared = newProofs();
	const rehearsed = newProofs();
	return {
		handle: (event) => {
			progress?.handle(event);
			if (event.type === 'verified' && event.findings.length > 0) {
				notable.push(event);
			} else if (event.type === 'source-verified') {
				if (!quiet || notable.length > 0 || event.findings.length > 0) {
					reports += formatReport(event, notable, lookFor(terminal));
				}
				notable = [];
			} else if (event.type === 'compared') {
				addProof(compared, event.repository || event.source, event.compared);
			} else if (event.type === 'rehearsed') {
				addProof(rehearsed, event.repository, event.rehearsed);
			}
		},
		close: () => {
			progress?.close();
			const look = lookFor(terminal);
			const isShown = ({bad}: Proofs): boolean => !quiet || bad.length > 0;
			terminal.writeOut(
				[
					reports,
					isShown(rehearsed) ? formatRehearsed(rehearsed, look) : '',
					isShown(compared) ? formatCompared(compared, look) : '',
				].join(''),
			);
		},
	};
};

/** How often a pipe hears how far it is: after each such part of the whole. */
const parts = 10;

/** Plain lines: what is not whole at once, and now and then how far it is. */
const createLines = ({terminal, clock}: Around): VerifyView => {
	let total = 0;
	let done = 0;
	const write = (text: string): void =>
		terminal.writeError(`${formatClock(clock.now())} ${text}\n`);
	return {
		handle: (event) => {
			if (event.type === 'noticed') {
				write(toPrintable(event.text));
			} else if (event.type === 'verify-started') {
				[total, done] = [event.repositories, 0];
			} else if (event.type === 'verified') {
				done += 1;
				if (!isWhole(event)) {
					const what = event.findings.map(describeFinding)[0] ?? '';
					write(`${toPrintable(event.repository)}: NOT WHOLE, ${what}`);
				} else if (Math.floor((done * parts) / total) > Math.floor(((done - 1) * parts) / total)) {
					write(`${formatNumber(done)} of ${formatNumber(total)} verified`);
				}
			}
		},
		close: () => {},
	};
};
