import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import type {Clock} from '../ports/clock.ts';
import type {Terminal} from '../ports/terminal.ts';
import type {View} from './view.ts';

export type ViewChoice = {
	readonly json: boolean;
	readonly quiet: boolean;
	readonly verbose: boolean;
};

export type Around = {readonly terminal: Terminal; readonly clock: Clock};

/** What every state tells that events are folded into. */
type Folded = {readonly finished: {readonly exitCode: ExitCode} | undefined};

/** The faces that one kind of work has, and the state that its events are folded into. */
export type Faces<Event, State> = {
	readonly empty: State;
	fold(state: State, event: Event, now: number): State;
	openJson(): View<Event>;
	openQuiet(): View<Event>;
	openLines(how: {readonly verbose: boolean}): View<Event>;
	/** `readState` gives the state with the event that is being handled. */
	openLive(readState: () => State): Promise<View<Event>>;
	/** The closing text of every face. */
	summarise(state: State): string;
};

/** Does the face that is chosen tell how far a transfer is? */
export const showsProgress = (
	{json, quiet, verbose}: ViewChoice,
	{isInteractive}: Terminal,
): boolean => json || (isInteractive && !quiet && !verbose);

/**
 * How something is shown: as the options say, and else as the terminal can. Every face closes with
 * the summary, a quiet one only where something is wrong.
 */
export const chooseFace = async <Event, State extends Folded>(
	choice: ViewChoice,
	{terminal, clock}: Around,
	faces: Faces<Event, State>,
): Promise<View<Event>> => {
	let state = faces.empty;
	const view = await openFace(choice, terminal, faces, () => state);
	return {
		handle: (event) => {
			state = faces.fold(state, event, clock.now());
			view.handle(event);
		},
		close: async () => {
			await view.close();
			if (!choice.quiet || state.finished?.exitCode !== exitCodes.done) {
				terminal.writeError(faces.summarise(state));
			}
		},
	};
};

const openFace = async <Event, State>(
	{json, quiet, verbose}: ViewChoice,
	{isInteractive}: Terminal,
	faces: Faces<Event, State>,
	readState: () => State,
): Promise<View<Event>> => {
	if (json) {
		return faces.openJson();
	}
	if (quiet) {
		return faces.openQuiet();
	}
	return verbose || !isInteractive ? faces.openLines({verbose}) : faces.openLive(readState);
};
