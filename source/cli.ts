#!/usr/bin/env node
import {isAbsolute, join} from 'node:path';
import {version} from './version.ts';

/**
 * These lines run on any Node, so that an old one prints a sentence and not a syntax error:
 * everything that needs a newer Node is imported after its version is known.
 */
const start = async (): Promise<number> => {
	// Node would open its debugger, in which every user of the machine could run code as this one.
	process.on('SIGUSR1', () => {});
	if (process.env['NODE_DEBUG']) {
		return startWithoutDebug();
	}

	silenceLibraries();
	const [word, ...others] = process.argv.slice(2);
	// Answered here, because loading the rest would make it half as slow again.
	if (word === '--version' && others.length === 0) {
		process.stdout.write(`${version}\n`);
		return 0;
	}

	const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
	if (major < 22 || (major === 22 && minor < 13)) {
		const found = `Cistern needs Node 22.13 or newer; this is Node ${process.versions.node}.`;
		process.stderr.write(`${found}\nGet one at https://nodejs.org\n`);
		return 1;
	}

	await keepCompiled();
	const [shell = '', mark, ...handed] = others;
	// A shell asks, and its user waits: only a part of the program is loaded.
	if (word === 'complete' && mark === '--') {
		const {complete} = await import('./complete.ts');
		await complete(process, shell, handed);
		return 0;
	}

	const {main} = await import('./main.ts');
	return main(process);
};

/**
 * Node has read NODE_DEBUG by now, and would print every request with its credentials. So the same
 * process begins again without the variable.
 */
const startWithoutDebug = (): number => {
	const {NODE_DEBUG, ...environment} = process.env;
	const {argv0, execPath, execArgv, argv} = process;
	if (process.platform !== 'win32') {
		process.execve?.(execPath, [argv0, ...execArgv, ...argv.slice(1)], environment);
	}

	process.stderr.write(
		'NODE_DEBUG is set, with which Node prints the token.\nUnset it, and run cistern again.\n',
	);
	return 1;
};

/**
 * Variables with which a library prints all that passes through it, the token included: simple-git
 * (DEBUG), yaml (LOG_…), Ink (DEV), and the curl in git, which writes down the keys of its connections.
 */
const telltale = /^(?:DEBUG(?:_.*)?|DEV|LOG_STREAM|LOG_TOKENS|SSLKEYLOGFILE)$/i;

const silenceLibraries = (): void => {
	for (const name of Object.keys(process.env)) {
		if (telltale.test(name)) {
			delete process.env[name];
		}
	}
};

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
 * Fails if standard output took only a part of the answer. A reader that went away (`| head`) has
 * all that it wanted.
 */
const withAnswer = async (act: () => Promise<number>): Promise<number> => {
	const {stdout, stderr} = process;
	let failure: NodeJS.ErrnoException | undefined;
	stdout.on('error', (error: NodeJS.ErrnoException) => {
		const isReaderGone = error.code === 'EPIPE' || (error.code === 'EIO' && stdout.isTTY);
		failure ??= isReaderGone ? undefined : error;
	});
	stderr.on('error', () => {});
	const exitCode = await act();
	// The event of an error comes after the callback of its write.
	await new Promise<void>((resolve) => {
		stdout.write('', () => setImmediate(resolve));
	});
	if (failure === undefined) {
		return exitCode;
	}

	const {getSystemErrorMap} = await import('node:util');
	const [, reason = failure.message] = getSystemErrorMap().get(failure.errno ?? 0) ?? [];
	stderr.write(
		`The answer could not be written to standard output: ${reason}.\nThe command itself has done its work. Send its output somewhere else, and run it again.\n`,
	);
	return exitCode === 0 ? 1 : exitCode;
};

process.exitCode = await withAnswer(start);
