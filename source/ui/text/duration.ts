const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

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

/** Milliseconds, as much of them as a guess deserves: `38 s`, `3 min`, `2 h`, `4 days`. */
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
