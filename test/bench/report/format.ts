import {
	type Finding,
	type Goal,
	isMet,
	type Measurement,
	median,
	type Unit,
} from './measurement.ts';

const formatTime = (milliseconds: number): string =>
	milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;

const formatValue = (value: number, unit: Unit): string => {
	switch (unit) {
		case 'ms':
			return formatTime(value);
		case 'MiB':
			return `${value.toFixed(0)} MiB`;
		case 'MB':
			return `${value.toFixed(1)} MB`;
		case 'times':
			return `${value.toFixed(value < 10 ? 2 : 1)} times`;
		case 'requests':
			return `${value}`;
		case '%':
			return `${value.toFixed(1)} %`;
	}
};

const formatSpread = (samples: readonly number[], unit: Unit): string =>
	samples.length < 2
		? ''
		: `${formatValue(Math.min(...samples), unit)} to ${formatValue(Math.max(...samples), unit)}`;

const formatMeasurement = ({name, unit, samples}: Measurement): string =>
	`| ${name} | ${formatValue(median(samples), unit)} | ${formatSpread(samples, unit)} | |`;

const formatLimit = ({unit, atLeast, atMost}: Goal): string => {
	const least = atLeast === undefined ? [] : [`at least ${formatValue(atLeast, unit)}`];
	const most = atMost === undefined ? [] : [`at most ${formatValue(atMost, unit)}`];
	return [...least, ...most].join(', ');
};

const formatGoal = (goal: Goal): string => {
	const {name, unit, value, rounds} = goal;
	const verdict = isMet(goal) ? '' : ' (**missed**)';
	return `| **${name}** | **${formatValue(value, unit)}** | ${formatSpread(rounds, unit)} | ${formatLimit(goal)}${verdict} |`;
};

/** A Markdown table: medians with their spread, then the goals. */
export const formatFinding = ({title, measurements, goals}: Finding): string =>
	[
		`### ${title}`,
		'',
		'| | median | from, to | goal |',
		'|---|---|---|---|',
		...measurements.map(formatMeasurement),
		...goals.map(formatGoal),
		'',
		'',
	].join('\n');
