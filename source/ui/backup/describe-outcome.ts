import {repoFolder} from '../../domain/plan/layout.ts';
import {shortRef} from '../../domain/record/ref-name.ts';
import type {Mending} from '../../domain/run/mending.ts';
import type {Outcome} from '../../domain/run/outcome.ts';
import {
	formatCount,
	formatDate,
	formatDuration,
	formatNames,
	formatSize,
} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {describeGaps} from '../describe-gaps.ts';

type Saved = Extract<Outcome, {result: 'saved'}>;

const words = {new: 'new', updated: 'updated', 'taken-over': 'taken over'} as const;

/** `updated, 3 refs, 14.2 MB, 8.1 s; main was rewritten, its old state is kept`. */
export const describeSaved = (outcome: Saved): string => {
	const {how, refs, changes, received, duration, gaps} = outcome;
	const changed = Object.values(changes).reduce((sum, count) => sum + count, 0);
	const counted = how === 'updated' ? changed : refs;
	const parts = [
		words[how],
		...describeCount(counted, how),
		...(received === 0 ? [] : [formatSize(received)]),
		...(outcome.notes ?? []),
		formatDuration(duration),
	];
	return [
		parts.join(', '),
		...describeAllMended(outcome),
		...describeKept(outcome),
		...describeGaps(gaps),
	].join('; ');
};

/** `2 refs updated; main was rewritten, its old state is kept`: losses upstream instead of figures. */
export const describeSavedBriefly = (outcome: Saved): string => {
	const {changes, gaps} = outcome;
	const kept = describeKept(outcome);
	const others = changes.created + changes.forwarded;
	return kept.length === 0
		? describeSaved(outcome)
		: [
				...(others === 0 ? [] : [`${formatCount(others, 'ref')} updated`]),
				...describeAllMended(outcome),
				...kept,
				...describeGaps(gaps),
			].join('; ');
};

const describeAllMended = ({mended = []}: Saved): readonly string[] =>
	mended.flatMap(describeMended);

const describeCount = (count: number, how: Saved['how']): readonly string[] => {
	if (count > 0) {
		return [formatCount(count, 'ref')];
	}
	return how === 'updated' ? [] : ['empty'];
};

const describeKept = ({kept, changes}: Saved): readonly string[] => {
	// A tip that another branch still contains needs no keeping; the rewrite is news all the same.
	const count = kept.length === 0 ? changes.rewritten + changes.moved : kept.length;
	if (count === 0) {
		return [];
	}

	const names =
		kept.length === 0 ? formatCount(count, 'ref') : formatNames(kept.map(toShortName), kept.length);
	const [was, its] = count === 1 ? ['was', 'its'] : ['were', 'their'];
	return [`${names} ${was} ${describeLoss(changes)}, ${its} old state is kept`];
};

/** The outcome counts each kind of change, but does not say which ref it happened to. */
const describeLoss = ({rewritten, moved, deleted}: Saved['changes']): string =>
	[
		...(rewritten > 0 ? ['rewritten'] : []),
		...(moved > 0 ? ['moved'] : []),
		...(deleted > 0 ? ['deleted'] : []),
	].join(' or ');

const toShortName = (ref: string): string => toPrintable(shortRef(ref));

/** A repaired mirror, as parts of a sentence: first what was rescued, then what is lost. */
export const describeMended = (mending: Mending): readonly string[] => {
	const {mirror} = mending;
	const whose = mirror === repoFolder ? 'its mirror' : `its ${mirror}'s mirror`;
	return [
		mending.setAside === undefined
			? `${whose} was repaired`
			: `${whose} was damaged and is cloned again, the damaged one is kept as ${toPrintable(mending.setAside)}`,
		...(mending.rescued === 0 ? [] : [`${formatCount(mending.rescued, 'old tip')} rescued`]),
		...describeLost(mending),
	];
};

/** Old states that could not be rescued, if any. */
export const describeLost = ({lost, unnamed, history}: Mending): readonly string[] => [
	...(lost.length === 0
		? []
		: [
				`LOST ${formatCount(lost.length, 'old tip')}: ${formatNames(lost.map(nameTip), lost.length)}`,
			]),
	...(unnamed === 0 ? [] : [`LOST ${formatCount(unnamed, 'old tip')} whose names are unknown`]),
	...(history === 'whole'
		? []
		: [history === 'part' ? 'LOST a part of its history' : 'LOST its history until now']),
];

const nameTip = ({ref, oid, keptAt}: Mending['lost'][number]): string => {
	const name = toPrintable(shortRef(ref));
	const of = keptAt === undefined ? '' : ` of ${formatDate(keptAt)}`;
	return `${name} ${oid.slice(0, 12)}${of}`;
};

/** `keptIn`: its folder, where another repository has its name now. */
export const describeGone = (keptIn: string | undefined): string =>
	keptIn === undefined
		? 'gone from Bitbucket; its backup stays'
		: `another repository has this name now; the earlier one is gone from Bitbucket, and its backup stays in ${toPrintable(keptIn)}`;
