/** Milliseconds: what lies in memory answers ten times as fast. */
const longest = 0.25;
/** So many are handed over before the next one is tried again. */
const handedOver = 16;

let left = 0;

/**
 * Asks the disk for something small. A run does so thousands of times, and to hand one to another
 * thread, as Node does for every file, costs several times what the asking does. It pays where a
 * disk has to be waited for: then, and only then, many are asked side by side. `now` and `aside` do
 * the same and fail alike.
 */
export const whileQuick = async <Result>(
	now: () => Result,
	aside: () => Promise<Result>,
): Promise<Result> => {
	if (left > 0) {
		left -= 1;
		return aside();
	}

	const started = performance.now();
	try {
		return now();
	} finally {
		left = performance.now() - started > longest ? handedOver : 0;
	}
};
