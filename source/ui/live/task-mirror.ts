import {Listr, type ListrRendererFactory} from 'listr2';

export type Ending = {
	readonly failed: boolean;
	/** Stays above the window; nothing where there is no line. */
	readonly lines: readonly string[];
};

/** Mirrors what the engine does as listr2 tasks. It decides nothing: it is told. */
export type TaskMirror = {
	start(name: string): void;
	/** Ends a task. One that never started is only there for what it has to say. */
	finish(name: string, ending: Ending): void;
	/** Ends what still runs, and waits until listr2 has said everything. */
	close(): Promise<void>;
};

/**
 * One short list for each task instead of one list of all: listr2 takes no task after a list has
 * begun, and keeps some 5 kB for each it has. This way memory follows what runs.
 */
export const createTaskMirror = (renderer: ListrRendererFactory): TaskMirror => {
	const running = new Map<string, (ending: Ending) => void>();
	const lists = new Set<Promise<unknown>>();

	const start = (name: string): void => {
		const {promise, resolve} = Promise.withResolvers<Ending>();
		running.set(name, resolve);
		const list = runTask(name, promise, renderer).finally(() => lists.delete(list));
		lists.add(list);
	};

	const finish = (name: string, ending: Ending): void => {
		if (!running.has(name) && ending.lines.length > 0) {
			start(name);
		}
		running.get(name)?.(ending);
		running.delete(name);
	};

	return {
		start,
		finish,
		close: async () => {
			for (const name of running.keys()) {
				finish(name, {failed: false, lines: []});
			}
			await Promise.all(lists);
		},
	};
};

const runTask = (
	title: string,
	ending: Promise<Ending>,
	renderer: ListrRendererFactory,
): Promise<unknown> =>
	new Listr(
		{
			title,
			task: async (_, task): Promise<void> => {
				const {failed, lines} = await ending;
				if (failed) {
					throw new Error(lines.join('\n'));
				}
				if (lines.length > 0) {
					task.output = lines.join('\n');
				}
			},
		},
		{
			renderer,
			fallbackRenderer: 'silent',
			exitOnError: false,
			// Its handler ends the process with 127; signals belong to the program.
			registerSignalListeners: false,
		},
	).run();
