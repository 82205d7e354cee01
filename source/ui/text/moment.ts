import {formatRoughly} from './duration.ts';

const months = [
	'Jan',
	'Feb',
	'Mar',
	'Apr',
	'May',
	'Jun',
	'Jul',
	'Aug',
	'Sep',
	'Oct',
	'Nov',
	'Dec',
] as const;

const day = 24 * 60 * 60 * 1000;
const pad = (number: number): string => String(number).padStart(2, '0');

/** `02:00:09`, in the time of this machine. Milliseconds since 1970. */
export const formatClock = (at: number): string => {
	const date = new Date(at);
	return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
};

/** `2026-11-21`, the day it was here. Takes RFC 3339. */
export const formatDate = (at: string): string => {
	const date = new Date(at);
	return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
};

/** `3 Nov`, with the year where it is not this one: `3 Nov 2025`. Takes RFC 3339. */
export const formatDay = (at: string, now: number): string => {
	const date = new Date(at);
	const year = date.getFullYear();
	const text = `${date.getDate()} ${months[date.getMonth()]}`;
	return year === new Date(now).getFullYear() ? text : `${text} ${year}`;
};

/** `12 Nov 14:02`. Takes RFC 3339. */
export const formatDayAndTime = (at: string, now: number): string =>
	`${formatDay(at, now)} ${formatClock(Date.parse(at)).slice(0, 5)}`;

/**
 * `just now`, `5 min ago`, `2 h ago`, `3 days ago`; after two months the day, and of what a clock
 * that was ahead dated a day ahead or more. Takes RFC 3339.
 */
export const formatAge = (at: string, now: number): string => {
	const age = now - Date.parse(at);
	if (age < 60_000 && age > -day) {
		return 'just now';
	}

	return age > 0 && age < 60 * day ? `${formatRoughly(age)} ago` : `on ${formatDay(at, now)}`;
};

/** `today 02:00`, `yesterday 02:00`, `12 Nov 02:00`. Takes RFC 3339. */
export const formatMoment = (at: string, now: number): string => {
	const day = new Date(now);
	const time = formatClock(Date.parse(at)).slice(0, 5);
	if (formatDate(at) === formatDate(day.toISOString())) {
		return `today ${time}`;
	}

	day.setDate(day.getDate() - 1);
	return formatDate(at) === formatDate(day.toISOString())
		? `yesterday ${time}`
		: formatDayAndTime(at, now);
};
