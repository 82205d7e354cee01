import type {BackupEvent} from '../../domain/run/events.ts';
import type {Outcome} from '../../domain/run/outcome.ts';
import type {RunState} from '../../domain/run/run-state.ts';
import {formatAge} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {describeFailed} from '../describe-failed.ts';
import {describeSavedBriefly} from '../describe-saved.ts';
import {layOutBeside} from '../text/layout.ts';
import {drawSign, type Span} from '../text/style.ts';
import {describeNotice} from './describe-notice.ts';
import {nameOf} from './draw-window.ts';
import {isNotable} from './is-notable.ts';
import type {LiveLook} from './live-screen.ts';

/** What a finished repository leaves above the window for good; nothing where it is only counted. */
export const describeFinished = (
	state: RunState,
	event: Extract<BackupEvent, {type: 'repository-finished'}>,
	look: LiveLook,
): readonly string[] => {
	const {outcome} = event;
	if (!isNotable(outcome)) {
		return [];
	}
	const mark = drawSign(outcome.result === 'failed' ? 'failed' : 'done', look);
	return besideName(mark, nameOf(state, event), describeOutcome(outcome, look.now), look);
};

/** The lines of every other event that stay above the window. */
export const describeNews = (
	state: RunState,
	event: BackupEvent,
	look: LiveLook,
): readonly string[] => {
	const attention = drawSign('attention', look);
	switch (event.type) {
		case 'source-started': {
			const {marks, paint} = look;
			const title = paint('bold', toPrintable(event.source));
			return [`  ${title} ${marks.arrow} ${toPrintable(event.folder)}`, ''];
		}
		case 'noticed':
			return describeNotice(event.text, look);
		case 'repository-gone':
			return besideName(
				attention,
				nameOf(state, event),
				'gone from Bitbucket; its backup stays',
				look,
			);
		case 'repository-renamed': {
			const text = `renamed, was ${toPrintable(event.formerName)}`;
			return besideName(attention, nameOf(state, event), text, look);
		}
		default:
			return [];
	}
};

const besideName = (mark: Span, name: string, text: string, look: LiveLook): readonly string[] =>
	layOutBeside(
		[{text: '  '}, mark, {text: ' '}, {text: name, style: 'bold'}],
		4 + look.nameWidth + 2,
		text,
		look,
	);

const describeOutcome = (outcome: Outcome, now: number): string => {
	switch (outcome.result) {
		case 'saved':
			return describeSavedBriefly(outcome);
		case 'failed':
			return describeFailed(
				outcome,
				outcome.lastGood === undefined ? undefined : formatAge(outcome.lastGood, now),
			);
		default:
			return '';
	}
};
