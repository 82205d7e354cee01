/** An old state that was lost with a damaged mirror. */
export type LostTip = {
	/** Its name upstream. */
	readonly ref: string;
	readonly oid: string;
	/** Start of the run that kept it, RFC 3339, if its name tells. */
	readonly keptAt: string | undefined;
};

/** The repair of a mirror that was damaged or missing. */
export type Mending = {
	readonly mirror: string;
	/** Name of the damaged one, beside the new one; undefined if there was none. */
	readonly setAside: string | undefined;
	/** Old tips that were rescued. */
	readonly rescued: number;
	readonly lost: readonly LostTip[];
	/** Number of lost old tips of which nothing but the count is known. */
	readonly unnamed: number;
	/** How much of its history was rescued. */
	readonly history: 'whole' | 'part' | 'lost';
};

/** A repair that lost something, as the record keeps it. */
export type Loss = Mending & {
	/** RFC 3339. */
	readonly at: string;
};

/** Object ids of the lost tips. */
export const lostTips = (losses: readonly Loss[]): ReadonlySet<string> =>
	new Set(losses.flatMap(({lost}) => lost.map(({oid}) => oid)));

export const hasLost = ({lost, unnamed, history}: Mending): boolean =>
	lost.length > 0 || unnamed > 0 || history !== 'whole';
