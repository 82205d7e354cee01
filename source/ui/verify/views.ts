import {titleOf} from '../../domain/restore/restore-state.ts';
import {formatClock, formatCount, formatNumber} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import type {VerifyEvent} from '../../domain/verify/events.ts';
import {isWhole, type RepositoryVerdict} from '../../domain/verify/verdict.ts';
import type {Terminal} from '../../ports/terminal.ts';
import type {Around} from '../choose-face.ts';
import {formatJsonLine} from '../json.ts';
import {layOut, type TextStyle, textStyleForOut} from '../text/layout.ts';
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
	handle: (event) => writeOut(formatJsonLine(event)),
	close: () => {},
});

/** A source of which not everything was verified yet. */
type Running = {readonly source: string; readonly total: number; readonly done: number};

/** A report a source; a quiet one only where something was found. */
const createReport = (
	terminal: Terminal,
	progress: VerifyView | undefined,
	quiet: boolean,
): VerifyView => {
	let notable: RepositoryVerdict[] = [];
	let reports = '';
	let running: Running | undefined;
	const compared = newProofs();
	const rehearsed = newProofs();
	return {
		handle: (event) => {
			progress?.handle(event);
			if (event.type === 'verify-started') {
				running = {source: event.source, total: event.repositories, done: 0};
			} else if (event.type === 'verified') {
				running = running && {...running, done: running.done + 1};
				notable.push(...(event.findings.length > 0 ? [event] : []));
			} else if (event.type === 'source-verified') {
				if (!quiet || notable.length > 0 || event.findings.length > 0) {
					reports += formatReport(event, notable, textStyleForOut(terminal));
				}
				notable = [];
				running = undefined;
			} else if (event.type === 'compared') {
				addProof(compared, event.repository || event.source, event.compared);
			} else if (event.type === 'rehearsed') {
				addProof(rehearsed, titleOf(event), event.rehearsed);
			}
		},
		close: () => {
			progress?.close();
			const style = textStyleForOut(terminal);
			const isShown = ({bad}: Proofs): boolean => !quiet || bad.length > 0;
			terminal.writeOut(
				[
					reports,
					running === undefined || quiet ? '' : formatUnfinished(running, style),
					isShown(rehearsed) ? formatRehearsed(rehearsed, style) : '',
					isShown(compared) ? formatCompared(compared, style) : '',
				].join(''),
			);
		},
	};
};

const formatUnfinished = ({source, total, done}: Running, style: TextStyle): string => {
	const all = formatCount(total, 'repository', 'repositories');
	const text = `${toPrintable(source)} was not verified to its end: ${formatNumber(done)} of ${all}.`;
	return `${layOut(2, text, style).join('\n')}\n`;
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
