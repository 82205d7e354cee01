import type {WizardResult} from '../../domain/answers/wizard-answers.ts';
import {askInTerminal} from './ask-in-terminal.ts';
import {Wizard} from './wizard.tsx';
import type {Look, WizardPorts, WizardSituation} from './wizard-ports.ts';

export type WizardOptions = {
	readonly ports: WizardPorts;
	readonly situation: WizardSituation;
	readonly look: Look;
	/** Ends the wizard as Ctrl-C does. */
	readonly signal: AbortSignal;
};

/** Asks the questions. Needs a terminal on both sides. */
export const runWizard = ({signal, ...props}: WizardOptions): Promise<WizardResult> =>
	askInTerminal<WizardResult>(signal, {kind: 'left'}, (onResult) => (
		<Wizard {...props} onResult={onResult} />
	));
