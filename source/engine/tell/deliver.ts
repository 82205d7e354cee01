import type {Clock} from '../../ports/clock.ts';
import type {Sent} from '../../ports/telling.ts';

/** Milliseconds before the second and the third try. */
const pauses = [1000, 5000] as const;

/**
 * Sends until it is sent, at most three times. Gives the reason why it could not be sent; undefined
 * where it arrived. Ends when the signal aborts, even if the attempt does not.
 */
export const deliver = async (
	send: () => Promise<Sent>,
	clock: Pick<Clock, 'sleep'>,
	signal: AbortSignal,
): Promise<string | undefined> => {
	const late = new Promise<Sent>((resolve) => {
		const give = (): void => resolve({state: 'failed', reason: 'no time was left', mayPass: false});
		signal.addEventListener('abort', give, {once: true});
	});
	for (const pause of [...pauses, undefined]) {
		const sent = await Promise.race([send(), late]);
		if (sent.state === 'sent') {
			return undefined;
		}

		if (!sent.mayPass || pause === undefined) {
			return sent.reason;
		}

		try {
			await clock.sleep(pause, signal);
		} catch {
			return sent.reason;
		}
	}

	return undefined;
};
