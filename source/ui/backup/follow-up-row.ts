import type {BackupEvent} from '../../domain/run/events.ts';
import type {RunState} from '../../domain/run/run-state.ts';
import type {FollowUpState, SourceState} from '../../domain/run/source-state.ts';
import {
	formatClock,
	formatCount,
	formatDuration,
	formatNumber,
	formatRepository,
	formatRoughly,
} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {drawAbove, type Frame, indent, type Live, lineWidth} from '../live/row.ts';
import type {Line} from '../live/window.ts';
import {measureWidth} from '../text/width.ts';

type FollowUpEvent = Exclude<
	Extract<BackupEvent, {readonly followUp: string}>,
	{readonly type: 'follow-up-saved'}
>;

/** The work that follows the saving of the repositories: one row, and a line of totals of its own. */
type FollowUpRow = {
	show(event: FollowUpEvent, live: Live): void;
	/** Undefined while nothing of the kind is running. */
	drawTotals(frame: Frame): Line | undefined;
};

export const createFollowUpRow = (state: RunState): FollowUpRow => {
	let text = '';
	let steps = 0;
	let waitsUntil: number | undefined;
	const told = new Set<string>();

	const start = (
		{source, followUp}: Extract<FollowUpEvent, {type: 'follow-up-started'}>,
		live: Live,
	): void => {
		const frame = live.frame();
		// Said once a source: another follow-up may come after the first.
		if (!told.has(source)) {
			told.add(source);
			const words = describeCode(state.sources.get(source), frame.now);
			live.write(drawAbove('done', 'code', words, frame));
		}

		text = 'looking for changes';
		waitsUntil = undefined;
		live.beginOnTop(keyOf(followUp), followUp, {
			steps: () => steps,
			isHeldUp: () => waitsUntil !== undefined,
			describe: ({now}) =>
				waitsUntil === undefined
					? text
					: `waiting ${formatRoughly(Math.max(0, waitsUntil - now))}: ${text}; goes on at ${formatClock(waitsUntil)}`,
		});
	};

	return {
		show: (event, live) => {
			switch (event.type) {
				case 'follow-up-started':
					start(event, live);
					break;
				case 'follow-up-progressed': {
					const {workspace = ''} = state.sources.get(event.source) ?? {};
					const of =
						event.repository === undefined
							? ''
							: ` of ${formatRepository(event.repository, {workspace})}`;
					text = toPrintable(event.text) + of;
					steps += 1;
					waitsUntil = undefined;
					break;
				}
				case 'follow-up-waited':
					text = toPrintable(event.text);
					waitsUntil = Date.parse(event.until);
					break;
				case 'follow-up-finished':
					live.end(keyOf(event.followUp));
			}
		},
		drawTotals: (frame) => {
			const running = [...state.sources.values()]
				.flatMap(({followUps}) => [...followUps])
				.find(([, {phase}]) => phase === 'running');
			return running === undefined ? undefined : drawFollowUp(running, frame);
		},
	};
};

const keyOf = (followUp: string): string => `follow-up ${followUp}`;

/** `132 of 132 repositories are saved   3 min 12 s` */
const describeCode = (source: SourceState | undefined, now: number): string => {
	const {unchanged = 0, updated = 0, new: added = 0, plan, savingSince = now} = source ?? {};
	const saved = formatNumber(unchanged + updated + added);
	const all = formatCount(plan?.inScope ?? 0, 'repository');
	return `${saved} of ${all} saved    ${formatDuration(now - savingSince)}`;
};

/** `metadata   2,310 of about 4,700 requests   about 3 h left`, or as much as there is room for. */
const drawFollowUp = (
	[name, {requests, left, timeLeft}]: readonly [string, FollowUpState],
	frame: Frame,
): Line => {
	const done =
		left === undefined || left === 0
			? formatCount(requests, 'request')
			: `${formatNumber(requests)} of about ${formatNumber(requests + left)} requests`;
	const time = timeLeft === undefined ? '' : `about ${formatRoughly(timeLeft)} left`;
	const choices = [[name, done, time], [name, done], [done]].map((parts) =>
		parts.filter((part) => part !== '').join('   '),
	);
	const room = lineWidth(frame) - measureWidth(indent.text);
	return [indent, {text: choices.find((choice) => measureWidth(choice) <= room) ?? name}];
};
