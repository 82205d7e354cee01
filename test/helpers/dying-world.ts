import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {RefMove} from '../../source/domain/history/history.ts';
import type {Files, FolderLock} from '../../source/ports/files.ts';
import type {Git} from '../../source/ports/git.ts';
import type {World} from '../../source/ports/world.ts';
import type {Random} from './random.ts';

/** Every call ends with it once a run is dead. */
export class Death extends Error {}

/**
 * Before the n-th call of git or of the file system, before the first one that fits, or somewhere
 * among the refs that it moves.
 */
export type Moment = number | 'moving refs' | ((name: string, args: readonly unknown[]) => boolean);

/**
 * A world in which a run dies at a moment, and stays dead: from then on nothing it tries happens.
 * Its lock goes, as the next run would find out by itself.
 */
export const dyingWorld = (world: World, moment: Moment, random: Random): World => {
	const locks: FolderLock[] = [];
	let calls = 0;
	let isDead = false;
	const live = async (
		name: string,
		args: readonly unknown[],
		lastAct: () => Promise<void> = async () => {},
	): Promise<void> => {
		calls += 1;
		if (!isDead && isNow(moment, calls, name, args)) {
			isDead = true;
			await lastAct();
			await Promise.all(locks.map((lock) => lock.release()));
		}

		if (isDead) {
			throw new Death(`died at ${name}`);
		}
	};

	return {
		...world,
		files: {
			...mortal<Files>(world.files, live),
			lock: async (folder, run) => {
				const lock = await world.files.lock(folder, run);
				locks.push(...('release' in lock ? [lock] : []));
				return lock;
			},
		},
		connect: (source, run) => {
			const {bitbucket, git} = world.connect(source, run);
			const dieAt = (name: string, args: readonly unknown[]): Promise<void> => {
				const [mirror, transactions] = args as Parameters<Git['updateRefs']>;
				return name === 'updateRefs'
					? dieAmongRefs(git, mirror, transactions, random)
					: Promise.resolve();
			};

			return {
				bitbucket,
				git: mortal<Git>(git, (name, args) => live(name, args, () => dieAt(name, args))),
			};
		},
	};
};

const isNow = (moment: Moment, calls: number, name: string, args: readonly unknown[]): boolean => {
	if (typeof moment === 'function') {
		return moment(name, args);
	}

	return moment === 'moving refs' ? name === 'updateRefs' : calls >= moment;
};

/** Methods that give a stream and no promise. */
const streams: ReadonlySet<string> = new Set([
	'findPointers',
	'readTexts',
	'listFiles',
	'listVersions',
]);

/** Calls `before` with the name and the arguments of each method that is called. */
const mortal = <Port extends object>(
	port: Port,
	before: (name: string, args: readonly unknown[]) => Promise<void>,
): Port =>
	new Proxy(port, {
		get: (target, name, receiver) => {
			const method: unknown = Reflect.get(target, name, receiver);
			if (typeof method !== 'function') {
				return method;
			}

			if (streams.has(String(name))) {
				return async function* (...args: readonly unknown[]) {
					await before(String(name), args);
					yield* method.apply(target, args);
				};
			}

			return async (...args: readonly unknown[]) => {
				await before(String(name), args);
				return method.apply(target, args);
			};
		},
	});

/** Leaves a write of the refs as a kill does: done or not begun, with the locks of a killed git. */
const dieAmongRefs = async (
	git: Git,
	mirror: string,
	moves: readonly RefMove[],
	random: Random,
): Promise<void> => {
	if (random(2) === 0) {
		await git.updateRefs(mirror, moves);
	}

	for (const name of ['HEAD.lock', 'packed-refs.lock', 'packed-refs.new']) {
		writeFileSync(join(mirror, name), '');
	}
};
