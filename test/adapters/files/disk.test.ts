import {describe, expect, it} from 'vitest';
import {createDisk, type Disk} from '../../../source/adapters/files/disk.ts';

type Way = 'now' | 'aside';

/** ext4 and NFS, as Linux numbers them. */
const near = 0xef53;
const far = 0x6969;

const ask = (disk: Disk, work: () => void = () => undefined): Promise<Way> =>
	disk.whileQuick(
		(): Way => {
			work();
			return 'now';
		},
		async (): Promise<Way> => 'aside',
	);

const openDisk = (...types: readonly number[]): Disk => {
	const disk = createDisk();
	for (const type of types) {
		disk.note(type);
	}

	return disk;
};

/** As long as a disk that has to be waited for. */
const takeLong = (): void => {
	const end = performance.now() + 1;
	while (performance.now() < end) {
		// The disk turns.
	}
};

describe('a disk of this machine', () => {
	it('that had to be waited for again and again is asked aside, and after a while tried again', async () => {
		const disk = openDisk(near);
		expect(await ask(disk, takeLong)).toBe('now');
		expect(await ask(disk, takeLong)).toBe('now');
		const ways: Way[] = [];
		while (ways.at(-1) !== 'now') {
			ways.push(await ask(disk));
		}

		expect(ways.length).toBeGreaterThan(1);
	});

	it('fails as it is after a long wait, and the next one is asked aside', async () => {
		const disk = openDisk(near);
		const failure = new Error('the disk gives an error');
		const failing = (): void => {
			takeLong();
			throw failure;
		};
		await expect(ask(disk, failing)).rejects.toBe(failure);
		await expect(ask(disk, failing)).rejects.toBe(failure);
		expect(await ask(disk)).toBe('aside');
	});
});

describe('a disk that may be far away', () => {
	it.each([
		['of which nothing is known', []],
		['across the network', [far]],
		['partly', [near, far]],
		['partly, whatever comes later', [far, near]],
	])('%s is never waited for on the spot', async (_, types) => {
		const disk = openDisk(...types);
		const ways = await Promise.all(Array.from({length: 50}, () => ask(disk)));
		expect(new Set(ways)).toEqual(new Set(['aside']));
	});
});
