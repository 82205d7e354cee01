#!/usr/bin/env node
import {version} from './version.ts';

/**
 * The program's first lines. They run on any Node, so that an old one gets a sentence and not a
 * syntax error: everything that needs a newer Node is imported once its version is known. And they
 * answer `--version` alone by themselves, which any of the rest would make half as slow again.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const [word, ...others] = process.argv.slice(2);
if (word === '--version' && others.length === 0) {
	process.stdout.write(`${version}\n`);
} else if (major > 22 || (major === 22 && minor >= 13)) {
	const {keepCompiled} = await import('./compile-cache.ts');
	keepCompiled(process);
	const {main, listenForSignals} = await import('./main.ts');
	process.exitCode = await main(process, listenForSignals(process));
} else {
	process.stderr.write(
		`Cistern needs Node 22.13 or newer; this is Node ${process.versions.node}.\nGet one at https://nodejs.org\n`,
	);
	process.exitCode = 1;
}
