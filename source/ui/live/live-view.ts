import type {BackupEvent} from '../../domain/run/events.ts';
import type {RunState} from '../../domain/run/run-state.ts';
import type {Clock, Terminal} from '../../ports.ts';
import {marksFor} from '../text/marks.ts';
import {styleFor} from '../text/style.ts';
import {measureWidth} from '../text/width.ts';
import type {View} from '../view.ts';
import {drawWindow, nameOf} from './draw-window.ts';
import {drawnRows} from './frame.ts';
import {describeFinished, describeNews, type NotableLook} from './notable-lines.ts';
import {createTaskMirror, type TaskMirror} from './task-mirror.ts';
import {openWindow} from './window.ts';
import {windowRendererFor} from './window-renderer.ts';

/** The part of a line that names may take before they push aside what stands beside them. */
const nameShare = 0.3;

/** Room for most names, where none was heard of yet. */
const usualName = 14;

/** Progress in a terminal. `readState` gives the run with the event that is being handled. */
export const createLiveView = (
	{terminal, clock}: {readonly terminal: Terminal; readonly clock: Clock},
	readState: () => RunState,
): View => {
	const marks = marksFor(terminal);
	const style = styleFor(terminal);
	let longestName = usualName;
	const look = () => {
		const columns = terminal.columns();
		const nameWidth = Math.min(longestName, Math.floor(columns * nameShare));
		const rows = drawnRows(terminal.rows());
		return {columns, rows, now: clock.now(), nameWidth, marks, style};
	};
	const draw = () => drawWindow(readState(), look());
	const window = openWindow({terminal, clock, style, ellipsis: marks.ellipsis, draw});
	const mirror = createTaskMirror(windowRendererFor(window));

	return {
		handle: (event) => {
			const state = readState();
			longestName = Math.max(longestName, measureName(state, event));
			window.write(describeNews(state, event, look()));
			follow(mirror, event, state, look());
			window.touch();
		},
		close: async () => {
			await mirror.close();
			window.close();
		},
	};
};

/** Every name is heard of while its source is looked at, so that no column moves once there are rows. */
const measureName = (state: RunState, event: BackupEvent): number =>
	event.type === 'repository-looked-at' ? measureWidth(nameOf(state, event)) : 0;

/** Looking at a source is one task, and each repository that something happens to is one. */
const follow = (
	mirror: TaskMirror,
	event: BackupEvent,
	state: RunState,
	look: NotableLook,
): void => {
	switch (event.type) {
		case 'source-started':
			mirror.start(lookTask(event));
			break;
		case 'plan-made':
			mirror.finish(lookTask(event), {failed: false, lines: []});
			break;
		case 'source-finished':
			mirror.finish(lookTask(event.report), {failed: false, lines: []});
			break;
		case 'repository-started':
			mirror.start(saveTask(event));
			break;
		case 'repository-finished': {
			const lines = describeFinished(state, event, look);
			mirror.finish(saveTask(event), {failed: event.outcome.result === 'failed', lines});
			break;
		}
		default:
	}
};

type Named = {readonly source: string; readonly repository: string};

const lookTask = ({source}: Pick<Named, 'source'>): string => `look at ${source}`;

const saveTask = ({source, repository}: Named): string => `save ${repository} of ${source}`;
