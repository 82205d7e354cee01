import {titleOf} from '../../domain/restore/restore-state.ts';
import {formatCount, formatNumber} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import type {VerifyEvent} from '../../domain/verify/events.ts';
import {describeFinding} from '../../domain/verify/finding-table.ts';
import {isWhole, type RepositoryVerdict} from '../../domain/verify/verdict.ts';
import type {Around, EventLine, Presentation, ReportChoice} from '../reporter.ts';
import {layOut, layOutMarked, textStyleForOut} from '../text/layout.ts';
import {
	addProof,
	formatCompared,
	formatRehearsed,
	formatReport,
	newProofs,
	type Proofs,
} from './report.ts';

/** The source that is being verified, and how far that is. */
type Verifying = {readonly source: string; readonly total: number; done: number; damaged: number};

/** Without a terminal, progress is reported this many times a source. */
const parts = 10;

/** Progress on the error stream, and a report a source on standard output. */
export const presentVerify = (
	{json, quiet}: ReportChoice,
	{terminal, clock}: Around,
): Presentation<VerifyEvent> => {
	let current: Verifying | undefined;
	let notable: RepositoryVerdict[] = [];
	let reports = '';
	const compared = newProofs();
	const rehearsed = newProofs();

	const fold = (event: VerifyEvent): void => {
		switch (event.type) {
			case 'verify-started':
				current = {source: event.source, total: event.repositories, done: 0, damaged: 0};
				break;
			case 'verified':
				if (current !== undefined) {
					current.done += 1;
					current.damaged += isWhole(event) ? 0 : 1;
				}

				notable.push(...(event.findings.length > 0 ? [event] : []));
				break;
			case 'source-verified':
				if (!quiet || notable.length > 0 || event.findings.length > 0) {
					reports += formatReport(event, notable, textStyleForOut(terminal));
				}

				notable = [];
				current = undefined;
				break;
			case 'compared':
				addProof(compared, event.repository || event.source, event.compared);
				break;
			case 'rehearsed':
				addProof(rehearsed, titleOf(event), event.rehearsed);
				break;
			default:
		}
	};

	const describe = (event: VerifyEvent): readonly EventLine[] => {
		if (event.type === 'noticed') {
			return [{text: toPrintable(event.text), weight: 'warning'}];
		}
		if (event.type !== 'verified' || current === undefined) {
			return [];
		}
		if (!isWhole(event)) {
			const what = event.findings.map(describeFinding)[0] ?? '';
			return [{text: `${toPrintable(event.repository)}: NOT WHOLE, ${what}`, weight: 'notable'}];
		}

		const {done, total} = current;
		const isNextPart =
			Math.floor((done * parts) / total) > Math.floor(((done - 1) * parts) / total);
		const text = `${formatNumber(done)} of ${formatNumber(total)} verified`;
		return [{text, weight: isNextPart ? 'notable' : 'minor'}];
	};

	const show: Presentation<VerifyEvent>['show'] = (event, live) => {
		if (event.type === 'noticed') {
			live.write(layOutMarked('attention', toPrintable(event.text), live.frame()));
		} else if (event.type === 'verify-started' && event.repositories > 0) {
			live.beginOnTop(event.source, toPrintable(event.source), {
				steps: () => Math.floor(clock.elapsed() / 1000),
				describe: () => (current === undefined ? '' : describeProgress(current)),
			});
		} else if (event.type === 'source-verified') {
			live.end(event.source);
		}
	};

	const summarise = (): string => {
		const style = textStyleForOut(terminal);
		const isShown = ({bad}: Proofs): boolean => !quiet || bad.length > 0;
		return [
			reports,
			current === undefined || quiet
				? ''
				: `${layOut(2, describeUnfinished(current), style).join('\n')}\n`,
			isShown(rehearsed) ? formatRehearsed(rehearsed, style) : '',
			isShown(compared) ? formatCompared(compared, style) : '',
		].join('');
	};

	return {
		fold: json ? () => {} : fold,
		describe,
		toJson: (event) => [event],
		show,
		live: {},
		summarise: () => ({stream: 'out', text: json ? '' : summarise()}),
	};
};

const describeProgress = ({done, total, damaged}: Verifying): string => {
	const found = damaged === 0 ? '' : `, ${formatNumber(damaged)} not whole`;
	return `${formatNumber(done)} of ${formatNumber(total)} verified${found}`;
};

const describeUnfinished = ({source, total, done}: Verifying): string =>
	`${toPrintable(source)} was not verified to its end: ${formatNumber(done)} of ${formatCount(total, 'repository')}.`;
