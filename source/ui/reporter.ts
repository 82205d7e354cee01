import {formatClock} from '../domain/text/format.ts';
import type {Terminal} from '../ports/terminal.ts';
import type {World} from '../ports/world.ts';
import type {JsonLine} from './json/contract.ts';
import {formatJsonLine} from './json/json.ts';
import type {Live, LiveOptions} from './live/row.ts';

/** How the options ask a command to report. */
export type ReportChoice = {
	readonly json: boolean;
	readonly quiet: boolean;
	readonly verbose: boolean;
};

export type Around = Pick<World, 'terminal' | 'clock'>;

export type EventLine = {
	/** Printable, without a time. */
	readonly text: string;
	/** `warning`: also told by a quiet reporter. `minor`: for the log and for `--verbose`. */
	readonly weight: 'warning' | 'notable' | 'minor';
};

/** A command's words for its events; all that it brings to its reporter. */
export type Presentation<Event> = {
	/** Folds an event into the state that the others read. `now`: milliseconds since 1970. */
	fold(event: Event, now: number): void;
	/** The plain lines that an event is worth. */
	describe(event: Event, now: number): readonly EventLine[];
	/** The lines of `--json` that an event is worth. */
	toJson(event: Event): readonly JsonLine[];
	/** Changes the rows of a terminal as an event demands. */
	show(event: Event, live: Live): void;
	readonly live: LiveOptions;
	/** The closing text, and its stream; empty if there is nothing to say. */
	summarise(): {readonly text: string; readonly stream: 'out' | 'error'};
};

/**
 * Shows the events of a command. `handle` never throws and never waits; `close` gives the terminal
 * back and writes the summary. Nothing else writes to the terminal in between.
 */
type Reporter<Event> = {
	handle(event: Event): void;
	close(): Promise<void>;
};

/** Does the reporter show how far a transfer is? */
export const showsProgress = (
	{json, quiet, verbose}: ReportChoice,
	{isInteractive}: Terminal,
): boolean => json || (isInteractive && !quiet && !verbose);

/** The reporter that the options ask for and the terminal can carry. */
export const openReporter = async <Event>(
	choice: ReportChoice,
	around: Around,
	presentation: Presentation<Event>,
): Promise<Reporter<Event>> => {
	const {terminal, clock} = around;
	const reporter = await open(choice, around, presentation);
	return {
		handle: (event) => {
			presentation.fold(event, clock.now());
			reporter.handle(event);
		},
		close: async () => {
			await reporter.close();
			const {text, stream} = presentation.summarise();
			if (text !== '') {
				(stream === 'out' ? terminal.writeOut : terminal.writeError)(text);
			}
		},
	};
};

const open = async <Event>(
	{json, quiet, verbose}: ReportChoice,
	around: Around,
	presentation: Presentation<Event>,
): Promise<Reporter<Event>> => {
	if (json) {
		return openJson(around, presentation);
	}
	if (quiet) {
		return openQuiet(around, presentation);
	}
	return verbose || !around.terminal.isInteractive
		? openLines(around, presentation, verbose)
		: openLive(around, presentation);
};

const close = async (): Promise<void> => {};

/** Every event as one JSON object a line on standard output. */
const openJson = <Event>({terminal}: Around, {toJson}: Presentation<Event>): Reporter<Event> => ({
	handle: (event) => {
		for (const line of toJson(event)) {
			terminal.writeOut(formatJsonLine(line));
		}
	},
	close,
});

/** Warnings only: the summary speaks if something is wrong. */
const openQuiet = <Event>(
	{terminal, clock}: Around,
	{describe}: Presentation<Event>,
): Reporter<Event> => ({
	handle: (event) => {
		for (const {text, weight} of describe(event, clock.now())) {
			if (weight === 'warning') {
				terminal.writeError(`${text}\n`);
			}
		}
	},
	close,
});

/** Plain lines for pipes, cron and CI; with `verbose` every line there is. */
const openLines = <Event>(
	{terminal, clock}: Around,
	{describe}: Presentation<Event>,
	verbose: boolean,
): Reporter<Event> => ({
	handle: (event) => {
		const now = clock.now();
		for (const {text, weight} of describe(event, now)) {
			if (verbose || weight !== 'minor') {
				terminal.writeError(`${formatClock(now)} ${text}\n`);
			}
		}
	},
	close,
});

/** Rows in a terminal. Only here listr2 is loaded. */
const openLive = async <Event>(
	around: Around,
	{show, live}: Presentation<Event>,
): Promise<Reporter<Event>> => {
	const opened = (await import('./live/live.ts')).openLive(around, live);
	return {
		handle: (event) => {
			show(event, opened);
			opened.touch();
		},
		close: opened.close,
	};
};
