#!/usr/bin/env node
/**
 * The program's first lines. They run on any Node, so that an old one gets a sentence and not a
 * syntax error: everything that needs a newer Node is imported once its version is known.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 13)) {
	const {keepCompiled} = await import('./compile-cache.ts');
	keepCompiled(process);
	const [{main}, {listenForSignals}] = await Promise.all([
		import('./main.ts'),
		import('./signals.ts'),
	]);
	process.exitCode = await main(process, listenForSignals(process));
} else {
	process.stderr.write(
		`Cistern needs Node 22.13 or newer; this is Node ${process.versions.node}. Get one at https://nodejs.org\n`,
	);
	process.exitCode = 1;
}

export {};
