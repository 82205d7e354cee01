import type {Failure} from '../../domain/failure/failure.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import {type PlanItem, sizeToClone} from '../../domain/plan/plan.ts';
import type {Outcome} from '../../domain/run/outcome.ts';
import {formatSize} from '../../domain/text/format.ts';
import type {EarlierAttempts} from '../retry/attempt.ts';
import {runPool} from '../retry/pool.ts';
import type {Session} from '../session.ts';
import {patientTurn, type Turn} from './work.ts';

/** The end of one item's turn. `isFromSaving`: a failure did not come from looking. */
export type TurnEnd =
	| {readonly state: 'ended'; readonly outcome: Outcome; readonly isFromSaving: boolean}
	| {readonly state: 'put-aside'; readonly earlier: EarlierAttempts};

type Saving = {
	readonly save: (item: PlanItem, turn: Turn) => Promise<TurnEnd>;
	readonly finish: (item: PlanItem, outcome: Outcome, isFromSaving: boolean) => Promise<void>;
};

/**
 * Saves items, several at once, in an order that lets no repository hold up the others. One that
 * keeps silent or fails for now is put aside until the others are saved. If the disk may be too
 * small, the smallest go first, no more at once than fit together. One that found the disk full beside
 * others is saved again at the end, alone; if it does not fit then, it fails by itself.
 */
export const saveInOrder = async (
	session: Session,
	items: readonly PlanItem[],
	{save, finish}: Saving,
): Promise<void> => {
	const {concurrency} = session.run;
	const space = await openSpace(session, sizeToClone(items));
	const later: {readonly item: PlanItem; readonly turn: Turn}[] = [];
	const crowded: PlanItem[] = [];
	const atOnce: PlanItem[] = [];
	for (const item of items.toSorted(space.isShort ? smallestFirst : largestFirst)) {
		if (item.action === 'look-again') {
			later.push({item, turn: patientTurn});
		} else {
			atOnce.push(item);
		}
	}

	let waiting = atOnce.length;
	const take = async (item: PlanItem, turn: Turn): Promise<void> => {
		const end = await save(item, turn);
		if (end.state === 'put-aside') {
			later.push({item, turn: {...patientTurn, earlier: end.earlier}});
		} else if (isDiskFull(end.outcome)) {
			crowded.push(item);
		} else {
			await finish(item, end.outcome, end.isFromSaving);
		}
	};

	await runPool(space.admit(atOnce), concurrency, async (item) => {
		waiting -= 1;
		try {
			if (crowded.length > 0 && item.action === 'clone') {
				crowded.push(item);
			} else {
				await take(item, {letsOthersPast: () => waiting > 0});
			}
		} finally {
			space.leave(item);
		}
	});
	await runPool(later, concurrency, ({item, turn}) => take(item, turn));
	for (const item of crowded.toSorted(smallestFirst)) {
		const end = await saveAlone(session, item, save, space.readFree);
		await finish(item, end.outcome, end.isFromSaving);
	}
};

/** The longest transfer must not begin last. */
const largestFirst = (left: PlanItem, right: PlanItem): number =>
	sizeToClone([right]) - sizeToClone([left]);

const smallestFirst = (left: PlanItem, right: PlanItem): number => largestFirst(right, left);

const isDiskFull = (outcome: Outcome): boolean =>
	outcome.result === 'failed' && outcome.failure.kind === 'disk-full';

/** Bytes: with less than this, no other repository would fit either. */
const leastRoom = 64 * 1024;

const saveAlone = async (
	{folder}: Session,
	item: PlanItem,
	save: Saving['save'],
	readFree: () => Promise<number>,
): Promise<Extract<TurnEnd, {state: 'ended'}>> => {
	const size = sizeToClone([item]);
	const noRoom = (free: number): Failure => ({
		kind: 'no-room',
		path: joinPath(folder, item.folder),
		size,
		free,
	});
	const before = await readFree();
	const end = await save(size > before ? {...item, failure: noRoom(before)} : item, patientTurn);
	if (end.state === 'put-aside') {
		throw new Error('a patient turn was put aside');
	}

	const {outcome} = end;
	const free = await readFree();
	return outcome.result === 'failed' && isDiskFull(outcome) && free >= leastRoom
		? {...end, outcome: {...outcome, failure: noRoom(free)}}
		: end;
};

type Space = {
	/** Was less space free at the beginning than the clones need? */
	readonly isShort: boolean;
	/** Free bytes. */
	readFree(): Promise<number>;
	/** Gives the items in their order. A clone waits until it fits beside those under way. */
	admit(items: readonly PlanItem[]): AsyncGenerator<PlanItem>;
	/** To be called when an item that was admitted has ended. */
	leave(item: PlanItem): void;
};

/**
 * Warns once if less space is free than is to be cloned, as Bitbucket counts it. Nothing is left out
 * for that reason: the count holds much that a clone does not bring.
 */
const openSpace = async ({folder, files, notice}: Session, total: number): Promise<Space> => {
	let hasWarned = false;
	let underWay = 0;
	let reserved = 0;
	let wake = (): void => {};
	// If the disk does not even tell this, the next write to it will say why.
	const readFree = (): Promise<number> =>
		files.readFreeSpace(folder).catch(() => Number.POSITIVE_INFINITY);

	const isShortOf = async (bytes: number): Promise<boolean> => {
		const free = bytes === 0 ? bytes : await readFree();
		if (free < bytes && !hasWarned && underWay === 0) {
			hasWarned = true;
			notice(
				`${formatSize(bytes)} are to be cloned, as Bitbucket counts them, and ${formatSize(free)} are free in ${folder}. The smallest are saved first; those that do not fit are named.`,
			);
		}

		return free < bytes;
	};

	return {
		isShort: await isShortOf(total),
		readFree,
		admit: async function* (items) {
			for (const item of items) {
				const size = sizeToClone([item]);
				while ((await isShortOf(size === 0 ? 0 : reserved + size)) && underWay > 0) {
					await new Promise<void>((resolve) => {
						wake = resolve;
					});
				}

				underWay += item.action === 'clone' ? 1 : 0;
				reserved += size;
				yield item;
			}
		},
		leave: (item) => {
			underWay -= item.action === 'clone' ? 1 : 0;
			reserved -= sizeToClone([item]);
			wake();
		},
	};
};
