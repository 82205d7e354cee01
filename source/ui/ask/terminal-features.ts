import {type Environment, readVariable} from '../../domain/settings/variables.ts';
import type {Terminal} from '../../ports/terminal.ts';

/** The abilities of this terminal that questions use. */
export type TerminalFeatures = {
	readonly hasColour: boolean;
	readonly hasUnicode: boolean;
	/** Does it make a text clickable (OSC 8)? */
	readonly hasLinks: boolean;
};

export const terminalFeatures = (
	{hasColour, hasUnicode}: Terminal,
	environment: Environment,
): TerminalFeatures => ({hasColour, hasUnicode, hasLinks: hasLinks(environment)});

/** Programs with clickable links, by the name they give themselves. */
const programs: ReadonlySet<string> = new Set([
	'ghostty',
	'Hyper',
	'iTerm.app',
	'vscode',
	'WezTerm',
]);

/** VTE has had links since 0.50, which it writes as 5000. */
const firstVte = 5000;

/** False inside tmux and screen, which may not pass links on. */
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
