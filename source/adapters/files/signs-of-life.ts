import {stat, utimes} from 'node:fs/promises';

/**
 * A holder that is out of sight is believed for this long after its last sign of life, in
 * milliseconds: as restic does, long enough for a slow network folder. Else a container that was
 * killed would hold its folder for ever.
 */
const longestSilence = 30 * 60_000;

/**
 * Gives a claim's file the time of now, again after each `beat` milliseconds, as long as it is
 * ours. Gives what ends it.
 */
export const showLife = (
	path: string,
	isOurs: () => Promise<boolean>,
	beat: number,
): (() => void) => {
	const show = async (): Promise<void> => {
		if (await isOurs()) {
			const now = new Date();
			await utimes(path, now, now);
		}
	};
	// One sign that could not be given is no harm.
	const timer = setInterval(() => void show().catch(() => undefined), beat).unref();
	return () => clearInterval(timer);
};

/**
 * Has the claim's file had no sign of life for too long? `fresh` is a file written just now: only
 * the clock of the file system counts, as those of two machines may differ.
 */
export const isSilent = async (claim: string, fresh: string): Promise<boolean> => {
	const [last, now] = await Promise.all([timeOf(claim), timeOf(fresh)]);
	return last !== undefined && now !== undefined && now - last > longestSilence;
};

const timeOf = (path: string): Promise<number | undefined> =>
	stat(path).then(
		({mtimeMs}) => mtimeMs,
		() => undefined,
	);
