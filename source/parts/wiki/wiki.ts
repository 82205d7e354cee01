import {FailureError} from '../../domain/failure/failure.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import {wikiUrl} from '../../domain/plan/repository.ts';
import {equalStamps, type MissingEntry, readPlainEntry} from '../../domain/record/record.ts';
import {mirrorReader} from '../code/copy.ts';
import {
	isMirrorEntry,
	lookAtMirror,
	type MirrorEntry,
	type MirrorJob,
	openJob,
	type SeenMirror,
} from '../code/mirror.ts';
import {saveMirror} from '../code/save.ts';
import {definePart, type PartWork} from '../part.ts';

const name = 'wiki';

/** A wiki that was missing is asked for again after this time. Milliseconds. */
const pause = 30 * 24 * 60 * 60_000;

/** `missingAt` of a saved wiki: when upstream was last asked and had none any more. */
type WikiEntry = (MirrorEntry & {readonly missingAt?: string}) | MissingEntry;

/**
 * The wiki, a git repository beside the repository's address. Bitbucket removed wikis on 2026-08-20,
 * though `has_wiki` may still be true: a missing one is normal, and a saved one stays.
 */
export const wiki = definePart<WikiEntry, SeenMirror>({
	...mirrorReader(name),
	name,
	isRequired: false,
	suffix: '.wiki',
	counted: 'wikis',
	addressOf: wikiUrl,

	readEntry: (json) => {
		if (isMirrorEntry(json)) {
			return json;
		}

		const entry = readPlainEntry(json);
		return entry?.state === 'missing' ? entry : undefined;
	},

	readVersion1: ({wiki: known}) => {
		if (typeof known !== 'object' || known === null || !('mirror' in known)) {
			return known;
		}

		const {mirror, ...rest} = known;
		return typeof mirror === 'object' ? {...mirror, ...rest} : known;
	},

	describe: (known) => {
		const hasWiki = known?.state === 'saved';
		return {note: hasWiki ? 'with its wiki' : undefined, json: {status: {hasWiki}}};
	},

	look: async (work, known) => {
		if (!(await isDue(work, known))) {
			return {state: 'not-asked'};
		}

		try {
			const saved = known?.state === 'saved' ? known : undefined;
			const seen = await lookAtMirror(openWiki(work), saved, 1);
			return {state: 'seen', seen};
		} catch (error) {
			if (error instanceof FailureError && /^(not-found|gone)$/.test(error.failure.kind)) {
				return {state: 'missing'};
			}

			throw error;
		}
	},

	decide: (known, look) => {
		if (look.state === 'missing') {
			return {action: 'record', reason: 'its wiki is not there upstream'};
		}

		if (look.state !== 'seen') {
			return {action: 'none', reason: 'unchanged'};
		}

		if (known?.state !== 'saved') {
			return {action: 'update', reason: 'it has a wiki'};
		}

		if (known.damage !== undefined) {
			return {action: 'update', reason: 'its wiki is marked as damaged'};
		}

		const {refs, stamp} = look.seen;
		return known.refs.digest === refs.digest &&
			stamp !== undefined &&
			equalStamps(known.print, stamp)
			? {action: 'none', reason: 'unchanged'}
			: {action: 'update', reason: 'its wiki changed'};
	},

	isAsUpstream: (known, look) =>
		look.state !== 'seen' ||
		(known?.state === 'saved' && known.refs.digest === look.seen.refs.digest),

	save: async (work, known, look) => {
		const saved = known?.state === 'saved' ? known : undefined;
		if (look.state === 'seen') {
			return saveMirror(openWiki(work), saved, look.seen);
		}

		return recordMissing(work, saved);
	},
});

/** Is upstream to be asked? Not if it has no wiki, and not again soon after it had none. */
const isDue = async (
	{repository, files, folder, isUnrecorded, run}: PartWork,
	known: WikiEntry | undefined,
): Promise<boolean> => {
	const missingAt = known?.missingAt;
	if (missingAt !== undefined && run.at - Date.parse(missingAt) < pause) {
		return false;
	}

	return (
		repository.hasWiki ||
		known?.state === 'saved' ||
		// SCM Backup saved wikis too, and has no record that could tell.
		(isUnrecorded && (await files.exists(joinPath(folder, name))))
	);
};

const openWiki = (work: PartWork): MirrorJob => {
	const {bitbucket, repository, signal, onProgress} = work;
	const url = wikiUrl(bitbucket.checkCloneUrl(repository.cloneUrl));
	return openJob(
		{
			...work,
			onProgress:
				onProgress &&
				(({percent, ...progress}) =>
					onProgress({
						...progress,
						stage: name,
						...(percent === undefined ? {text: 'saving the wiki'} : {percent}),
					})),
		},
		{
			name,
			url,
			mainBranch: undefined,
			readAdvertisement: () => bitbucket.readAdvertisement(url, signal),
		},
	);
};

/** Remembers that upstream has no wiki. A saved one stays as it is. */
const recordMissing = (
	{run}: PartWork,
	saved: Extract<WikiEntry, {state: 'saved'}> | undefined,
) => {
	const missingAt = new Date(run.at).toISOString();
	return {
		entry: saved === undefined ? ({state: 'missing', missingAt} as const) : {...saved, missingAt},
		how: 'same',
		changes: [],
		received: 0,
	} as const;
};
