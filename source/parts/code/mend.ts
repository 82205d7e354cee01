import {createAll, historyRef, keptPrefix} from '../../domain/history/history.ts';
import {damagedName, lfsFolder} from '../../domain/plan/layout.ts';
import type {LostTip, Mending} from '../../domain/run/mending.ts';
import type {Git} from '../../ports/git.ts';
import {findMissingTips} from './keep-old-tips.ts';
import {
	type MirrorEntry,
	type MirrorJob,
	markDirty,
	readStamp,
	repairCut,
	type SavedMirror,
} from './mirror.ts';
import {findWhole, nameAgain, type Salvage, salvage, salvageRest} from './salvage.ts';
import {updateMirror} from './update.ts';

/**
 * Builds a mirror anew at `draft` from everything readable in damaged ones (newest first) and from
 * upstream, and puts it in the place of the damaged one, which is kept beside it. Until then the
 * damaged one stays in place, whatever fails. A run that is killed between the two moves leaves no
 * mirror; the next run builds it from the one that was set aside.
 */
export const rebuildMirror = async (
	job: MirrorJob,
	before: MirrorEntry | undefined,
	damaged: readonly string[],
): Promise<SavedMirror> => {
	const {git, files, draft, mirror, run} = job;
	job.onProgress?.({stage: 'rescuing'});
	await files.remove(draft);
	const [newest = mirror] = damaged;
	await git.createMirror(draft, (await git.readDamagedTips(newest)).values());
	const found: Salvage[] = [];
	for (const [number, copy] of damaged.entries()) {
		found.push(await salvage(job, copy, number));
	}

	const updated = await updateMirror({...job, mirror: draft}, undefined);
	const lost: LostTip[] = [];
	for (const one of found) {
		lost.push(...(await salvageRest(job, one)));
	}

	// If the disk was pulled out, the new mirror lies on the disk below and must not be moved.
	await job.assertLockHeld();
	const isInPlace = await files.exists(mirror);
	const setAside = isInPlace ? damagedName(mirror, run.name) : damaged[0];
	if (isInPlace && setAside !== undefined) {
		await files.move(mirror, setAside);
	}

	await files.move(draft, mirror);
	const entry = {
		...updated.entry,
		print: await readStamp(git, mirror),
		keptTips: (await git.readRefs(mirror, keptPrefix)).size,
		size: await files.measure(mirror, lfsFolder),
	};
	const rescued = entry.keptTips - updated.kept.length;
	return {
		...updated,
		entry,
		mending: {
			mirror: job.name,
			setAside: setAside?.slice(setAside.lastIndexOf('/') + 1),
			rescued,
			lost,
			unnamed: Math.max(0, (before?.keptTips ?? 0) - rescued - lost.length),
			history: bestOf(found, before),
		},
	};
};

const bestOf = (found: readonly Salvage[], before: MirrorEntry | undefined): Mending['history'] =>
	found.find(({history}) => history !== 'lost')?.history ??
	(before === undefined ? 'whole' : 'lost');

/**
 * Repairs a mirror whose objects are all whole and whose old tips or history were taken away:
 * everything that is still there gets a ref again. Then it is updated as usual. No mending in the
 * result if nothing was missing.
 */
export const mendInPlace = async (
	job: MirrorJob,
	before: MirrorEntry | undefined,
): Promise<SavedMirror> => {
	const {git, mirror, run} = job;
	await repairCut(job);
	await markDirty(job);
	const history = await holdHistory(git, mirror);
	const tips = await git.readTips(mirror);
	const missing = (await findMissingTips(git, mirror, tips)).filter(({oid}) => !job.lost.has(oid));
	const oids = missing.map(({oid}) => oid);
	const whole = await findWhole(job, mirror, oids, [...tips.values()]);
	const held = missing.filter(({oid}) => whole.has(oid));
	await git.updateRefs(
		mirror,
		createAll(held.map(({ref, oid}) => [nameAgain(run.name, ref, oid), oid])),
	);
	const kept = [...tips.keys()].filter((ref) => ref.startsWith(keptPrefix)).length + held.length;
	const lost = missing
		.filter(({oid}) => !whole.has(oid))
		.map(({ref, oid, at}) => ({ref, oid, keptAt: at}));
	const saved = await updateMirror(job, undefined);
	const isMended = missing.length > 0 || history !== 'there';
	const mending: Mending = {
		mirror: job.name,
		setAside: undefined,
		rescued: held.length,
		lost,
		unnamed: Math.max(0, (before?.keptTips ?? 0) - kept - lost.length),
		history: history === 'lost' && before !== undefined ? 'lost' : 'whole',
	};
	return isMended || mending.unnamed > 0 ? {...saved, mending} : saved;
};

/** If its ref was taken away, the history's last commit is found among the dangling ones. */
const holdHistory = async (git: Git, mirror: string): Promise<'there' | 'found' | 'lost'> => {
	if ((await git.readTips(mirror)).has(historyRef)) {
		return 'there';
	}

	const found = await git.findHistory(mirror, await git.findDangling(mirror));
	if (found === undefined) {
		return 'lost';
	}

	await git.updateRefs(mirror, createAll([[historyRef, found]]));
	return 'found';
};
