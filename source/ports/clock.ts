export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Milliseconds of a clock that never jumps, for durations. */
	elapsed(): number;
	/** Ends after `duration` milliseconds, or throws the signal's reason at once when it aborts. */
	sleep(duration: number, signal: AbortSignal): Promise<void>;
	/** Between 0 and 1, for jitter. */
	random(): number;
}
