/** The speed that a transfer must keep. curl forgets a slow period after five faster seconds. */
export const transferLimits = {
	/**
	 * Bytes a second. Below this a transfer only trickles: it is far less than one of sixteen
	 * transfers gets on a usable line.
	 */
	minSpeed: 100,
	/** Seconds that a transfer may trickle, or the server may count and compress. */
	maxTrickle: 600,
	/** Bytes a second of the keep-alive that a server sends while it counts and compresses. */
	minKeepAlive: 1,
	/** Seconds without a keep-alive from a server that was asked for its progress. */
	maxSilence: 60,
};

export type TransferLimits = Readonly<typeof transferLimits>;
