import {historyRef, keptPrefix} from '../../domain/history/history.ts';
import {joinPath, lfsFolder} from '../../domain/plan/layout.ts';
import type {PartEntry} from '../../domain/record/record.ts';
import {isRestored} from '../../domain/record/ref-name.ts';
import {lostTips} from '../../domain/run/mending.ts';
import type {OffSite, PartCopy, Standalone} from '../part.ts';
import {isMirrorEntry, type MirrorEntry, mirrorEntryOf, readStamp} from './mirror.ts';
import {type MirrorCopy, readNewest, readState} from './read-state.ts';
import {rehearse} from './rehearse.ts';
import {replay} from './replay.ts';
import {holdsState, pushMirror} from './restore.ts';
import {verifyMirror} from './verify.ts';

type MirrorReader = {readonly offSite: OffSite} & Pick<
	Standalone,
	| 'hasCopy'
	| 'isOurs'
	| 'verify'
	| 'readState'
	| 'readNewest'
	| 'holdsState'
	| 'restore'
	| 'push'
	| 'rehearse'
>;

/** Everything that reads the copy of a part which is a bare git repository. */
export const mirrorReader = (name: string): MirrorReader => {
	const pathOf = ({folder}: PartCopy): string => joinPath(folder, name);
	const open = (copy: PartCopy, known: PartEntry | undefined): MirrorCopy => ({
		name,
		path: pathOf(copy),
		record: mirrorEntryOf(known),
	});
	return {
		hasCopy: (copy) => copy.files.exists(joinPath(pathOf(copy), 'HEAD')),
		isOurs: async (copy) => (await copy.git.readTips(pathOf(copy))).has(historyRef),
		verify: (copy, known, losses) =>
			verifyMirror(copy, {...open(copy, known), lost: lostTips(losses)}),
		readState: async (copy, known, at, as) => {
			const state = await readState(copy, open(copy, known), at);
			return 'result' in state || as === 'bare'
				? state
				: {...state, refs: new Map([...state.refs].filter(([ref]) => isRestored(ref)))};
		},
		readNewest: (copy) => readNewest(copy, pathOf(copy)),
		holdsState: ({git}, state, target, as) => holdsState(git, target, as, state),
		restore: (copy, {head, refs}, target, as) =>
			copy.git.restore(pathOf(copy), target, {head, refs, as}, copy.signal),
		push: (copy, state, url, options) => pushMirror(copy.git, pathOf(copy), url, state, options),
		rehearse: (copy, known, target, complete) =>
			rehearse(copy, open(copy, known), target, complete),
		offSite: {
			historyRef,
			hasContent: () => true,
			isOwnPath: () => false,
			listFiles: async () => [],
			replay: (copy, state, run) => replay(copy.git, pathOf(copy), state, run),
			renew: async (copy, known) =>
				isMirrorEntry(known) ? renewEntry(copy, pathOf(copy), known) : known,
		},
	};
};

/** Where every state came without its mirror, only the mirror that came back tells its size and its kept tips. */
const renewEntry = async (
	{git, files}: PartCopy,
	mirror: string,
	known: MirrorEntry,
): Promise<MirrorEntry> => {
	const refs = [...(await git.readStoredTips(mirror)).keys()];
	return {
		...known,
		print: await readStamp(git, mirror),
		keptTips: refs.filter((ref) => ref.startsWith(keptPrefix)).length,
		size: await files.measure(mirror, lfsFolder),
	};
};
