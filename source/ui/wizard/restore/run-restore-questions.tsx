import {askInTerminal} from '../ask-in-terminal.ts';
import type {Look} from '../wizard-ports.ts';
import {RestoreQuestions} from './restore-questions.tsx';
import type {RestorePorts, RestoreResult, RestoreSituation} from './restore-questions-state.ts';

export type RestoreQuestionsOptions = {
	readonly ports: RestorePorts;
	readonly situation: RestoreSituation;
	readonly look: Look;
	/** Ends the questions as Ctrl-C does. */
	readonly signal: AbortSignal;
};

/** Asks what to restore, as of when and where to. Needs a terminal on both sides. */
export const runRestoreQuestions = ({
	signal,
	...props
}: RestoreQuestionsOptions): Promise<RestoreResult> =>
	askInTerminal<RestoreResult>(signal, {kind: 'left'}, (onResult) => (
		<RestoreQuestions {...props} onResult={onResult} />
	));
