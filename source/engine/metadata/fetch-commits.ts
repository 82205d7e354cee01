import {FailureError} from '../../domain/failure/failure.ts';
import {createAll, pullRequestPrefix} from '../../domain/history/history.ts';
import {joinPath, repoFolder} from '../../domain/plan/layout.ts';
import {isMirrorEntry, type MirrorEntry, readStamp} from '../../parts/code/mirror.ts';
import type {Part} from '../../parts/part.ts';
import {attempt} from '../retry/attempt.ts';
import type {Copy, CopyInSession} from './copy.ts';

const refOf = (id: number, oid: string): string => `${pullRequestPrefix}${id}/${oid.slice(0, 12)}`;

/**
 * Fetches a commit that upstream shows by no ref, with all that it reaches. A server that speaks
 * version 2 of git's protocol gives any object that it still has. Returns false where it does not.
 */
export const fetchCommits = async (
	{session, copy}: CopyInSession,
	id: number,
	oid: string,
): Promise<boolean> => {
	const {git, bitbucket, signal, gitGate, run, retryOptions} = session;
	const mirror = joinPath(copy.folder, repoFolder);
	const entry = copy.record.parts[repoFolder];
	const ref = refOf(id, oid);
	const here = await git.readStoredTips(mirror);
	if (!isMirrorEntry(entry) || here.has(ref)) {
		return false;
	}

	const url = bitbucket.checkCloneUrl(copy.repository.cloneUrl);
	await session.assertLockHeld();
	await git.configureMirror(mirror);
	try {
		const options = {signal, onProgress: undefined, onFallBack: () => {}};
		await attempt(() => git.fetchObjects(mirror, url, new Map([[ref, oid]]), here, options), {
			...retryOptions(),
			gate: gitGate,
			attempts: 1,
		});
	} catch (error) {
		// git's words for it: the object that was asked for is not one that upstream shows.
		if (error instanceof FailureError && error.failure.kind === 'refs-moved') {
			return false;
		}

		throw error;
	}

	await git.updateRefs(mirror, createAll([[ref, oid]]));
	await git.pack(mirror);
	noteCommits(run.parts, copy, {...entry, print: await readStamp(git, mirror)});
	return true;
};

/**
 * Without the new stamp, the next backup would take the mirror for one that another program has
 * changed. Other parts look at the new commits in the next backup.
 */
const noteCommits = (parts: readonly Part[], copy: Copy, stamped: MirrorEntry): void => {
	const entries = Object.entries(copy.record.parts).map(([name, known]) => {
		const part = parts.find((one) => one.name === name);
		return [name, part?.lookAgain?.(known) ?? known] as const;
	});
	copy.record = {...copy.record, parts: {...Object.fromEntries(entries), [repoFolder]: stamped}};
	copy.isUnrecorded = true;
};
