import {isStandalone, type Standalone} from '../../source/parts/part.ts';
import {parts} from '../../source/parts/registry.ts';

export const findPart = (name: string): Standalone => {
	const part = parts.filter(isStandalone).find((one) => one.name === name);
	if (part === undefined) {
		throw new Error(`no part ${name}`);
	}

	return part;
};
