export type Unit = 'ms' | 'MiB' | 'times' | 'requests' | '%';

/** What was measured, a sample a round. */
export type Measurement = {
	readonly what: string;
	readonly unit: Unit;
	readonly samples: readonly number[];
};

/** What the measurements are held against. */
export type Goal = {
	readonly what: string;
	readonly unit: Unit;
	readonly value: number;
	/** Best and worst round, where there is one of each. */
	readonly rounds: readonly number[];
	readonly atLeast?: number;
	readonly atMost?: number;
};

export type Finding = {
	readonly title: string;
	readonly measurements: readonly Measurement[];
	readonly goals: readonly Goal[];
};

export const isMet = ({value, atLeast, atMost}: Goal): boolean =>
	(atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
