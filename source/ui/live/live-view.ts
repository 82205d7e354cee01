import type {BackupEvent} from '../../domain/run/events.ts';
import type {RunState} from '../../domain/run/run-state.ts';
import type {Around} from '../choose-face.ts';
import {measureWidth} from '../text/width.ts';
import type {View} from '../view.ts';
import {drawWindow, nameOf} from './draw-window.ts';
import {type LiveLook, openLiveScreen} from './live-screen.ts';
import {describeFinished, describeNews} from './notable-lines.ts';
import {createTaskMirror, type TaskMirror} from './task-mirror.ts';
import {windowRendererFor} from './window-renderer.ts';

/** Progress in a terminal. `readState` gives the run with the event that is being handled. */
export const createLiveView = (around: Around, readState: () => RunState): View => {
	const screen = openLiveScreen(around, (frame) => drawWindow(readState(), frame));
	let longest = '';
	const mirror = createTaskMirror(windowRendererFor(screen));

	return {
		handle: (event) => {
			const state = readState();
			// Every name is heard of in the look; the column moves once, between it and the first row.
			if (event.type === 'repository-looked-at') {
				longest = longerOf(longest, nameOf(state, event));
			} else if (event.type === 'plan-made') {
				screen.makeRoomFor(longest);
			}

			screen.write(describeNews(state, event, screen.look()));
			follow(mirror, event, state, screen.look());
			screen.touch();
		},
		close: async () => {
			await mirror.close();
			screen.close();
		},
	};
};

const longerOf = (left: string, right: string): string =>
	measureWidth(left) < measureWidth(right) ? right : left;

/** Looking at a source is one task, and each repository that something happens to is one. */
const follow = (mirror: TaskMirror, event: BackupEvent, state: RunState, look: LiveLook): void => {
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
