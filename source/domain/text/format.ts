import {shortRef} from '../record/ref-name.ts';
import {toPrintable} from './printable-text.ts';

/** `1 ref`, `3 refs`, `12,480 repositories`. */
export const formatCount = (count: number, one: string, many = pluralOf(one)): string =>
	`${formatNumber(count)} ${count === 1 ? one : many}`;

/** `the only ref`, `all 12 refs`. */
export const formatAll = (count: number, one: string, many = pluralOf(one)): string =>
	count === 1 ? `the only ${one}` : `all ${formatNumber(count)} ${many}`;

const pluralOf = (noun: string): string => `${noun.replace(/(?<![aeiou])y$/, 'ie')}s`;

/** `84 unchanged`, `2 new`, ...; counts of zero are left out. */
export const formatCounts = (
	counts: readonly (readonly [count: number, word: string])[],
): readonly string[] =>
	counts.flatMap(([count, word]) => (count === 0 ? [] : [`${formatNumber(count)} ${word}`]));

export const capitalise = (text: string): string =>
	`${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** `12,480`. Not by Intl, because loading its data slows the start down. */
export const formatNumber = (count: number): string =>
	String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');

/** How many names are listed before the rest is only counted. */
export const usualNames = 3;

/** `a`, `a and b`, `a, b and 3 more` for the first names of `total`. */
export const formatNames = (names: readonly string[], total: number, most = usualNames): string => {
	const shown = names.slice(0, total <= most ? most : most - 1);
	const rest = total - shown.length;
	const parts = rest > 0 ? [...shown, `${formatNumber(rest)} more`] : shown;
	return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
};

const units = ['kB', 'MB', 'GB', 'TB'] as const;

/** `0 B`, `512 B`, `4.1 MB`, `330 MB`: at most three digits. */
export const formatSize = (bytes: number): string => {
	let amount = bytes;
	let unit = 'B';
	for (const next of units) {
		// 999.5 would be rounded to four digits.
		if (amount < 999.5) {
			break;
		}
		amount /= 1000;
		unit = next;
	}
	const isShort = unit !== 'B' && amount < 99.95;
	return `${isShort ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
};

/** All of these in milliseconds. */
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
export const day = 24 * hour;

/** Milliseconds as `0.4 s`, `38 s`, `3 min 12 s`, `2 h 5 min`, `3 days 4 h`. */
export const formatDuration = (duration: number): string => {
	if (duration < 9.95 * second) {
		return `${(duration / second).toFixed(1)} s`;
	}

	const seconds = Math.round(duration / second) * second;
	if (seconds < minute) {
		return `${seconds / second} s`;
	}
	if (seconds < hour) {
		return join(`${Math.floor(seconds / minute)} min`, (seconds % minute) / second, 's');
	}
	if (seconds < day) {
		return join(`${Math.floor(seconds / hour)} h`, Math.floor((seconds % hour) / minute), 'min');
	}
	return join(formatDays(Math.floor(seconds / day)), Math.floor((seconds % day) / hour), 'h');
};

/** Milliseconds, rounded as an estimate should be: `38 s`, `3 min`, `2 h`, `4 days`. */
export const formatRoughly = (duration: number): string => {
	if (duration < minute) {
		return `${Math.max(1, Math.floor(duration / second))} s`;
	}
	if (duration < hour) {
		return `${Math.floor(duration / minute)} min`;
	}
	return duration < 2 * day
		? `${Math.floor(duration / hour)} h`
		: formatDays(Math.floor(duration / day));
};

const formatDays = (days: number): string => (days === 1 ? '1 day' : `${days} days`);

const join = (large: string, rest: number, unit: string): string =>
	rest === 0 ? large : `${large} ${rest} ${unit}`;

/** As dates are written here. */
export const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

const pad = (number: number): string => String(number).padStart(2, '0');

/** `02:00:09`, in this machine's time zone. Takes milliseconds since 1970. */
export const formatClock = (at: number): string => {
	const date = new Date(at);
	return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
};

/** `2026-11-21`, in this machine's time zone. Takes RFC 3339. */
export const formatDate = (at: string): string => {
	const date = new Date(at);
	return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
};

/** `3 Nov`, with the year if it is another one: `3 Nov 2025`. Takes RFC 3339. */
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
 * `just now`, `5 min ago`, `2 h ago`, `3 days ago`. The day for anything older than two months, or
 * dated a day ahead or more by a clock that ran fast. Takes RFC 3339.
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
	const today = new Date(now);
	const time = formatClock(Date.parse(at)).slice(0, 5);
	if (formatDate(at) === formatDate(today.toISOString())) {
		return `today ${time}`;
	}

	const yesterday = new Date(now);
	yesterday.setDate(today.getDate() - 1);
	return formatDate(at) === formatDate(yesterday.toISOString())
		? `yesterday ${time}`
		: formatDayAndTime(at, now);
};

/** Branches by their name alone, as git does; tags are marked. Printable. */
export const formatRef = (ref: string): string => {
	const name = toPrintable(shortRef(ref));
	return ref.startsWith('refs/tags/') ? `${name} (tag)` : name;
};

/** `api` for `acme/api` in a place that names the workspace already. Printable. */
export const formatRepository = (
	repository: string,
	{workspace}: {readonly workspace: string},
): string => {
	const prefix = `${workspace}/`;
	return toPrintable(repository.startsWith(prefix) ? repository.slice(prefix.length) : repository);
};

/** Quotes a word for a shell, that of cron included, unless it is plain. */
export const quote = (word: string): string =>
	/^[\w./:@%+=,-]+$/.test(word) ? word : `"${word.replaceAll(/["\\$`]/g, '\\$&')}"`;

/** Milliseconds of each unit, with its spellings. */
const durationUnits: readonly {readonly pattern: RegExp; readonly length: number}[] = [
	{pattern: /^(s|secs?|seconds?)$/i, length: second},
	{pattern: /^(m|mins?|minutes?)$/i, length: minute},
	{pattern: /^(h|hrs?|hours?)$/i, length: hour},
	{pattern: /^(d|days?)$/i, length: day},
	{pattern: /^(w|weeks?)$/i, length: 7 * day},
];

/** `2d`, `36 hours` or `1d 12h` in milliseconds; undefined for any other text. */
export const parseDuration = (text: string): number | undefined => {
	const parts = [...text.matchAll(/\s*(\d{1,9}(?:\.\d{1,9})?)\s*([a-z]+)\s*/gi)];
	if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) {
		return undefined;
	}

	const lengths = parts.map(([, number, name = '']) => {
		const unit = durationUnits.find(({pattern}) => pattern.test(name));
		return unit === undefined ? Number.NaN : Number(number) * unit.length;
	});
	const total = lengths.reduce((sum, length) => sum + length, 0);
	return Number.isNaN(total) ? undefined : total;
};

/** RFC 3339 has four digits for a year. */
const firstMoment = Date.parse('0000-01-01T00:00:00Z');
const lastMoment = Date.parse('9999-12-31T23:59:59Z');

/**
 * Seconds since 1970, as git prints them, in milliseconds. A commit may claim any number; it becomes
 * the nearest moment that a date can name.
 */
export const readSeconds = (text: string): number => {
	const at = Number(text) * 1000;
	return Number.isNaN(at) ? 0 : Math.min(Math.max(at, firstMoment), lastMoment);
};

/** RFC 3339. Takes milliseconds since 1970. */
export const isoTime = (at: number): string => new Date(at).toISOString();

/** `20261123T195853Z`: sorts by time, and can be a part of any name. Milliseconds since 1970. */
export const formatCompactTime = (at: number): string => isoTime(at).replaceAll(/[-:]|\.\d+/g, '');

/** Such a time as RFC 3339; undefined for any other text. */
export const readCompactTime = (text: string): string | undefined =>
	/^\d{8}T\d{6}Z$/.test(text)
		? text.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')
		: undefined;
