import {withWords} from '../text/printable-text.ts';
import type {Endpoint, Failure} from './failure.ts';

/** The failure that the status of an answer means, if its words and headers say no more. */
export const failureOfStatus = (status: number, door: Endpoint, message: string): Failure => {
	switch (status) {
		case 401:
			return {kind: 'credentials-refused', door};
		case 402:
			return {kind: 'payment-required', message};
		case 403:
			return {kind: 'permission-missing', door, required: []};
		case 404:
			return {kind: 'not-found', door, message};
		// A removed endpoint, or a workspace that was marked as spam.
		case 410:
			return {kind: 'gone', door, message};
		case 429:
			return {kind: 'rate-limited', retryAfter: undefined};
		// Bitbucket's own code for a request that took it too long.
		case 555:
			return {kind: 'server-timeout'};
		default:
			return status >= 500
				? {kind: 'server-error', status, message}
				: {kind: 'unexpected-answer', detail: withWords(`status ${status}`, message)};
	}
};
