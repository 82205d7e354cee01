import type {Part} from '../../source/parts/part.ts';
import {parts} from '../../source/parts/registry.ts';

export const findPart = (name: string): Part => {
	const part = parts.find((one) => one.name === name);
	if (part === undefined) {
		throw new Error(`no part ${name}`);
	}

	return part;
};
