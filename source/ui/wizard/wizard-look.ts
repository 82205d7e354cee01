import {type Environment, readVariable} from '../../domain/settings/variables.ts';
import type {Terminal} from '../../ports/terminal.ts';
import type {Look} from './wizard-ports.ts';

/** What the questions can show in this terminal. */
export const wizardLook = ({hasColour, hasUnicode}: Terminal, environment: Environment): Look => ({
	hasColour,
	hasUnicode,
	hasLinks: hasLinks(environment),
});

/** Programs that make a text clickable (OSC 8), as they name themselves. */
const programs: ReadonlySet<string> = new Set([
	'ghostty',
	'Hyper',
	'iTerm.app',
	'vscode',
	'WezTerm',
]);

/** VTE has had links since 0.50, which it writes as 5000. */
const firstVte = 5000;

/** Does the terminal say of itself that it knows links? What stands between may not hand them on. */
export const hasLinks = (environment: Environment): boolean => {
	const read = (name: string): string => readVariable(environment, name) ?? '';
	if (read('TMUX') !== '' || read('STY') !== '') {
		return false;
	}

	return (
		programs.has(read('TERM_PROGRAM')) ||
		Number(read('VTE_VERSION')) >= firstVte ||
		/kitty|alacritty|foot/.test(read('TERM')) ||
		read('WT_SESSION') !== '' ||
		read('KONSOLE_VERSION') !== ''
	);
};
