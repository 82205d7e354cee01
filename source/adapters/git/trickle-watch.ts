import type {Progress, Stage} from '../../domain/run/events.ts';
import type {Patience} from './patience.ts';

export type TrickleWatch = {
	/** Sees how far a transfer is. */
	see(progress: Progress): void;
	/** The transfer is over. */
	stop(): void;
};

/** Before the last byte has come. Afterwards git may be at work for long without a word. */
const underWay: ReadonlySet<Stage> = new Set(['counting', 'compressing', 'receiving']);

/** Tells when a transfer that is under way has not been as fast as it must be for too long. */
export const watchTrickle = (
	{leastSpeed, longestTrickle}: Patience,
	onTrickle: () => void,
): TrickleWatch => {
	const timer = setTimeout(onTrickle, longestTrickle * 1000);
	const stop = (): void => clearTimeout(timer);
	return {
		see: ({stage, percent, bytesPerSecond = 0}) => {
			if (!underWay.has(stage) || (stage === 'receiving' && percent === 100)) {
				stop();
			} else if (bytesPerSecond >= leastSpeed) {
				timer.refresh();
			}
		},
		stop,
	};
};
