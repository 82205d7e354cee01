import {readPullRequests, settingsScopes} from '../../domain/access/scopes.ts';
import {unbornHead} from '../../domain/history/history.ts';
import {filesFolder} from '../../domain/metadata/downloads.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import {equalStamps, type MirrorStamp, readPlainEntry} from '../../domain/record/record.ts';
import {definePart, type Standalone} from '../part.ts';
import {acceptance} from './accept.ts';
import {metadataReader} from './copy.ts';
import {isDownload, listDownloads, restoreDownloads, verifyDownloads} from './downloads.ts';
import {isSavedMetadata, type MetadataEntry, metadataName} from './entry.ts';
import {mendMetadata} from './mend.ts';
import {describeAccess, describePlan, describeReading, describeWorkspace, offer} from './words.ts';

/** The stamp of the repository's files, undefined where it is not there. */
type Seen = {readonly stamp: MirrorStamp | undefined};

const part: Standalone<MetadataEntry, Seen> = {
	...metadataReader,
	name: metadataName,
	offSite: {
		...metadataReader.offSite,
		historyRef: unbornHead,
		isReadBack: true,
		isOwnPath: isDownload,
		listFiles: listDownloads,
	},
	/** Contents of downloads. */
	files: [filesFolder],
	isRequired: false,
	isReadLater: true,
	suffix: '.metadata',
	/** It names people, and addresses and variables that often hold a secret. */
	isNeverPushed: true,
	addressOf: (cloneUrl) => cloneUrl,

	readEntry: (json) => {
		if (isSavedMetadata(json)) {
			return json;
		}

		const entry = readPlainEntry(json);
		return entry?.state === 'missing' ? entry : undefined;
	},

	describe: describeReading,
	acceptance,
	describePlan,
	describeAccess,
	offer,
	scopes: (settings) =>
		settings[metadataName] === 'true' ? [readPullRequests, ...settingsScopes] : [],

	/** A copy that lies in a store alone is as it was recorded. */
	look: async ({git, folder, isStateless}, known) =>
		known?.state === 'saved' && !isStateless
			? {state: 'seen', seen: {stamp: await git.readStamp(joinPath(folder, metadataName))}}
			: {state: 'not-asked'},

	decide: (known, look) => {
		if (known?.state !== 'saved' || look.state !== 'seen') {
			return {action: 'none', reason: 'unchanged'};
		}

		const {stamp} = look.seen;
		if (stamp === undefined) {
			return {action: 'update', reason: 'its metadata is not there any more'};
		}

		if (known.damage !== undefined) {
			return {action: 'update', reason: 'its metadata is marked as damaged'};
		}

		return equalStamps(known.print, stamp)
			? {action: 'none', reason: 'unchanged'}
			: {action: 'update', reason: 'the files of its metadata changed since they were recorded'};
	},

	lookAgain: (known) => (known.state === 'saved' ? {...known, reading: {}} : known),

	/** Bitbucket tells it page by page only: a backup compares, `verify --remote` does not. */
	isAsUpstream: () => true,

	verify: async (copy, known, losses) => [
		...(await metadataReader.verify(copy, known, losses)),
		...(await verifyDownloads(copy, known)),
	],
	restoreFiles: restoreDownloads,

	save: (work, known) => mendMetadata(work, known?.state === 'saved' ? known : undefined),
};

/**
 * Everything around the code: pull requests and settings. It is read from Bitbucket once the code of
 * all repositories is saved (see `engine/metadata/`). The part itself asks Bitbucket nothing; in its
 * turn it only mends a copy that was damaged or lost.
 */
export const metadata = definePart<MetadataEntry, Seen>({
	...part,
	ofWorkspace: definePart<MetadataEntry, Seen>({
		...part,
		suffix: '.workspace',
		describe: describeWorkspace,
	}),
});
