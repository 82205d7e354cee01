import {emptyRun, fold} from '../../domain/run/run-state.ts';
import type {Around} from '../choose-face.ts';
import type {View} from '../view.ts';
import {describeNotice} from './describe-notice.ts';
import {drawLook} from './draw-window.ts';
import {openLiveScreen} from './live-screen.ts';

/** How far a dry run's look is, a line of counts a source; of it only warnings stay. */
export const openLookProgress = (around: Around): View => {
	const state = emptyRun();
	const screen = openLiveScreen(around, (frame) => drawLook(state, frame, frame.rows - 1));
	return {
		handle: (event) => {
			fold(state, event, around.clock.now());
			if (event.type === 'noticed') {
				screen.write(describeNotice(event.text, screen.look()));
			}

			screen.touch();
		},
		close: async () => screen.close(),
	};
};
