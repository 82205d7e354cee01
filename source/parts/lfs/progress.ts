import {formatNumber, formatSize} from '../../domain/text/format.ts';
import type {SaveWork} from '../part.ts';

/** Milliseconds between two steps that are told: a step comes with each piece of a file. */
const interval = 200;

/** Tells how far the fetching of `ofFiles` files of `size` bytes is. */
export const watchProgress = (
	{onProgress, clock}: SaveWork,
	ofFiles: number,
	size: number,
): {readonly onBytes: (bytes: number) => void; readonly onEnd: () => void} => {
	const started = clock.elapsed();
	let told = Number.NEGATIVE_INFINITY;
	let [files, bytes] = [0, 0];
	const tell = (): void => {
		const now = clock.elapsed();
		if (onProgress === undefined || now - told < interval) {
			return;
		}

		told = now;
		onProgress({
			stage: 'lfs',
			text: `LFS ${formatNumber(files)} of ${formatNumber(ofFiles)} files, ${formatSize(bytes)} of ${formatSize(size)}`,
			percent: size === 0 ? 0 : Math.min(100, (bytes / size) * 100),
			files,
			ofFiles,
			bytes,
			bytesPerSecond: now === started ? 0 : Math.round((bytes * 1000) / (now - started)),
		});
	};
	tell();
	return {
		onBytes: (more) => {
			bytes += more;
			tell();
		},
		onEnd: () => {
			files += 1;
			tell();
		},
	};
};
