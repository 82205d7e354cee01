import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import {isBranch} from '../../domain/history/history.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import type {GitRemotes, PushOptions} from '../../ports/git.ts';
import {shortenWords} from './git-failure.ts';
import {onDisk} from './on-disk.ts';
import type {RunGit} from './open-git.ts';
import {createProgressReader, progressWords} from './progress.ts';
import {anywhere, asMirrorFailure, GitExit} from './run-git.ts';
import {parseLsRemote} from './transfer.ts';
import {createAll, updateRefs} from './update-refs.ts';

/** Runs git as the user would: with their configuration, helpers and keys. */
export type RunAsUser = (mayAsk: boolean) => RunGit;

/** The user's own hooks are for their own work, and only exact refs are pushed, never submodules. */
const pushArguments = ['push', '--no-verify', '--porcelain', '--recurse-submodules=no'] as const;

const everything = ['refs/heads/*:refs/heads/*', 'refs/tags/*:refs/tags/*'] as const;

export const pushMethods = (runLocal: RunGit, runAsUser: RunAsUser): GitRemotes => ({
	listRemote: async (url, {signal, mayAsk}) => {
		try {
			const args = ['ls-remote', '--symref', '--', url];
			const text = await runAsUser(mayAsk)({args, folder: anywhere, gitDir: 'none', signal});
			return parseLsRemote(text, /^refs\//);
		} catch (error) {
			throw asRemoteFailure(error, url);
		}
	},
	push: async (mirror, url, {head, refs}, options) => {
		const folder = await onDisk(tmpdir(), () => mkdtemp(join(tmpdir(), 'cistern-push-')));
		try {
			await lend(runLocal, mirror, folder, refs);
			const push = (refspecs: readonly string[]): Promise<void> =>
				pushSome(runAsUser(options.mayAsk), {mirror, folder, url, refspecs}, options);
			// Hosters make the first branch that they see the default one.
			const isOnBranch = head !== undefined && isBranch(head) && refs.has(head);
			const first = isOnBranch ? [`${head}:${head}`] : [];
			if (first.length > 0) {
				await push(first);
			}

			if (refs.size > first.length) {
				await push(everything);
			}
		} finally {
			await rm(folder, {recursive: true, force: true});
		}
	},
});

/**
 * A repository that has these refs and nothing else, and borrows the mirror's objects: with the
 * user's configuration, a config file or a hook in the mirror must not count.
 */
const lend = async (run: RunGit, mirror: string, folder: string, refs: Refs): Promise<void> => {
	try {
		// All that `git init` would make and git asks for; a process costs more than the rest of it.
		await mkdir(join(folder, 'refs'));
		await mkdir(join(folder, 'objects', 'info'), {recursive: true});
		await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/main\n');
		await writeFile(join(folder, 'objects', 'info', 'alternates'), `${join(mirror, 'objects')}\n`);
		await updateRefs(
			(args, input) => run({args, folder, gitDir: true, ...(input === undefined ? {} : {input})}),
			[createAll(refs)],
		);
	} catch (error) {
		throw asMirrorFailure(error, mirror);
	}
};

type Push = {
	readonly mirror: string;
	readonly folder: string;
	readonly url: string;
	readonly refspecs: readonly string[];
};

const pushSome = async (
	run: RunGit,
	{mirror, folder, url, refspecs}: Push,
	options: PushOptions,
): Promise<void> => {
	const {signal} = options;
	const args = [...pushArguments, ...progressWords(options), '--', url, ...refspecs];
	const onProgressText = createProgressReader(options);
	try {
		await run({args, folder, gitDir: true, signal, onProgressText});
	} catch (error) {
		throw asPushFailure(error, mirror, url);
	}
};

const asPushFailure = (error: unknown, mirror: string, url: string): unknown => {
	if (!(error instanceof GitExit)) {
		return error;
	}

	const refused = parseRefused(error.stdout);
	if (refused.length > 0) {
		const missing = refused.map(({ref}) => ref);
		return new FailureError({
			kind: 'push-incomplete',
			url,
			missing,
			detail: toPrintable(refused[0]?.reason ?? ''),
		});
	}

	return /pack-objects died|bad object|missing (blob|tree|object)/i.test(error.stderr)
		? asMirrorFailure(error, mirror)
		: asRemoteFailure(error, url);
};

const asRemoteFailure = (error: unknown, url: string): unknown => {
	if (!(error instanceof GitExit)) {
		return error;
	}

	return new FailureError(
		/terminal prompts disabled/.test(error.stderr)
			? {kind: 'remote-sign-in', url}
			: {kind: 'remote-unusable', url, detail: shortenWords(error.stderr)},
	);
};

/** git-push(1), "OUTPUT": `!`, `<from>:<to>` and the reason, a tab between them. */
const parseRefused = (stdout: string): readonly {readonly ref: string; readonly reason: string}[] =>
	stdout
		.split('\n')
		.filter((line) => line.startsWith('!\t'))
		.map((line) => {
			const [, names = '', reason = ''] = line.split('\t');
			return {ref: names.slice(names.indexOf(':') + 1), reason};
		});
