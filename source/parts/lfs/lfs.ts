import {definePart} from '../part.ts';
import {acceptance} from './accept.ts';
import {isLfsEntry, type LfsEntry, readMode, reasonToSave} from './entry.ts';
import {missingFile} from './missing.ts';
import {lfsOffSite} from './off-site.ts';
import {completeLfs, pushLfsFirst} from './restore.ts';
import {saveLfs} from './save.ts';
import {verifyLfs} from './verify.ts';
import {describeAccess, describeLfs, describePlan, describeSource} from './words.ts';

/** `reason`: why it is to be saved though the code did not change. */
type Seen = {readonly reason: string | undefined};

/**
 * LFS files: large files beside the repository, to which git holds only pointers. They lie in the
 * mirror, where git-lfs looks for them. What is to be fetched is known from the mirror alone, so a
 * look asks no server.
 */
export const lfs = definePart<LfsEntry, Seen>({
	name: 'lfs',
	files: [missingFile],
	isRequired: false,
	isCompanion: true,

	readEntry: (json) => (isLfsEntry(json) ? json : undefined),
	describe: describeLfs,
	describeSource,
	describePlan,
	describeAccess,

	look: async (work, known) =>
		readMode(work) === 'ignore'
			? {state: 'not-asked'}
			: {state: 'seen', seen: {reason: reasonToSave(work, known)}},

	decide: (_known, look, before) => {
		if (look.state !== 'seen') {
			return {action: 'none', reason: 'unchanged'};
		}

		if (before?.action === 'clone' || before?.action === 'update') {
			return before;
		}

		const {reason} = look.seen;
		return reason === undefined
			? {action: 'none', reason: 'unchanged'}
			: {action: 'update', reason};
	},

	isAsUpstream: () => true,
	save: saveLfs,
	lookAgain: ({looked: _looked, scanned: _scanned, ...known}) => known,
	acceptance,
	offSite: lfsOffSite,
	verify: verifyLfs,
	complete: completeLfs,
	pushFirst: pushLfsFirst,
});
