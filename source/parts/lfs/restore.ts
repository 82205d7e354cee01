import {FailureError} from '../../domain/failure/failure.ts';
import {joinPath, repoFolder} from '../../domain/plan/layout.ts';
import type {Gap} from '../../domain/record/gap.ts';
import {formatNames, formatNumber, formatSize} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import type {LfsUnrestored} from '../../ports/lfs.ts';
import type {Companion, Completed, PartCopy, PartState} from '../part.ts';
import {hasNone, type LfsEntry, mostNamed} from './entry.ts';
import {readMissing} from './missing.ts';
import {nameFiles} from './words.ts';

const what = 'LFS files';

const nothing: Completed = {notes: [], gaps: [], json: {}};

/** Brings the LFS files of a restored repository back. */
export const completeLfs: Companion<LfsEntry>['complete'] = async (copy, known, target, as) => {
	const {git, folder, signal} = copy;
	const mirror = joinPath(folder, repoFolder);
	if (hasNone(known)) {
		return nothing;
	}

	const form = as === 'bare' ? 'bare' : 'working-copy';
	const {objects, size, lacking} = await git.restoreLfs(mirror, target, form, {signal});
	if (objects === 0 && lacking.length === 0) {
		return nothing;
	}

	const servers = await git.readLfsServers(mirror);
	const hasProgram = objects === 0 || as === 'bare' || (await git.hasGitLfs(signal));
	return {
		notes: [
			...(objects === 0 ? [] : [`${nameFiles(objects)} (${formatSize(size)})`]),
			...(hasProgram
				? []
				: [
						'git-lfs is not installed here: the files are there, but git will not keep what you change in them as LFS files until you install it',
					]),
			...servers
				.slice(0, 1)
				.map((server) => `its .lfsconfig still names the server ${toPrintable(server)}`),
		],
		gaps: await gapsOf(copy, lacking),
		json: {
			usesLfs: lacking.length > 0,
			lfs: {objects, size},
			...(lacking.length === 0
				? {}
				: {lfsMissing: lacking.slice(0, mostNamed).map(({oid, path, why}) => ({oid, path, why}))}),
		},
	};
};

const gapsOf = async (
	copy: PartCopy,
	lacking: readonly LfsUnrestored[],
): Promise<readonly Gap[]> => {
	if (lacking.length === 0) {
		return [];
	}

	const listed = (await readMissing(copy)) ?? new Map();
	const names = lacking.map(({path, oid, why}) => {
		const words = {missing: '', damaged: ', damaged', blocked: ', something lies in its way'};
		return `${path ?? oid.slice(0, 12)}${words[why]}`;
	});
	return [
		{
			what,
			detail: `${formatNumber(lacking.length)} of them (${formatNames(names, names.length)}); their pointers stay`,
			advice: 'cistern verify says more about them.',
			isAccepted: lacking.every(({oid, why}) => why === 'missing' && listed.get(oid)?.accepted),
		},
	];
};

/**
 * Pushes LFS files with the user's own git-lfs, before the refs: many servers refuse refs without
 * them. Throws `git-lfs-missing` before anything is pushed.
 */
export const pushLfsFirst: Companion<LfsEntry>['pushFirst'] = async (
	copy,
	known,
	state,
	url,
	{isLeftOut, ...options},
) => {
	const {git, folder, signal} = copy;
	const mirror = joinPath(folder, repoFolder);
	if (!(await usesLfs(copy, mirror, known, state))) {
		return nothing;
	}

	if (isLeftOut) {
		const detail = 'the push left them out';
		const advice = 'Push them with git-lfs from a restored copy.';
		return {...nothing, gaps: [{what, detail, advice, isAccepted: false}], json: {usesLfs: true}};
	}

	if (!(await git.hasGitLfs(signal))) {
		throw new FailureError({kind: 'git-lfs-missing'});
	}

	const listed = (await readMissing(copy)) ?? new Map();
	const pushed = await git.pushLfs(mirror, url, state.refs, {...options, mayLack: listed.size > 0});
	switch (pushed.result) {
		case 'pushed':
			return {...nothing, notes: ['its LFS files too']};
		case 'no-git-lfs':
			throw new FailureError({kind: 'git-lfs-missing'});
		case 'refused':
			throw new FailureError({kind: 'remote-unusable', url, detail: toPrintable(pushed.words)});
	}
};

/** Does this state name any LFS file? */
const usesLfs = async (
	{git, signal}: PartCopy,
	mirror: string,
	known: LfsEntry | undefined,
	{refs}: PartState,
): Promise<boolean> => {
	if (hasNone(known)) {
		return false;
	}

	const search = {of: 'tips', tips: [...refs.values()], commits: [], known: []} as const;
	for await (const _pointer of git.findPointers(mirror, search, signal)) {
		return true;
	}

	return false;
};
