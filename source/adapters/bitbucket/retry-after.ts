import type {IncomingHttpHeaders} from 'node:http';

/** Bitbucket counts over a rolling hour; more seconds than a day are no number of seconds. */
const longestReset = 24 * 60 * 60;

/**
 * How long a server wants to be left alone, in milliseconds, where it said so: `Retry-After` as
 * seconds or as a date, else `X-RateLimit-Reset`, which Bitbucket gives in seconds that are left.
 */
export const readRetryAfter = (headers: IncomingHttpHeaders, now: number): number | undefined =>
	readSecondsOrDate(headers['retry-after'], now) ?? readReset(headers['x-ratelimit-reset']);

const readSecondsOrDate = (value: string | undefined, now: number): number | undefined => {
	const text = value?.trim() ?? '';
	if (/^\d{1,9}$/.test(text)) {
		return Number(text) * 1000;
	}

	// Dates in HTTP begin with the name of a day; Date.parse alone takes "-5" for a year.
	const date = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
};

const readReset = (value: string | readonly string[] | undefined): number | undefined => {
	const text = typeof value === 'string' ? value.trim() : '';
	const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
	return seconds <= longestReset ? seconds * 1000 : undefined;
};
