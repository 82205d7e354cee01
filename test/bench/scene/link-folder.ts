import {linkSync, mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

/**
 * A copy of a folder that shares its files: enough where they are replaced and never written into,
 * as git and the program do it, and made in a moment.
 */
export const linkFolder = (from: string, to: string): void => {
	mkdirSync(to, {recursive: true, mode: 0o700});
	for (const entry of readdirSync(from, {withFileTypes: true})) {
		const [source, target] = [join(from, entry.name), join(to, entry.name)];
		if (entry.isDirectory()) {
			linkFolder(source, target);
		} else {
			linkSync(source, target);
		}
	}
};
