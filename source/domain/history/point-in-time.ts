import {months, parseDuration} from '../text/format.ts';

/**
 * The moment that a text names, in milliseconds since 1970:
 * - RFC 3339, or a day and a time as `cistern history` prints them (`3 Nov 14:02`);
 * - a day (`2026-11-03`, `3 Nov 2026`, `3 Nov`, `today`, `yesterday`), with a time or without;
 * - a duration before `now` (`3 days ago`, `36h`).
 *
 * Without a time zone, the time is this machine's. What is left out means its end: a day its last
 * moment, a minute its last second. Without a year it is the last such day that has begun.
 * Undefined for any other text.
 */
export const parsePointInTime = (text: string, now: number): number | undefined => {
	const trimmed = text.trim().replaceAll(/\s+/g, ' ');
	const ago = parseDuration(trimmed.replace(/ ago$/i, ''));
	return ago === undefined
		? (parseZoned(trimmed) ??
				parseLocal(trimmed) ??
				parseNamedDay(trimmed, now) ??
				parseRecentDay(trimmed, now))
		: now - ago;
};

/** Later than the end of today, which is what today's date means: nothing can be saved as of then. */
export const isYetToCome = (moment: number, now: number): boolean =>
	moment > new Date(now).setHours(23, 59, 59, 999);

/** RFC 3339, with its time zone; the seconds may be missing. */
const parseZoned = (text: string): number | undefined => {
	const [, day, minute, second, zone = ''] =
		/^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i.exec(text) ?? [];
	const offset = zone.toUpperCase().replace(/^(...)(\d\d)$/, '$1:$2');
	const time = Date.parse(`${day}T${minute}${second ?? ':59.999'}${offset}`);
	// 31 April would be taken for 1 May.
	const isDay = (): boolean => new Date(`${day}T00:00Z`).toISOString().slice(0, 10) === day;
	return Number.isNaN(time) || !isDay() ? undefined : time;
};

/** The same without a time zone, and a day alone. */
const parseLocal = (text: string): number | undefined => {
	const [, year, month, day, time] = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\S+))?$/i.exec(text) ?? [];
	return day === undefined
		? undefined
		: atLocal(Number(year), Number(month) - 1, Number(day), time);
};

const parseNamedDay = (text: string, now: number): number | undefined => {
	const [, day, name = '', year, time] =
		/^(\d{1,2}) ([a-z]{3})[a-z]*(?: (\d{4}))?(?: (\d\d:\S+))?$/i.exec(text) ?? [];
	const month = months.findIndex((each) => each.toLowerCase() === name.toLowerCase());
	if (day === undefined || month === -1) {
		return undefined;
	}

	if (year !== undefined) {
		return atLocal(Number(year), month, Number(day), time);
	}

	const thisYear = new Date(now).getFullYear();
	const hasBegun = new Date(thisYear, month, Number(day)).getTime() <= now;
	return atLocal(hasBegun ? thisYear : thisYear - 1, month, Number(day), time);
};

/** `today`, `yesterday 14:02`: as Cistern itself names them. */
const parseRecentDay = (text: string, now: number): number | undefined => {
	const [, name, time] = /^(today|yesterday)(?: (\d\d:\S+))?$/i.exec(text) ?? [];
	if (name === undefined) {
		return undefined;
	}

	const day = new Date(now);
	day.setDate(day.getDate() - (name.toLowerCase() === 'today' ? 0 : 1));
	return atLocal(day.getFullYear(), day.getMonth(), day.getDate(), time);
};

/** The end of a day, or of a minute or second of it. Undefined if there is no such time. */
const atLocal = (
	year: number,
	month: number,
	day: number,
	time: string | undefined,
): number | undefined => {
	const [hour = '23', minute = '59', second = '59'] = time?.split(':') ?? [];
	const isTime = time === undefined || /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$/.test(time);
	const moment = new Date(
		year,
		month,
		day,
		Number(hour),
		Number(minute),
		Math.trunc(Number(second)),
	);
	const isDay = moment.getMonth() === month && moment.getDate() === day;
	return isTime && isDay ? moment.getTime() + 999 : undefined;
};
