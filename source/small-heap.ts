import {setFlagsFromString} from 'node:v8';

/**
 * Keeps V8 from growing its space for young objects. A backup, a verification or the writing of pages
 * works on one thing after another and holds little, so that space only grows. With 10,000 unchanged
 * repositories this takes 130 MiB in place of 173 MiB, and 13 % less processor time.
 */
export const keepHeapSmall = (): void => setFlagsFromString('--semi-space-growth-factor=1');

/**
 * The same for a run that holds a whole workspace in memory: V8 also collects once a fifth was added,
 * where it would let the heap grow to several times what is held. With 20,000 unchanged repositories
 * in a store alone this takes 214 MiB in place of 329 MiB, and no more processor time.
 */
export const keepHeapTight = (): void => {
	keepHeapSmall();
	setFlagsFromString('--heap-growing-percent=20');
};

/**
 * The same for a shard: V8 also leaves out its optimizing compilers, which keep the memory that they
 * worked in. A shard waits for Bitbucket nearly all of its time. With 6,250 of 100,000 repositories,
 * all unchanged, it takes 124 MiB in place of 160 MiB, and a tenth more processor time.
 */
export const keepShardSmall = (): void => {
	keepHeapTight();
	setFlagsFromString('--no-opt');
	setFlagsFromString('--no-maglev');
};
