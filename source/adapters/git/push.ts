import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import {createAll, isBranch} from '../../domain/history/history.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import type {GitRemotes, PushRefusal} from '../../ports/git.ts';
import {serverWords, shortenWords} from './git-failure.ts';
import {hashOf} from './mirror.ts';
import {updateRefs} from './ref-files.ts';
import {makeBorrower} from './refs.ts';
import {anywhere, asMirrorFailure, GitExit, onDisk, type RunGit} from './run-git.ts';
import {createProgressReader, progressArguments} from './transfer/progress.ts';
import {parseLsRemote} from './transfer/transfer.ts';

/** Runs git as the user would, with their configuration, helpers and keys. */
export type RunAsUser = (mayAsk: boolean) => RunGit;

/** The user's hooks are meant for their own work. Only exact refs are pushed, and no submodules. */
const pushArguments = ['push', '--no-verify', '--porcelain', '--recurse-submodules=no'] as const;

const everything = ['heads', 'tags', 'notes'].map((kind) => `refs/${kind}/*:refs/${kind}/*`);

export const pushMethods = (
	runLocal: RunGit,
	runAsUser: RunAsUser,
): Omit<GitRemotes, 'hasGitLfs' | 'pushLfs'> => ({
	listRemote: async (url, {signal, mayAsk}) => {
		try {
			const args = ['ls-remote', '--symref', '--', url];
			const text = await runAsUser(mayAsk)({args, folder: anywhere, gitDir: 'none', signal});
			const {refs, refused, head} = parseLsRemote(text);
			const branch = head !== undefined && isBranch(head) ? head : undefined;
			return {refs, refused, head: branch, hasHead: /\tHEAD$/m.test(text)};
		} catch (error) {
			throw asRemoteFailure(error, url);
		}
	},
	push: async (mirror, url, refs, options) => {
		const folder = await onDisk(tmpdir(), () => mkdtemp(join(tmpdir(), 'cistern-push-')));
		const args = [...pushArguments, ...progressArguments(options), '--', url, ...everything];
		const onProgressText = createProgressReader(options);
		const {mayAsk, signal} = options;
		try {
			await onDisk(mirror, () => makeLender(runLocal, mirror, folder, refs));
			await runAsUser(mayAsk)({args, folder, gitDir: true, signal, onProgressText});
			return undefined;
		} catch (error) {
			const refusal = readRefusal(error, refs);
			if (refusal === undefined) {
				throw asPushFailure(error, mirror, url);
			}

			return refusal;
		} finally {
			await rm(folder, {recursive: true, force: true});
		}
	},
});

/**
 * Makes a repository that has these refs and nothing else, and borrows the mirror's objects. Under
 * the user's configuration, a config file or a hook in the mirror must not take effect. Patterns can
 * name its refs: for a plain name the remote may have another ref that git takes for it.
 */
export const makeLender = async (
	run: RunGit,
	mirror: string,
	folder: string,
	refs: Refs,
): Promise<void> => {
	await makeBorrower(folder, mirror, hashOf(refs.values()));
	const git = (args: readonly string[], input?: string) => run({args, folder, gitDir: true, input});
	await updateRefs(folder, git, createAll(refs));
};

/**
 * A server may hang up on a push that is too large, and git reports no ref then. It also says that
 * its own pack-objects died, though the mirror is whole.
 */
const tooLarge = /\bHTTP 413\b|pack exceeds|maximum allowed|too large/i;

const damage = /pack-objects died|bad object|missing (blob|tree|object)/i;

/** Undefined if git does not say that the server refused something. */
const readRefusal = (error: unknown, refs: Refs): PushRefusal | undefined => {
	if (!(error instanceof GitExit)) {
		return undefined;
	}

	const {taken, reasons} = readReport(error.stdout);
	if (reasons.length === 0 && !tooLarge.test(error.stderr)) {
		return undefined;
	}

	const refused = new Set([...refs.keys()].filter((ref) => !taken.has(ref)));
	if (refused.size === 0) {
		return undefined;
	}

	const words = serverWords(error.stderr);
	const [reason = shortenWords(error.stderr)] = reasons;
	return {refused, words: words === '' ? reason : `${words} ${reason}`};
};

/** git-push(1), "OUTPUT": a flag, `<from>:<to>` and a summary with the reason, separated by tabs. */
const readReport = (
	stdout: string,
): {readonly taken: ReadonlySet<string>; readonly reasons: readonly string[]} => {
	const lines = stdout.split('\n').map((line) => line.split('\t'));
	const taken = lines
		.filter(([flag = '', names]) => names !== undefined && flag !== '!')
		.map(([, names = '']) => names.slice(names.indexOf(':') + 1));
	const reasons = lines
		.filter(([flag]) => flag === '!')
		.map(([, , summary = '']) => summary.replace(/^\[[^\]]*\] (?=\()/, ''));
	return {taken: new Set(taken), reasons};
};

const asPushFailure = (error: unknown, mirror: string, url: string): unknown =>
	error instanceof GitExit && damage.test(error.stderr)
		? asMirrorFailure(error, mirror)
		: asRemoteFailure(error, url);

export const isSignIn = ({stderr}: GitExit): boolean => /terminal prompts disabled/.test(stderr);

export const asRemoteFailure = (error: unknown, url: string): unknown => {
	if (!(error instanceof GitExit)) {
		return error;
	}

	return new FailureError(
		isSignIn(error)
			? {kind: 'remote-sign-in', url}
			: {kind: 'remote-unusable', url, detail: shortenWords(error.stderr)},
	);
};
