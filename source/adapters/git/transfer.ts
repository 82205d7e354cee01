import {chmod, mkdir} from 'node:fs/promises';
import {dirname} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import {parseRefs} from '../../domain/history/history.ts';
import type {Advertisement, Refs} from '../../domain/plan/repository.ts';
import {isLegalRef, readableRef} from '../../domain/record/ref-name.ts';
import type {GitTransfers, TransferOptions} from '../../ports/git.ts';
import {inMirror} from './mirror.ts';
import {extendNewConfig} from './mirror-config.ts';
import {onDisk} from './on-disk.ts';
import type {RunGit} from './open-git.ts';
import {listPackFiles, sizeOfNewPacks} from './packs.ts';
import {progressWords} from './progress.ts';
import {readClonedRefs} from './ref-files.ts';
import {withoutRefusedPacks} from './refused-packs.ts';
import {anywhere, asTransferFailure, GitExit} from './run-git.ts';
import {runTransfer} from './run-transfer.ts';

/** Writes objects and, but for what the refspecs say, nothing else; never prunes. */
const fetchArguments = [
	'fetch',
	'--no-write-fetch-head',
	'--no-tags',
	'--no-auto-maintenance',
	'--no-recurse-submodules',
	'--stdin',
] as const;

/**
 * As the mirror will be configured. Of a server without protocol v2 git would unpack what is less
 * than a hundred objects, and tell how far it is in other words.
 */
const cloneConfig = ['-c', 'core.fsync=all', '-c', 'fetch.unpackLimit=1'] as const;

/** A ref of the remote while it is fetched by name; gone again when the fetch is over. */
const incomingPrefix = 'refs/cistern/incoming/';

/** A server that gives only what it advertised, asked for something that moved in between. */
const refusedWant = /not our ref|unadvertised object/i;

export const transferMethods = (runRemote: RunGit, runLocal: RunGit): GitTransfers => {
	const fetch = async (
		mirror: string,
		url: string,
		wants: readonly string[],
		options: TransferOptions,
	): Promise<number> => {
		const args = [...fetchArguments, ...progressWords(options), url];
		const input = `${wants.join('\n')}\n`;
		const before = await listPackFiles(mirror);
		await withoutRefusedPacks(mirror, before, () =>
			runTransfer(runRemote, {args, folder: mirror, gitDir: true, input}, options),
		);
		return sizeOfNewPacks(mirror, before);
	};

	return {
		readRemoteRefs: async (url, signal) => {
			try {
				const args = ['ls-remote', '--symref', '--', url];
				return parseLsRemote(await runRemote({args, folder: anywhere, gitDir: 'none', signal}));
			} catch (error) {
				throw asTransferFailure(error, anywhere);
			}
		},
		cloneEverything: async (mirror, url, options) => {
			const folder = dirname(mirror);
			try {
				await mkdir(folder, {recursive: true, mode: 0o700});
				// Branches and tags, nothing else, and all in one file; a mirror would have all refs.
				const clone = ['clone', '--bare', '--template=', ...progressWords(options)];
				const args = [...cloneConfig, ...clone, '--', url, mirror];
				await runTransfer(runRemote, {args, folder}, options);
			} catch (error) {
				throw asTransferFailure(error, mirror);
			}

			const refs = await onDisk(mirror, async () => {
				await chmod(mirror, 0o700);
				await extendNewConfig(mirror);
				return readClonedRefs(mirror);
			});
			return {
				received: await sizeOfNewPacks(mirror, []),
				refs: refs ?? (await askForRefs(runLocal, mirror)),
			};
		},
		fetchObjects: async (mirror, url, refs, options) => {
			try {
				return await fetch(mirror, url, [...new Set(refs.values())], options);
			} catch (error) {
				if (!(error instanceof GitExit) || !refusedWant.test(error.stderr)) {
					throw asTransferFailure(error, mirror);
				}
			}

			try {
				const received = await fetch(mirror, url, [...refs.keys()].map(incomingRefspec), options);
				await checkIncoming(runLocal, mirror, refs);
				return received;
			} catch (error) {
				throw asTransferFailure(error, mirror);
			} finally {
				await removeIncoming(runLocal, mirror);
			}
		},
	};
};

const askForRefs = async (runLocal: RunGit, mirror: string): Promise<Refs> => {
	const format = '--format=%(objectname) %(refname)';
	const text = await inMirror(runLocal)(mirror, [
		'for-each-ref',
		format,
		'refs/heads',
		'refs/tags',
	]);
	const {refs} = parseRefs(text);
	return new Map([...refs].map(([ref, oid]) => [readableRef(ref), oid]));
};

/** By number: names that differ in case alone are one on many file systems. */
const incomingRefspec = (ref: string, number: number): string =>
	`+${ref}:${incomingPrefix}${number}`;

/** What was fetched by name may have moved since it was advertised; then it has to be asked anew. */
const checkIncoming = async (runLocal: RunGit, mirror: string, refs: Refs): Promise<void> => {
	const format = ['--format=%(objectname)', incomingPrefix];
	const arrived = new Set(
		(await inMirror(runLocal)(mirror, ['for-each-ref', ...format])).split('\n'),
	);
	if ([...refs.values()].some((oid) => !arrived.has(oid))) {
		throw new FailureError({
			kind: 'unexpected-answer',
			detail: 'a branch or tag moved while it was being fetched',
		});
	}
};

/** The objects stay: nothing removes objects from a mirror. */
const removeIncoming = async (runLocal: RunGit, mirror: string): Promise<void> => {
	const git = inMirror(runLocal);
	const names = await git(mirror, ['for-each-ref', '--format=delete %(refname)', incomingPrefix]);
	if (names !== '') {
		await git(mirror, ['update-ref', '--stdin'], {input: names});
	}
};

const refuseOddName = (name: string, refs: Refs): void => {
	if (refs.has(name) || !isLegalRef(readableRef(name))) {
		throw new FailureError({
			kind: 'answer-refused',
			detail: `"${name}" is no name of a branch or tag`,
		});
	}
};

const branchOrTag = /^refs\/(heads|tags)\//;

/** Of all refs, those of the names that are wanted; nothing peeled. */
export const parseLsRemote = (text: string, wanted = branchOrTag): Advertisement => {
	const refs = new Map<string, string>();
	let head: string | undefined;
	for (const line of text.split('\n')) {
		const [left = '', name = ''] = line.split('\t');
		if (name === 'HEAD' && left.startsWith('ref: ')) {
			head = left.slice('ref: '.length);
		} else if (wanted.test(name) && !name.endsWith('^{}') && !/^0+$/.test(left)) {
			if (branchOrTag.test(name)) {
				refuseOddName(name, refs);
			}

			refs.set(name, left);
		}
	}

	return {refs: refs satisfies Refs, head};
};
