import {objectsOf, parseJson} from '../json.ts';
import type {PartSettings} from '../record/gap.ts';

/** Requests an hour, of the 1,000 that Bitbucket allows an account. */
export const requestsPerHour = (settings: PartSettings): number =>
	Number(settings['requestsPerHour'] ?? 900);

/** Requests by the minute in which they were sent, counted since 1970. */
export type MinuteCounts = ReadonlyMap<number, number>;

/** Milliseconds. */
const minute = 60_000;

/** Minutes that count as the last hour: one more, because the first of them is not a whole one. */
const window = 61;

export const minuteOf = (time: number): number => Math.floor(time / minute);

/** Requests of the last hour. A minute that is yet to come was counted by a clock that ran ahead. */
export const countHour = (counts: MinuteCounts, now: number): number => {
	const current = minuteOf(now);
	let sum = 0;
	for (const [at, count] of counts) {
		sum += at > current - window && at <= current ? count : 0;
	}

	return sum;
};

/** When one more request stays within the limit, in milliseconds since 1970: now, or a later minute. */
export const whenFree = (counts: MinuteCounts, limit: number, now: number): number => {
	let left = countHour(counts, now);
	const oldestFirst = [...counts]
		.filter(([at]) => at <= minuteOf(now))
		.toSorted(([a], [b]) => a - b);
	for (const [at, count] of oldestFirst) {
		if (left < limit) {
			return now;
		}

		if (at > minuteOf(now) - window) {
			left -= count;
			if (left < limit) {
				return (at + window) * minute;
			}
		}
	}

	return now;
};

/** Two counts together. */
export const addCounts = (all: readonly MinuteCounts[]): MinuteCounts => {
	const sum = new Map<number, number>();
	for (const counts of all) {
		for (const [at, count] of counts) {
			sum.set(at, (sum.get(at) ?? 0) + count);
		}
	}

	return sum;
};

/** The text of a `requests.json`, with the minutes of the last hour alone. */
export const formatCounts = (counts: MinuteCounts, now: number): string => {
	const recent = [...counts].filter(([at, count]) => at > minuteOf(now) - window && count > 0);
	return `${JSON.stringify({version: 1, minutes: Object.fromEntries(recent)})}\n`;
};

/** One text for those of several runs. A request that two of them name counts twice, so the hour is never exceeded. */
export const joinCounts = (texts: readonly string[], now: number): string =>
	formatCounts(addCounts(texts.map(parseCounts)), now);

/** Nothing for a text that cannot be read: it counts one hour and no more. */
export const parseCounts = (text: string | undefined): MinuteCounts => {
	const [counts] = objectsOf([parseJson(text)]);
	const [minutes] = objectsOf([counts?.['minutes']]);
	return new Map(
		Object.entries(minutes ?? {}).flatMap(([at, count]) =>
			/^\d+$/.test(at) && typeof count === 'number' && count > 0 ? [[Number(at), count]] : [],
		),
	);
};
