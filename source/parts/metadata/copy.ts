import type {Git} from '../../ports/git.ts';
import {mirrorReader} from '../code/copy.ts';
import type {PartCopy} from '../part.ts';
import {metadataName, refsTextOf} from './entry.ts';

type MirrorReader = ReturnType<typeof mirrorReader>;

/**
 * The log of its branch is the history of a repository of metadata, so nothing else records its
 * states. This shows that log as a mirror's history to all that reads mirrors.
 */
const withLogAsHistory = (git: Git): Git => ({
	...git,
	readHistoryLog: async (mirror) =>
		(await git.readMetadataLog(mirror)).map((commit) => ({
			...commit,
			clockAt: commit.at,
			message: '',
		})),
	readHistoryRefs: async (_mirror, oid) => refsTextOf(oid),
	readLastHistory: async (mirror) => {
		const [newest] = await git.readMetadataLog(mirror);
		return newest && {...newest, refsText: refsTextOf(newest.oid)};
	},
});

const asMirror = <Copy extends PartCopy>(copy: Copy): Copy => ({
	...copy,
	git: withLogAsHistory(copy.git),
});

const reader = mirrorReader(metadataName);

/** Everything that reads the copy of metadata: as a mirror with one branch, `main`. */
export const metadataReader: MirrorReader = {
	hasCopy: reader.hasCopy,
	isOurs: async ({git, folder}) =>
		(await git.readMetadataTip(`${folder}/${metadataName}`)) !== undefined,
	verify: (copy, ...rest) => reader.verify(asMirror(copy), ...rest),
	readState: (copy, ...rest) => reader.readState(asMirror(copy), ...rest),
	readNewest: (copy) => reader.readNewest(asMirror(copy)),
	holdsState: reader.holdsState,
	restore: reader.restore,
	push: reader.push,
	offSite: reader.offSite,
	rehearse: (copy, ...rest) => reader.rehearse(asMirror(copy), ...rest),
};
