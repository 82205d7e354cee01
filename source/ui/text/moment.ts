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

/** `just now`, `5 min ago`, `2 h ago`, `3 days ago`; after two months the day. Takes RFC 3339. */
export const formatAge = (at: string, now: number): string => {
	const age = now - Date.parse(at);
	if (age < 60_000) {
		return 'just now';
	}
	return age < 60 * day ? `${formatRoughly(age)} ago` : `on ${formatDay(at, now)}`;
};

/** `today 02:00`, `yesterday 02:00`, `12 Nov 02:00`. Takes RFC 3339. */
export const formatMoment = (at: string, now: number): string => {
	const today = new Date(now);
	const midnight = new Date(today.getFullYear(), today.getMonth(), today.getDate());
	const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
	const then = Date.parse(at);
	const time = formatClock(then).slice(0, 5);
	if (then >= midnight.getTime()) {
		return `today ${time}`;
	}
	return then >= yesterday.getTime() ? `yesterday ${time}` : formatDayAndTime(at, now);
};
