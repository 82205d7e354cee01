import {historyRef, keptPrefix} from '../../domain/history/history.ts';
import {damagedName, type MirrorName} from '../../domain/plan/layout.ts';
import type {MirrorRecord} from '../../domain/record/record.ts';
import type {LostTip, Mending} from '../../domain/run/mending.ts';
import {assertLockHeld} from '../../engine/assert-lock-held.ts';
import type {SourceRun} from '../../engine/session.ts';
import type {Git} from '../../ports/git.ts';
import {readStamp} from './describe-mirror.ts';
import {findMissingTips} from './find-missing-tips.ts';
import type {MirrorJob, MirrorTools, SavedMirror} from './mirror.ts';
import {markDirty, repairCut} from './repair-cut.ts';
import {
	findWhole,
	heldAgain,
	type Salvage,
	type SalvageJob,
	salvage,
	salvageRest,
} from './salvage.ts';
import {updateMirror} from './update.ts';

export type MendJob = MirrorJob & SalvageJob & {readonly name: MirrorName};

export type Mended = {readonly saved: SavedMirror; readonly mending: Mending | undefined};

/**
 * Builds a mirror anew aside, out of what can be read of damaged ones (the newest first) and of
 * upstream, and puts it in the damaged one's place, which is kept beside it. Until then the damaged
 * one stays where it is, whatever fails. A run that is killed between the two moves leaves no
 * mirror, and the next one builds it from what was set aside.
 */
export const rebuildMirror = async (
	source: SourceRun,
	job: MendJob,
	before: MirrorRecord | undefined,
	damaged: readonly string[],
): Promise<Mended> => {
	const {git, files} = source;
	const {aside, mirror, run} = job;
	job.onProgress?.({stage: 'rescuing'});
	await files.remove(aside);
	await git.createMirror(aside);
	const found: Salvage[] = [];
	for (const [number, copy] of damaged.entries()) {
		found.push(await salvage(git, job, copy, number));
	}

	const updated = await updateMirror(source, {...job, mirror: aside}, undefined);
	const lost: LostTip[] = [];
	for (const one of found) {
		lost.push(...(await salvageRest(git, job, one)));
	}

	// A new one where the disk has gone from under all this would be no copy of anybody's.
	await assertLockHeld(source);
	const isInPlace = await files.exists(mirror);
	const setAside = isInPlace ? damagedName(mirror, run) : damaged[0];
	if (isInPlace && setAside !== undefined) {
		await files.move(mirror, setAside);
	}

	await files.move(aside, mirror);
	const record = {
		...updated.record,
		print: await readStamp(git, mirror),
		keptTips: (await git.readRefs(mirror, keptPrefix)).size,
		size: await files.measure(mirror),
	};
	const rescued = record.keptTips - updated.kept.length;
	return {
		saved: {...updated, record},
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

const bestOf = (found: readonly Salvage[], before: MirrorRecord | undefined): Mending['history'] =>
	found.find(({history}) => history !== 'lost')?.history ??
	(before === undefined ? 'whole' : 'lost');

/**
 * Puts a mirror right whose objects are all whole, but whose old tips or history somebody took
 * away: what is still there is held again. Then it is updated as ever. Undefined mending: nothing
 * of that was missing.
 */
export const mendInPlace = async (
	tools: MirrorTools,
	job: MendJob,
	before: MirrorRecord | undefined,
): Promise<Mended> => {
	const {git} = tools;
	const {mirror, run} = job;
	await repairCut(tools, job);
	await markDirty(tools, job);
	const history = await holdHistory(git, mirror);
	const tips = await git.readTips(mirror);
	const missing = (await findMissingTips(git, mirror, tips)).filter(({oid}) => !job.lost.has(oid));
	const oids = missing.map(({oid}) => oid);
	const whole = await findWhole(git, mirror, oids, job.signal);
	const held = missing.filter(({oid}) => whole.has(oid));
	await git.updateRefs(mirror, [
		held.map(({ref, oid}) => ({kind: 'create', ref: heldAgain(run, ref, oid), to: oid})),
	]);
	const kept = [...tips.keys()].filter((ref) => ref.startsWith(keptPrefix)).length + held.length;
	const lost = missing
		.filter(({oid}) => !whole.has(oid))
		.map(({ref, oid, at}) => ({ref, oid, keptAt: at}));
	const saved = await updateMirror(tools, job, undefined);
	const isMended = missing.length > 0 || history !== 'there';
	const mending: Mending = {
		mirror: job.name,
		setAside: undefined,
		rescued: held.length,
		lost,
		unnamed: Math.max(0, (before?.keptTips ?? 0) - kept - lost.length),
		history: history === 'lost' && before !== undefined ? 'lost' : 'whole',
	};
	return {saved, mending: isMended || mending.unnamed > 0 ? mending : undefined};
};

/** Where its ref was taken away, the history is found by what it is. */
const holdHistory = async (git: Git, mirror: string): Promise<'there' | 'found' | 'lost'> => {
	if ((await git.readTips(mirror)).has(historyRef)) {
		return 'there';
	}

	const found = await git.findHistory(mirror, await git.findDangling(mirror));
	if (found === undefined) {
		return 'lost';
	}

	await git.updateRefs(mirror, [[{kind: 'create', ref: historyRef, to: found}]]);
	return 'found';
};
