import type {SourceRun} from '../session.ts';

/** Looks whether so many bytes still fit on the disk. */
export type SpaceWatch = (bytes: number) => Promise<void>;

/**
 * Warns once when less is free than what is to be cloned, as Bitbucket counts it. Nothing is left
 * out for that: the count holds much that a clone does not bring, and a disk that does become full
 * stops the run by itself.
 */
export const watchSpace = ({source, folder, files, publish}: SourceRun): SpaceWatch => {
	let hasWarned = false;
	return async (bytes) => {
		if (hasWarned || bytes === 0) {
			return;
		}

		// A disk that does not even say this is found out by whoever writes to it.
		const free = await files.readFreeSpace(folder).catch(() => Number.POSITIVE_INFINITY);
		if (free < bytes && !hasWarned) {
			hasWarned = true;
			publish({
				type: 'noticed',
				source: source.title,
				text: `${inMegabytes(bytes)} are to be cloned, as Bitbucket counts them, and ${inMegabytes(free)} are free in ${folder}. What fits is saved; a full disk stops the run.`,
			});
		}
	};
};

const inMegabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
