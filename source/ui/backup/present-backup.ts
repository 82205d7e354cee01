import type {BackupEvent} from '../../domain/run/events.ts';
import {emptyRun, fold} from '../../domain/run/run-state.ts';
import {mostNamed} from '../../domain/run/source-state.ts';
import {toJsonLines} from '../json/json.ts';
import type {Around, Presentation, ReportChoice} from '../reporter.ts';
import {textStyleFor} from '../text/layout.ts';
import {describeEvent} from './describe-event.ts';
import {createBackupRows} from './rows.ts';
import {formatSummary} from './summary.ts';

export const presentBackup = (
	choice: ReportChoice,
	{terminal, clock}: Around,
): Presentation<BackupEvent> => {
	const state = emptyRun();
	return {
		fold: (event, now) => fold(state, event, now),
		describe: describeEvent,
		toJson: (event) => toJsonLines(event, state),
		...createBackupRows(state, false),
		summarise: () => ({
			stream: 'error',
			text: formatSummary(state, {
				...textStyleFor(terminal),
				now: clock.now(),
				onlyTrouble: choice.quiet,
				mostNamed: terminal.isInteractive ? Math.floor(terminal.rows() / 4) : mostNamed,
			}),
		}),
	};
};

/** The look of a dry run: counts in a terminal, and its warnings everywhere. */
export const presentLook = (): Presentation<BackupEvent> => {
	const state = emptyRun();
	return {
		fold: (event, now) => fold(state, event, now),
		describe: describeEvent,
		toJson: () => [],
		...createBackupRows(state, true),
		summarise: () => ({stream: 'error', text: ''}),
	};
};
