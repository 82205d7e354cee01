import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import {isBranch} from '../../domain/history/history.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import type {GitRemotes} from '../../ports/git.ts';
import {shortenWords} from './git-failure.ts';
import {createProgressReader, progressArguments} from './progress.ts';
import {createAll, makeBorrower, updateRefs} from './refs.ts';
import {anywhere, asMirrorFailure, GitExit, onDisk, type RunGit} from './run-git.ts';
import {parseLsRemote} from './transfer.ts';

/** Runs git as the user would, with their configuration, helpers and keys. */
type RunAsUser = (mayAsk: boolean) => RunGit;

/** The user's hooks are meant for their own work. Only exact refs are pushed, and no submodules. */
const pushArguments = ['push', '--no-verify', '--porcelain', '--recurse-submodules=no'] as const;

const everything = ['refs/heads/*:refs/heads/*', 'refs/tags/*:refs/tags/*'] as const;

export const pushMethods = (runLocal: RunGit, runAsUser: RunAsUser): GitRemotes => ({
	listRemote: async (url, {signal, mayAsk}) => {
		try {
			const args = ['ls-remote', '--symref', '--', url];
			const text = await runAsUser(mayAsk)({args, folder: anywhere, gitDir: 'none', signal});
			return parseLsRemote(text, (name) => name.startsWith('refs/'));
		} catch (error) {
			throw asRemoteFailure(error, url);
		}
	},
	push: async (mirror, url, {head, refs}, options) => {
		const folder = await onDisk(tmpdir(), () => mkdtemp(join(tmpdir(), 'cistern-push-')));
		// A lender of its own: under the user's configuration, a config file or a hook in the mirror must
		// not take effect. It holds only what is to be pushed, so that patterns can name it: for a plain
		// name the remote may have another ref that git takes for it.
		const push = async (): Promise<void> => {
			const args = [...pushArguments, ...progressArguments(options), '--', url, ...everything];
			const onProgressText = createProgressReader(options);
			const {mayAsk, signal} = options;
			try {
				await runAsUser(mayAsk)({args, folder, gitDir: true, signal, onProgressText});
			} catch (error) {
				throw asPushFailure(error, mirror, url);
			}
		};

		try {
			const lend = (some: Refs): Promise<void> =>
				onDisk(mirror, () =>
					updateRefs(
						(args, input) => runLocal({args, folder, gitDir: true, input}),
						[createAll(some)],
					),
				);
			await onDisk(mirror, () => makeBorrower(folder, mirror));
			const first = new Map([...refs].filter(([ref]) => ref === head && isBranch(ref)));
			// Hosting services make the first branch that arrives the default one.
			if (first.size > 0) {
				await lend(first);
				await push();
			}

			if (refs.size > first.size) {
				await lend(new Map([...refs].filter(([ref]) => !first.has(ref))));
				await push();
			}
		} finally {
			await rm(folder, {recursive: true, force: true});
		}
	},
});

const asPushFailure = (error: unknown, mirror: string, url: string): unknown => {
	if (!(error instanceof GitExit)) {
		return error;
	}

	const refused = parseRefused(error.stdout);
	if (refused.length > 0) {
		const missing = refused.map(({ref}) => ref);
		const detail = toPrintable(refused[0]?.reason ?? '');
		return new FailureError({kind: 'push-incomplete', url, missing, detail});
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

/** git-push(1), "OUTPUT": `!`, `<from>:<to>` and the reason, separated by tabs. */
const parseRefused = (stdout: string): readonly {readonly ref: string; readonly reason: string}[] =>
	stdout
		.split('\n')
		.filter((line) => line.startsWith('!\t'))
		.map((line) => {
			const [, names = '', reason = ''] = line.split('\t');
			return {ref: names.slice(names.indexOf(':') + 1), reason};
		});
