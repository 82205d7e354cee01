import {
	type ListrRenderer,
	type ListrRendererFactory,
	ListrTaskEventType,
	type ListrTaskObject,
} from 'listr2';
import type {Window} from './window.ts';

type AnyTask = ListrTaskObject<unknown, ListrRendererFactory, ListrRendererFactory>;

/**
 * A listr2 renderer that draws into a window: what a task says when it ends goes above, and every
 * change of a task's state has the window painted anew. Listr2's own renderers paint every task of
 * the list at every change, which takes minutes where there are hundreds.
 */
export const windowRendererFor = (window: Window): ListrRendererFactory =>
	class WindowRenderer implements ListrRenderer {
		/** What is a terminal is found out before; listr2 looks at standard output, which may be a file. */
		static readonly nonTTY = true;
		static readonly rendererOptions = {};
		static readonly rendererTaskOptions = {};
		readonly #tasks: readonly AnyTask[];

		constructor(tasks: readonly AnyTask[]) {
			this.#tasks = tasks;
		}

		readonly render = (): void => {
			for (const task of this.#tasks) {
				task.on(ListrTaskEventType.STATE, () => window.touch());
				task.on(ListrTaskEventType.OUTPUT, (text) => window.write(text.split('\n')));
				task.on(ListrTaskEventType.MESSAGE, ({error}) => {
					if (error !== undefined) {
						window.write(error.split('\n'));
					}
				});
			}
		};

		readonly end = (): void => window.touch();
	};
