#!/usr/bin/env node
import {isAbsolute, join} from 'node:path';
import {version} from './version.ts';

/**
 * Lets Node keep its compiled code for the next start, in the user's own cache folder: every user
 * of a machine can write to Node's usual one, and code from there is run.
 */
const keepCompiled = async (): Promise<void> => {
	try {
		const {enableCompileCache} = await import('node:module');
		const {default: envPaths} = await import('env-paths');
		const {cache} = envPaths('cistern', {suffix: ''});
		if (isAbsolute(cache)) {
			enableCompileCache(join(cache, 'compiled'));
		}
	} catch {
		// A user without a home folder has no cache.
	}
};

/**
 * These lines run on any Node, so that an old one prints a sentence and not a syntax error:
 * everything that needs a newer Node is imported after its version is known. `--version` alone is
 * answered here, because loading the rest would make it half as slow again.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const [word, ...others] = process.argv.slice(2);
if (word === '--version' && others.length === 0) {
	process.stdout.write(`${version}\n`);
} else if (major > 22 || (major === 22 && minor >= 13)) {
	await keepCompiled();
	const {main} = await import('./main.ts');
	process.exitCode = await main(process);
} else {
	process.stderr.write(
		`Cistern needs Node 22.13 or newer; this is Node ${process.versions.node}.\nGet one at https://nodejs.org\n`,
	);
	process.exitCode = 1;
}
