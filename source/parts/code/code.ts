import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import type {PartDecision} from '../../domain/plan/plan.ts';
import type {Advertisement} from '../../domain/plan/repository.ts';
import {equalStamps} from '../../domain/record/record.ts';
import {definePart, type PartWork} from '../part.ts';
import {mirrorReader} from './copy.ts';
import {
	isMirrorEntry,
	lookAtMirror,
	type MirrorEntry,
	type MirrorJob,
	openJob,
	type SeenMirror,
} from './mirror.ts';
import {saveMirror} from './save.ts';

const name = 'repo';

const shallow = "its history begins in the middle as upstream's";

/** The repository itself: all refs, in a bare mirror. */
export const code = definePart<MirrorEntry, SeenMirror>({
	...mirrorReader(name),
	name,
	isRequired: true,
	suffix: '',
	addressOf: (cloneUrl) => cloneUrl,

	readEntry: (json) => (isMirrorEntry(json) ? json : undefined),

	readVersion1: ({repo, damage}) =>
		typeof repo === 'object' ? {state: 'saved', ...repo, damage} : undefined,

	describe: (known) => ({note: known?.isShallow ? shallow : undefined}),

	look: async (work, known) => ({
		state: 'seen',
		seen: await lookAtMirror(openCode(work, known), known),
	}),

	decide: (known, look) => {
		if (look.state !== 'seen') {
			return {action: 'none', reason: 'it was not looked at'};
		}

		return known === undefined ? {action: 'clone', reason: 'new'} : decideKnown(known, look.seen);
	},

	isAsUpstream: (known, look) =>
		look.state === 'seen' && known?.refs.digest === look.seen.refs.digest,

	save: async (work, known, look) => {
		if (look.state !== 'seen') {
			throw new Error(`${work.repository.slug} is to be saved without a look`);
		}

		const saved = await saveMirror(openCode(work, known), known, look.seen);
		return saved.entry.isShallow ? {...saved, note: shallow} : saved;
	},
});

const openCode = (work: PartWork, known: MirrorEntry | undefined): MirrorJob => {
	const {bitbucket, repository} = work;
	const url = bitbucket.checkCloneUrl(repository.cloneUrl);
	// The API says that the repository was never pushed to, and nothing saved says otherwise. It is
	// not known how git answers for such a one: with an empty list, an abort or "not found".
	const mayBeEmpty =
		repository.mainBranch === undefined && (known === undefined || known.refs.count === 0);
	return openJob(work, {
		name,
		url,
		mainBranch: repository.mainBranch,
		readAdvertisement: () => readUpstream(work, url, mayBeEmpty),
	});
};

const decideKnown = (known: MirrorEntry, {refs, hasRefused, stamp}: SeenMirror): PartDecision => {
	if (stamp === undefined) {
		return {action: 'clone', reason: 'its mirror is not there any more'};
	}

	if (known.damage !== undefined) {
		return {action: 'update', reason: 'its mirror is marked as damaged'};
	}

	if (hasRefused) {
		return {action: 'update', reason: 'it has refs that cannot be saved'};
	}

	if (known.refs.digest !== refs.digest) {
		return {action: 'update', reason: 'its refs changed'};
	}

	return equalStamps(known.print, stamp)
		? {action: 'none', reason: 'unchanged'}
		: {action: 'update', reason: "the mirror's files changed since they were recorded"};
};

/**
 * Reads upstream's refs in one attempt: by one light request, or by git if only git understands the
 * server's answer.
 */
const readUpstream = async (
	{bitbucket, git, signal}: PartWork,
	url: string,
	mayBeEmpty: boolean,
): Promise<Advertisement> => {
	try {
		return await bitbucket.readAdvertisement(url, signal);
	} catch (error) {
		if (mayBeEmpty && error instanceof FailureError && isAnswerOfEmpty(error.failure)) {
			return {refs: new Map(), head: undefined, refused: []};
		}

		if (error instanceof FailureError && error.failure.kind === 'unexpected-answer') {
			const advertised = await git.readRemoteRefs(url, signal).catch(() => undefined);
			if (advertised !== undefined && (advertised.refs.size > 0 || mayBeEmpty)) {
				return advertised;
			}

			// The odd answer itself says more than git's failure to read it. And a server that answers
			// oddly is not believed when it lists no branch at all.
		}

		throw error;
	}
};

/** Status 200 is that of Bitbucket's "fork/exec ... git-upload-pack", an error inside an answer. */
const isAnswerOfEmpty = (failure: Failure): boolean =>
	failure.kind === 'not-found' || (failure.kind === 'server-error' && failure.status === 200);
