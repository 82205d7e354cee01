import {expect, test} from 'vitest';
import {whileQuick} from '../../../source/adapters/files/while-quick.ts';

type Way = 'now' | 'aside';

const ask = (work: () => void = () => undefined): Promise<Way> =>
	whileQuick(
		(): Way => {
			work();
			return 'now';
		},
		async (): Promise<Way> => 'aside',
	);

/** As long as a disk that has to be waited for. */
const takeLong = (): void => {
	const end = performance.now() + 1;
	while (performance.now() < end) {
		// The disk turns.
	}
};

/** Until it was asked on the spot and took long. */
const meetSlowDisk = async (work: () => void): Promise<void> => {
	while ((await ask(work)) === 'aside') {
		// What went before was slow too.
	}
};

test('a disk that had to be waited for is asked aside, and after a while tried again', async () => {
	await meetSlowDisk(takeLong);
	const ways: Way[] = [];
	while (ways.at(-1) !== 'now') {
		ways.push(await ask());
	}

	expect(ways.length).toBeGreaterThan(1);
});

test('what fails after a long wait fails as it is, and the next one is asked aside', async () => {
	const failure = new Error('the disk gives an error');
	const failing = (): void => {
		takeLong();
		throw failure;
	};
	await expect(meetSlowDisk(failing)).rejects.toBe(failure);
	expect(await ask()).toBe('aside');
});
