import {access} from 'node:fs/promises';
import {devNull} from 'node:os';
import {join, parse} from 'node:path';
import {
	GitConstructError,
	GitError,
	GitPluginError,
	type outputHandler,
	type SimpleGit,
	type SimpleGitOptions,
	simpleGit,
} from 'simple-git';
import {FailureError} from '../../domain/failure/failure.ts';
import {onlyGiven} from '../../domain/given.ts';
import {bytesOf, textOf} from '../byte-text.ts';
import {asFileFailure, limitOf} from '../files/file-failure.ts';
import {failureOfGit} from './git-failure.ts';
import {blameRights} from './mirror-files.ts';

export type GitCommand = {
	readonly args: readonly string[];
	/** The folder to run in. */
	readonly folder: string;
	/**
	 * `true`: the folder is the repository, and git searches for no other. `none`: the command needs
	 * no repository and must not find one where it happens to run.
	 */
	readonly gitDir?: boolean | 'none';
	/** Written to git's standard input. Must not be empty: git would wait for it. */
	readonly input?: string | undefined;
	readonly signal?: AbortSignal | undefined;
	/** Added to the environment's. */
	readonly variables?: Readonly<Record<string, string>>;
	/** Receives git's raw progress text. simple-git's own plugin loses most of it. */
	readonly onProgressText?: (text: string) => void;
	/**
	 * Gets each line of git's standard output, which is then not held: the command gives an empty text.
	 * It must not throw.
	 */
	readonly onLine?: (line: string) => void;
	/** Exit codes other than 0 that are an answer and not a failure. */
	readonly answers?: readonly number[];
};

/** git, or a program that becomes git. */
export type GitProgram = readonly ['git'] | readonly ['nohup', 'git'];

/** Runs one git command in the environment of a source and gives its standard output. */
export type RunGit = (command: GitCommand) => Promise<string>;

/**
 * git ended with an exit code that is no answer. The caller knows the purpose of the command and turns
 * this into a failure. Extends simple-git's class, because simple-git turns any other error into text.
 */
export class GitExit extends GitError {
	readonly exitCode: number;
	readonly stdout: string;
	readonly stderr: string;

	constructor(exitCode: number, output: {readonly stdout: string; readonly stderr: string}) {
		super(undefined, `git ended with ${exitCode}`);
		this.name = 'GitExit';
		this.exitCode = exitCode;
		this.stdout = output.stdout;
		this.stderr = output.stderr;
	}
}

/** Where a git that needs no repository runs. It exists on every system; the temporary folder may not. */
export const anywhere = parse(process.execPath).root;

/** simple-git refuses these unless they are named. Every value is ours, or the user's own. */
const unsafe = {
	allowUnsafeAskPass: true,
	allowUnsafeConfigEnvCount: true,
	allowUnsafeConfigPaths: true,
	allowUnsafeCredentialHelper: true,
	allowUnsafeFsMonitor: true,
	allowUnsafeGitProxy: true,
	allowUnsafeHooksPath: true,
	allowUnsafePager: true,
	allowUnsafeProtocolOverride: true,
	allowUnsafeSshCommand: true,
	allowUnsafeTemplateDir: true,
} as const;

/**
 * Runs the installed git once. Throws `GitExit` for an exit code other than 0 and `answers`, and the
 * signal's reason when it aborts.
 */
export const runGit = async (
	command: GitCommand,
	environment: Readonly<Record<string, string>>,
	program: GitProgram = ['git'],
): Promise<string> => {
	const {signal, input, answers = []} = command;
	signal?.throwIfAborted();
	if (command.gitDir === true) {
		await refuseOtherFolder(command.folder);
	}

	const variables = {...environment, ...placeOf(command), ...command.variables};
	const git = openSimpleGit({
		baseDir: command.folder,
		binary: [...program],
		allowEnvironment: Object.keys(variables),
		unsafe,
		...onlyGiven({abort: signal}),
		...(input === undefined ? {} : {input: () => bytesOf(input)}),
		// Output may still arrive some milliseconds after the exit.
		completion: {onClose: true, onExit: false},
		errors: (error, {exitCode, stdErr, stdOut}) => {
			if (error instanceof GitPluginError || exitCode < 0) {
				return error;
			}

			return exitCode === 0 || answers.includes(exitCode)
				? undefined
				: new GitExit(exitCode, {
						stdout: textOf(Buffer.concat(stdOut)),
						stderr: textOf(Buffer.concat(stdErr)),
					});
		},
	}).env(variables);
	const output: Buffer[] = [];
	git.outputHandler(readOutput(command, output));

	try {
		const text = await git.raw([...command.args]);
		return text.includes('\uFFFD') ? textOf(Buffer.concat(output)) : text;
	} catch (error) {
		signal?.throwIfAborted();
		throw error;
	}
};

/** simple-git asks for the current folder, though it is given another and the current one may be gone. */
const openSimpleGit = (options: Partial<SimpleGitOptions>): SimpleGit => {
	const {cwd} = process;
	process.cwd = () => anywhere;
	try {
		return simpleGit(options);
	} finally {
		process.cwd = cwd;
	}
};

/** With a `commondir` file, git would take configuration, hooks, refs and objects from another folder. */
const refuseOtherFolder = async (mirror: string): Promise<void> => {
	const exists = await access(join(mirror, 'commondir')).then(
		() => true,
		() => false,
	);
	if (exists) {
		const detail = 'its contents lie in another folder (commondir)';
		throw new FailureError({kind: 'mirror-unusable', path: mirror, detail});
	}
};

const placeOf = ({gitDir}: GitCommand): Readonly<Record<string, string>> => {
	if (gitDir === 'none') {
		return {GIT_DIR: devNull};
	}

	return gitDir === true ? {GIT_DIR: '.'} : {};
};

/**
 * simple-git waits 50 ms longer for a command that printed nothing, and a backup runs many of those.
 * An empty chunk counts as printed.
 */
const readOutput =
	({onProgressText, onLine}: GitCommand, output: Buffer[]): outputHandler =>
	(_command, stdout, stderr) => {
		if (onProgressText !== undefined) {
			stderr.on('data', (chunk: Buffer) => onProgressText(chunk.toString('utf8')));
		}

		if (onLine === undefined) {
			stdout.on('data', (chunk: Buffer) => output.push(chunk));
		} else {
			// simple-git's own listener, which holds all of it.
			stdout.removeAllListeners('data');
			stdout.on('data', byLine(onLine));
		}

		setImmediate(() => stderr.emit('data', Buffer.alloc(0)));
	};

/** Passes on each line of an output that comes in pieces. */
const byLine = (take: (line: string) => void): ((piece: Buffer) => void) => {
	let rest: Buffer = Buffer.alloc(0);
	return (piece) => {
		const bytes = Buffer.concat([rest, piece]);
		let start = 0;
		for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', start)) {
			// Line by line: a part of a longer text would hold all of that in memory.
			take(bytes.toString('latin1', start, end));
			start = end + 1;
		}

		rest = bytes.subarray(start);
	};
};

/** Runs a command inside a mirror. Its failures concern the mirror or the disk. */
export const inMirror =
	(run: RunGit) =>
	(
		mirror: string,
		args: readonly string[],
		options: Pick<GitCommand, 'input' | 'answers' | 'signal' | 'onLine' | 'variables'> = {},
	): Promise<string> =>
		onDisk(mirror, () => run({args, folder: mirror, gitDir: true, ...options}));

/** Turns errors of our own work on a mirror's files into the failures of git's work on them. */
export const onDisk = async <Result>(
	mirror: string,
	act: () => Promise<Result>,
): Promise<Result> => {
	try {
		return await act();
	} catch (error) {
		throw await blameRights(asMirrorFailure(error, mirror), mirror);
	}
};

/** For commands on a local mirror: any failure concerns the mirror or the disk. */
export const asMirrorFailure = (error: unknown, mirror: string): unknown => {
	if (error instanceof GitConstructError) {
		return new FailureError({
			kind: 'mirror-unusable',
			path: mirror,
			detail: 'the folder does not exist',
		});
	}

	if (error instanceof GitExit) {
		return failureOfGit(error.stderr, {mirror});
	}

	const code = codeOfStart(error);
	if (code !== undefined) {
		return (
			startLimit(code) ??
			new FailureError(
				code === 'ENOENT'
					? {kind: 'mirror-unusable', path: mirror, detail: 'it does not exist any more'}
					: {kind: 'git-failed', detail: `it could not be started (${code})`},
			)
		);
	}

	// simple-git reads the folder itself before it starts git there.
	return isFileError(error) ? asFileFailure(error, mirror) : error;
};

/** For transfers: git's words decide between the remote, the network, the disk and the mirror. */
export const asTransferFailure = (error: unknown, mirror: string): unknown =>
	error instanceof GitExit
		? failureOfGit(error.stderr, {mirror, isTransfer: true})
		: asMirrorFailure(error, mirror);

/**
 * Node's code for a git that did not start; simple-git passes it on as text. `ENOENT` means the
 * folder to run in, because git itself was found before. When no more files can be opened, Node
 * makes a process without streams, and simple-git trips over that.
 */
export const codeOfStart = (error: unknown): string | undefined => {
	const message = error instanceof GitError ? error.message : '';
	return message.includes("of undefined (reading 'on')")
		? 'EMFILE'
		: /\bspawn(?: \S+)? (E[A-Z]+)/.exec(message)?.[1];
};

/** The limit that kept a process from starting. For a file, `EAGAIN` means something else. */
export const startLimit = (code: string | undefined): FailureError | undefined =>
	code === 'EAGAIN'
		? new FailureError({kind: 'computer-limit', lacks: 'processes'})
		: limitOf(code ?? '');

const isFileError = (error: unknown): boolean =>
	error instanceof Error &&
	'syscall' in error &&
	typeof error.syscall === 'string' &&
	!error.syscall.startsWith('spawn');
