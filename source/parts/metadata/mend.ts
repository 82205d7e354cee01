import {FailureError, ifPossible, isUnusable} from '../../domain/failure/failure.ts';
import {createAll, unbornHead} from '../../domain/history/history.ts';
import {isSnippetPath, readingPath} from '../../domain/metadata/paths.ts';
import {damagedName, isDamagedOne, joinPath} from '../../domain/plan/layout.ts';
import type {Mending} from '../../domain/run/mending.ts';
import type {Git} from '../../ports/git.ts';
import type {FileChange} from '../../ports/git-metadata.ts';
import type {PartSaved, SaveWork} from '../part.ts';
import {mendDownloads} from './downloads.ts';
import {
	describeMetadata,
	type MetadataEntry,
	metadataName,
	type SavedMetadata,
	withReadme,
} from './entry.ts';

type Mended = PartSaved<MetadataEntry>;

/**
 * Checks a repository of metadata that is not as recorded, and mends it: Bitbucket cannot give again
 * what an edited or deleted comment said. A damaged one is set aside, never removed, and everything
 * readable in it goes into a new one. Reading goes on from the `reading.json` that the new one has.
 */
export const mendMetadata = async (
	work: SaveWork,
	known: SavedMetadata | undefined,
): Promise<Mended> => {
	const {files, folder} = work;
	const mirror = joinPath(folder, metadataName);
	const setAside = (await files.listFolders(folder))
		.filter((name) => isDamagedOne(name, metadataName))
		.toSorted()
		.toReversed()
		.map((name) => joinPath(folder, name));
	if (!(await files.exists(mirror))) {
		return setAside.length > 0 ? rebuild(work, mirror, setAside) : reportLoss(work);
	}

	const commit = await ifPossible(findWholeTip(work, mirror, known), isUnusable);
	return commit === undefined
		? rebuild(work, mirror, [mirror, ...setAside])
		: {...(await describeAgain(work, commit, known)), how: 'same'};
};

/** A user removed it, or a disk lost it: what it held of the past is gone. */
const reportLoss = ({run}: SaveWork): Mended => ({
	entry: {state: 'missing', missingAt: new Date(run.at).toISOString()},
	how: 'same',
	changes: [],
	received: 0,
	mending: lossOf(undefined, 'lost'),
});

const lossOf = (setAside: string | undefined, history: Mending['history']): Mending => ({
	mirror: metadataName,
	setAside: setAside?.slice(setAside.lastIndexOf('/') + 1),
	rescued: 0,
	lost: [],
	unnamed: 0,
	history,
});

const describeAgain = async (
	work: SaveWork,
	commit: string,
	known: SavedMetadata | undefined,
): Promise<Omit<Mended, 'how'>> => {
	const changedAt = known === undefined ? work.run.at : Date.parse(known.changedAt);
	const isChecked = known === undefined || known.damage !== undefined;
	const mended = isChecked ? await mendDownloads(work, commit, known) : undefined;
	const reading = mended ?? (known?.commit === commit ? known.reading : {});
	const entry = await describeMetadata(work, commit, {reading, changedAt});
	return {entry, changes: [], received: 0};
};

/** The newest commit of a repository that is whole. Undefined, or `mirror-unusable`, for a damaged one. */
const findWholeTip = async (
	{git, signal}: SaveWork,
	mirror: string,
	known: SavedMetadata | undefined,
): Promise<string | undefined> => {
	await git.configureMirror(mirror);
	await git.clearStaleLocks(mirror);
	const tip = (await git.readMetadataTip(mirror)) ?? (await findLostTip(git, mirror));
	await git.requireWhole(mirror, signal);
	const isMarked = known?.damage !== undefined;
	const {damage} = isMarked ? await git.checkObjects(mirror, signal) : {damage: undefined};
	return damage === undefined ? tip : undefined;
};

/** If the branch was taken away, its last commit is found among the dangling ones. */
const findLostTip = async (git: Git, mirror: string): Promise<string | undefined> => {
	const found = await git.findHistory(mirror, await git.findDangling(mirror));
	if (found !== undefined) {
		await git.updateRefs(mirror, createAll([[unbornHead, found]]));
	}

	return found;
};

/**
 * Builds a new repository aside from damaged ones, the newest first, and puts it in the place of the
 * first: the newest commit of which everything can be read, with its history, and on top of it the
 * readable files of the last state. Whatever is missing then is read from Bitbucket again, because
 * `reading.json` is the one of that commit.
 */
const rebuild = async (
	work: SaveWork,
	mirror: string,
	damaged: readonly string[],
): Promise<Mended> => {
	const {git, files, workFolder, run, onProgress} = work;
	onProgress?.({stage: 'rescuing'});
	const draft = joinPath(workFolder, metadataName);
	await files.remove(draft);
	await git.createMirror(draft);
	let history: Mending['history'] = 'lost';
	for (const [number, copy] of damaged.entries()) {
		const tip = await git.readMetadataTip(draft);
		if (tip === undefined) {
			history = await salvage(work, copy, draft, number);
		}
	}

	await work.assertLockHeld();
	const isInPlace = await files.exists(mirror);
	const setAside = isInPlace ? damagedName(mirror, run.name) : damaged[0];
	if (isInPlace && setAside !== undefined) {
		await files.move(mirror, setAside);
	}

	const commit = await git.readMetadataTip(draft);
	if (commit === undefined) {
		return {...reportLoss(work), mending: lossOf(setAside, 'lost')};
	}

	await files.move(draft, mirror);
	return {
		...(await describeAgain(work, commit, undefined)),
		how: 'cloned',
		mending: lossOf(setAside, history),
	};
};

/** Copies everything readable of a damaged repository into a new one. */
const salvage = async (
	{git, signal, run}: SaveWork,
	damaged: string,
	draft: string,
	number: number,
): Promise<Mending['history']> => {
	const reader = `${draft}.reader-${number}`;
	await git.borrowObjectsFrom(damaged, draft, reader);
	const tip =
		(await git.readDamagedTips(damaged)).get(unbornHead) ??
		(await git.findHistory(reader, await git.findDangling(reader)));
	if (tip === undefined) {
		return 'lost';
	}

	const base = await copyNewestWhole(git, {reader, draft, tip}, signal);
	if (base === tip) {
		return 'whole';
	}

	const rescued = readRescued(git, reader, tip);
	const first = await rescued.next();
	if (first.done !== true) {
		const message = 'Go on with what could be read of a damaged copy\n';
		const files = prepend(first.value, rescued);
		await git.importFiles(draft, base === undefined ? withReadme(files) : files, {
			message,
			at: run.at,
		});
	}

	return base === undefined ? 'lost' : 'part';
};

async function* prepend<Item>(first: Item, rest: AsyncIterable<Item>): AsyncGenerator<Item> {
	yield first;
	yield* rest;
}

/** Copies the newest commit of which everything is whole, and gives its id. */
const copyNewestWhole = async (
	git: Git,
	{reader, draft, tip}: {readonly reader: string; readonly draft: string; readonly tip: string},
	signal: AbortSignal,
): Promise<string | undefined> => {
	await git.updateRefs(reader, createAll([[unbornHead, tip]]));
	const log = await ifPossible(git.readMetadataLog(reader));
	const {damage} = await git.checkObjects(reader, signal).catch(() => ({damage: undefined}));
	const known = {whole: [], damaged: damage?.oids ?? new Set<string>()};
	const oids = (log ?? []).map(({oid}) => oid);
	const broken = await git.findBroken(reader, oids, known, signal);
	for (const oid of oids.filter((one) => !broken.has(one))) {
		const copied = await git.copyRefs(reader, draft, new Map([[unbornHead, oid]]), [], signal);
		if (copied.size > 0) {
			return oid;
		}
	}

	return undefined;
};

const orNothing = (error: unknown): undefined => {
	if (!(error instanceof FailureError)) {
		throw error;
	}
};

/**
 * The JSON files of a commit that can be read, but for those that would speak for others: `reading.json`
 * for all of them, and that of a snippet for its files. A patch is no text, and is asked for again.
 */
async function* readRescued(git: Git, reader: string, commit: string): AsyncGenerator<FileChange> {
	const paths: string[] = [];
	try {
		for await (const path of git.listFiles(reader, commit, '.')) {
			paths.push(path);
		}
	} catch (error) {
		// git lists the files in order, and stops at a folder that it cannot read.
		orNothing(error);
	}

	const wanted = paths.filter(
		(path) => path.endsWith('.json') && path !== readingPath && !isSnippetPath(path),
	);
	for (let next = 0; next < wanted.length; next += 1) {
		try {
			const names = wanted.slice(next).map((path) => `${commit}:${path}`);
			for await (const text of git.readTexts(reader, names)) {
				const path = wanted[next];
				if (path !== undefined && text !== undefined) {
					yield {path, text};
				}

				next += 1;
			}
		} catch (error) {
			// It stops at a damaged file too. The next ones are read by another process.
			orNothing(error);
		}
	}
}
