import {findShell, shellNames} from '../completion/shells.ts';
import type {CommandRow} from './command-row.ts';
import {usageError} from './options.ts';

/** Prints the script of a shell. What the script asks for is answered before any of this is loaded. */
export const complete: CommandRow = {
	name: 'complete',
	summary: 'print a script that lets a shell complete commands, options and names',
	operands: {name: '<shell>', help: `one of ${shellNames.join(', ')}`, values: shellNames},
	options: [],
	examples: [
		'cistern complete bash > ~/.local/share/bash-completion/completions/cistern',
		'cistern complete fish > ~/.config/fish/completions/cistern.fish',
	],
	read: (values, [name = '']) => {
		const shell = findShell(name);
		if (shell === undefined) {
			throw usageError(`The shell must be one of ${shellNames.join(', ')}.`, values.command);
		}

		return {command: 'print', text: shell.script};
	},
};
