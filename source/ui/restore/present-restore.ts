import {repoFolder} from '../../domain/plan/layout.ts';
import {
	countAll,
	countDone,
	countParts,
	emptyRestore,
	foldRestore,
	titleOf,
} from '../../domain/restore/restore-state.ts';
import type {
	RestoredName,
	RestoredRepository,
	RestoreEvent,
} from '../../domain/restore/restored.ts';
import {formatNumber} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import type {JsonLine} from '../json/contract.ts';
import {withPartFields} from '../json/json.ts';
import {indent, moveOn, type StageRow, startStages} from '../live/row.ts';
import type {Around, EventLine, Presentation} from '../reporter.ts';
import {textStyleFor} from '../text/layout.ts';
import {
	describeRestored,
	explainNotRestored,
	formatRestored,
	formatRestoreSummary,
	isRestored,
} from './describe-restored.ts';

export const presentRestore = ({terminal, clock}: Around): Presentation<RestoreEvent> => {
	const state = emptyRestore();
	const parts = new Map<string, StageRow>();

	const show: Presentation<RestoreEvent>['show'] = (event, live) => {
		switch (event.type) {
			case 'restore-started':
				for (const name of event.plan) {
					live.makeRoomFor(nameOf(name));
				}

				live.openList(event.plan.length);
				break;
			case 'restoring': {
				const part = startStages('restoring', live.frame());
				parts.set(keyOf(event), part);
				live.begin(keyOf(event), nameOf(event), part);
				break;
			}
			case 'restore-progressed': {
				const part = parts.get(keyOf(event));
				if (part !== undefined) {
					moveOn(part, event.progress, live.frame());
				}
				break;
			}
			case 'restore-ended': {
				const {restored} = event;
				const isWell =
					isRestored(restored) &&
					event.nameTaken === undefined &&
					restored.gaps.length === 0 &&
					restored.remoteHead === undefined &&
					restored.hasNoHead === undefined;
				parts.delete(keyOf(event));
				live.end(
					keyOf(event),
					// Among several parts, those without a problem are only counted.
					isWell && countParts(state).get(repoFolder) !== 1
						? {}
						: {
								text: describeRestored(event, live.frame().now),
								isFailed: !isRestored(restored),
								isNotable: true,
							},
				);
				break;
			}
			default:
		}
	};

	return {
		fold: (event) => foldRestore(state, event),
		describe,
		toJson: (event) => [toRestoreJson(event)],
		show,
		live: {
			drawTotals: () =>
				parts.size === 0
					? undefined
					: [
							indent,
							{text: `${formatNumber(countDone(state))} of ${formatNumber(countAll(state))}`},
						],
		},
		summarise: () => ({
			stream: 'error',
			text: formatRestoreSummary(state, {...textStyleFor(terminal), now: clock.now()}),
		}),
	};
};

const describe = (event: RestoreEvent, now: number): readonly EventLine[] => {
	switch (event.type) {
		case 'restoring':
			return [{text: `${nameOf(event)}: restoring`, weight: 'minor'}];
		case 'restore-ended':
			return [{text: formatRestored(event, now), weight: 'notable'}];
		default:
			return [];
	}
};

const nameOf = (name: RestoredName): string => toPrintable(titleOf(name));

const keyOf = ({source, repository, part}: RestoredName): string =>
	JSON.stringify([source, repository, part]);

/** The line of `--json` about an event. */
export const toRestoreJson = (event: RestoreEvent): JsonLine => {
	switch (event.type) {
		case 'restore-started':
			return describeStart(event);
		case 'restore-ended':
			return describeEnd(event);
		default:
			return event;
	}
};

/** Leaves the plan out: each part gets a line of its own later. */
const describeStart = ({
	plan,
	json,
	...facts
}: Extract<RestoreEvent, {type: 'restore-started'}>): JsonLine => {
	const repositories = plan.filter(({part}) => part === repoFolder).length;
	return {...facts, repositories, ...json};
};

const describeEnd = ({
	source,
	repository,
	part,
	to,
	nameTaken,
	restored,
}: RestoredRepository): JsonLine => {
	const about = {source, repository, part, ...to};
	if (isRestored(restored)) {
		const {result, ...facts} = restored;
		const wasThere = result === 'already-there';
		return {type: 'restored', ...about, nameTaken, wasThere, ...withPartFields(facts)};
	}

	const problem = explainNotRestored(restored);
	const {result: _result, ...facts} = restored;
	return {type: 'not-restored', ...about, problem, ...facts};
};
