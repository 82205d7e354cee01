/** What a transfer must bring at least. curl forgets a slow time as soon as five seconds were not. */
export type Patience = {
	/**
	 * Bytes a second below which a transfer only trickles: far less than one of sixteen gets of a
	 * line that is worth waiting for.
	 */
	readonly leastSpeed: number;
	/** Seconds for which it may trickle, or the server count and compress. */
	readonly longestTrickle: number;
	/** Bytes a second of a server that lives: the keep-alive of one that counts and compresses. */
	readonly leastSign: number;
	/** Seconds without a sign of one that is asked how far it is. */
	readonly longestSilence: number;
};

export const patience: Patience = {
	leastSpeed: 100,
	longestTrickle: 600,
	leastSign: 1,
	longestSilence: 60,
};

/** Makes git end what is slower than this for so long, helper included, whatever is configured. */
export const lowSpeedVariables = (
	speed: number,
	seconds: number,
): Readonly<Record<string, string>> => ({
	GIT_HTTP_LOW_SPEED_LIMIT: String(speed),
	GIT_HTTP_LOW_SPEED_TIME: String(seconds),
});
