import {devNull} from 'node:os';
import {parse} from 'node:path';
import {
	GitConstructError,
	GitError,
	GitPluginError,
	type outputHandler,
	simpleGit,
} from 'simple-git';
import {FailureError} from '../../domain/failure/failure.ts';
import {asFileFailure, limitOf} from '../files/file-failure.ts';
import {failureOfGit} from './git-failure.ts';
import {refuseOtherFolder} from './other-folder.ts';

export type GitCommand = {
	readonly args: readonly string[];
	/** The folder to run in; with `gitDir` it is the repository itself and none is searched for. */
	readonly folder: string;
	readonly gitDir?: boolean | 'none';
	/** Written to git's standard input. Not empty: git would wait for it. */
	readonly input?: string;
	readonly signal?: AbortSignal;
	/** Besides the environment's. */
	readonly variables?: Readonly<Record<string, string>>;
	/** Told git's raw progress text, which simple-git's own plugin mostly loses. */
	readonly onProgressText?: (text: string) => void;
	/** Exit codes besides 0 that are an answer and not a failure. */
	readonly answers?: readonly number[];
};

/**
 * Ended with an exit code that is no answer. Kept apart until it is known what was being done. Of
 * simple-git's own kind, since it turns any other error into text.
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

/**
 * Where a git that needs no repository is started. There on every system, as the place for
 * temporary files may not be.
 */
export const anywhere = parse(process.execPath).root;

/** What simple-git keeps back unless it is named; every value is ours, or the user's own. */
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
 * Runs the installed git once through simple-git and gives its standard output. Throws `GitExit`
 * for another exit code than 0 and `answers`, and the signal's reason when it aborts.
 */
export const runGit = async (
	command: GitCommand,
	environment: Readonly<Record<string, string>>,
): Promise<string> => {
	const {signal, input, answers = []} = command;
	signal?.throwIfAborted();
	if (command.gitDir === true) {
		await refuseOtherFolder(command.folder);
	}

	const variables = {...environment, ...placeOf(command), ...command.variables};
	const git = simpleGit({
		baseDir: command.folder,
		allowEnvironment: Object.keys(variables),
		unsafe,
		...(signal === undefined ? {} : {abort: signal}),
		...(input === undefined ? {} : {input: () => input}),
		// Some milliseconds after the exit, output may still be on its way.
		completion: {onClose: true, onExit: false},
		errors: (error, {exitCode, stdErr, stdOut}) => {
			if (error instanceof GitPluginError || exitCode < 0) {
				return error;
			}

			return exitCode === 0 || answers.includes(exitCode)
				? undefined
				: new GitExit(exitCode, {
						stdout: Buffer.concat(stdOut).toString('utf8'),
						stderr: Buffer.concat(stdErr).toString('utf8'),
					});
		},
	}).env(variables);
	git.outputHandler(hearOutput(command.onProgressText));

	try {
		return await git.raw([...command.args]);
	} catch (error) {
		signal?.throwIfAborted();
		throw error;
	}
};

/** `none`: a command that needs no repository must not find one where it happens to run. */
const placeOf = ({gitDir}: GitCommand): Readonly<Record<string, string>> => {
	if (gitDir === 'none') {
		return {GIT_DIR: devNull};
	}

	return gitDir === true ? {GIT_DIR: '.'} : {};
};

/**
 * simple-git waits 50 ms more for a command that printed nothing, of which a backup has many. A
 * piece of no length counts as printed.
 */
const hearOutput =
	(onText: GitCommand['onProgressText']): outputHandler =>
	(_command, _stdout, stderr) => {
		if (onText !== undefined) {
			stderr.on('data', (chunk: Buffer) => onText(chunk.toString('utf8')));
		}

		setImmediate(() => stderr.emit('data', Buffer.alloc(0)));
	};

/** For commands on a local mirror: any failure concerns the mirror or the disk. */
export const asMirrorFailure = (error: unknown, mirror: string): unknown => {
	if (error instanceof GitConstructError) {
		return new FailureError({kind: 'mirror-unusable', path: mirror, detail: 'no folder is there'});
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
					? {kind: 'mirror-unusable', path: mirror, detail: 'it is not there any more'}
					: {kind: 'git-failed', detail: `it could not be started (${code})`},
			)
		);
	}

	// simple-git looks at the folder itself before it starts git there.
	return isFileError(error) ? asFileFailure(error, mirror) : error;
};

/**
 * Node's code where git was not even started, which simple-git passes on as text. `ENOENT` is the
 * folder to start it in: that git itself is there was seen before. Where no more files can be
 * opened, Node makes a process without streams, and simple-git trips over that.
 */
export const codeOfStart = (error: unknown): string | undefined => {
	const message = error instanceof GitError ? error.message : '';
	return message.includes("of undefined (reading 'on')")
		? 'EMFILE'
		: /\bspawn(?: \S+)? (E[A-Z]+)/.exec(message)?.[1];
};

/** A process that may not be started; `EAGAIN` says of a file something else. */
export const startLimit = (code: string | undefined): FailureError | undefined =>
	code === 'EAGAIN'
		? new FailureError({kind: 'computer-limit', lacks: 'processes'})
		: limitOf(code ?? '');

const isFileError = (error: unknown): boolean =>
	error instanceof Error &&
	'syscall' in error &&
	typeof error.syscall === 'string' &&
	!error.syscall.startsWith('spawn');

/** For transfers: the remote, the network, the disk or the mirror, as git's words tell. */
export const asTransferFailure = (error: unknown, mirror: string): unknown =>
	error instanceof GitExit
		? failureOfGit(error.stderr, {mirror, isTransfer: true})
		: asMirrorFailure(error, mirror);
