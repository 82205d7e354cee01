import {parseDuration} from './duration.ts';

/** A day without a time means its end: what was there in the evening. */
const endOfDay = {hours: 23, minutes: 59, seconds: 59};

/**
 * The moment that a text names, in milliseconds since 1970: RFC 3339, a day (`2026-11-03`,
 * `3 Nov 2026`, `3 Nov`: its end, in this machine's time zone; without a year the last one that
 * passed), or a duration before `now` (`3 days ago`, `36h`). Undefined for any other text.
 */
export const parsePointInTime = (text: string, now: number): number | undefined => {
	const trimmed = text.trim();
	if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/i.test(trimmed)) {
		return orNothing(Date.parse(trimmed.replace(' ', 'T')));
	}

	const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(trimmed) ?? [];
	if (day !== undefined) {
		return dayEnd(Number(year), Number(month) - 1, Number(day));
	}

	const ago = parseDuration(trimmed.replace(/\s+ago$/i, ''));
	return ago === undefined ? parseNamedDay(trimmed, now) : now - ago;
};

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const parseNamedDay = (text: string, now: number): number | undefined => {
	const [, day, name = '', given] = /^(\d{1,2}) ([a-z]{3})[a-z]*(?: (\d{4}))?$/i.exec(text) ?? [];
	const month = months.indexOf(name.toLowerCase());
	if (day === undefined || month === -1) {
		return undefined;
	}

	if (given !== undefined) {
		return dayEnd(Number(given), month, Number(day));
	}

	const thisYear = new Date(now).getFullYear();
	const begins = new Date(thisYear, month, Number(day)).getTime();
	return dayEnd(begins > now ? thisYear - 1 : thisYear, month, Number(day));
};

const dayEnd = (year: number, month: number, day: number): number | undefined => {
	const {hours, minutes, seconds} = endOfDay;
	const end = new Date(year, month, day, hours, minutes, seconds, 999);
	return end.getMonth() === month && end.getDate() === day ? end.getTime() : undefined;
};

const orNothing = (time: number): number | undefined => (Number.isNaN(time) ? undefined : time);
