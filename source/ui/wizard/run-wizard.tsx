import process from 'node:process';
import {render} from 'ink';
import type {WizardResult} from '../../domain/answers/wizard-answers.ts';
import {Wizard} from './wizard.tsx';
import type {Look, WizardPorts, WizardSituation} from './wizard-ports.ts';

export type WizardOptions = {
	readonly ports: WizardPorts;
	readonly situation: WizardSituation;
	readonly look: Look;
	/** Ends the wizard as Ctrl-C does. */
	readonly signal: AbortSignal;
};

/** Cursor visible, no bracketed paste (DECTCEM, xterm's mode 2004). */
const plainTerminal = '\u001B[?25h\u001B[?2004l';

/**
 * Asks the questions. Holds the terminal until it returns and gives it back as it was, whatever
 * happens; throws what a component throws. Needs a terminal on both sides.
 */
export const runWizard = async (options: WizardOptions): Promise<WizardResult> => {
	const {signal} = options;
	const input = process.stdin;
	// Standard output is for what was asked for, where both are a terminal.
	const output = process.stderr.isTTY ? process.stderr : process.stdout;
	if (signal.aborted) {
		return {kind: 'left'};
	}

	// Before the first painting, not behind it as Ink does: an echo in between would shift it.
	input.setRawMode(true);
	try {
		return await mount(options, input, output);
	} finally {
		input.setRawMode(false);
		input.unref();
		output.write(plainTerminal);
	}
};

const mount = async (
	{ports, situation, look, signal}: WizardOptions,
	input: NodeJS.ReadStream,
	output: NodeJS.WriteStream,
): Promise<WizardResult> => {
	let result: WizardResult = {kind: 'left'};
	const leave = (): void => instance.unmount();
	const onResult = (answer: WizardResult): void => {
		result = answer;
		leave();
	};
	const instance = render(
		<Wizard ports={ports} situation={situation} look={look} onResult={onResult} />,
		{
			stdin: input,
			stdout: output,
			stderr: output,
			exitOnCtrlC: false,
			patchConsole: false,
			// Whoever calls has made sure of a terminal; a CI variable says nothing about that.
			interactive: true,
		},
	);
	signal.addEventListener('abort', leave, {once: true});
	try {
		await instance.waitUntilExit();
		return result;
	} finally {
		signal.removeEventListener('abort', leave);
		leave();
	}
};
