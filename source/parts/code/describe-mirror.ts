import {FailureError} from '../../domain/failure/failure.ts';
import type {MirrorRecord} from '../../domain/record/record.ts';
import {refsState} from '../../domain/record/refs-digest.ts';
import type {Git} from '../../ports/git.ts';
import type {NewState} from './keep-old-tips.ts';
import type {MirrorTools} from './mirror.ts';

/** What a mirror's files look like. Throws `mirror-unusable` where there is none. */
export const readStamp = async (git: Git, mirror: string): Promise<MirrorRecord['print']> => {
	const print = await git.readStamp(mirror);
	if (print === undefined) {
		throw new FailureError({kind: 'mirror-unusable', path: mirror, detail: 'it has no HEAD'});
	}

	return print;
};

/** What is recorded of a mirror that is in this state. */
export const describeMirror = async (
	{git, files, digest}: MirrorTools,
	mirror: string,
	state: NewState,
	keptTips: number,
): Promise<MirrorRecord> => ({
	refs: refsState(state.head, state.refs, digest),
	print: await readStamp(git, mirror),
	changedAt: new Date(state.at).toISOString(),
	keptTips,
	size: await files.measure(mirror),
});
