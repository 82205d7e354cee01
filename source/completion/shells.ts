import {bash} from './bash.ts';
import {fish} from './fish.ts';
import {powershell} from './powershell.ts';
import type {Shell} from './shell.ts';
import {zsh} from './zsh.ts';

const shells: Readonly<Record<string, Shell>> = {bash, zsh, fish, powershell};

export const shellNames = Object.keys(shells);

export const findShell = (name: string): Shell | undefined =>
	Object.hasOwn(shells, name) ? shells[name] : undefined;
