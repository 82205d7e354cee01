import type {MirrorName} from '../plan/layout.ts';

/** An old state that a damaged mirror held and that could not be brought over. */
export type LostTip = {
	/** What upstream called it. */
	readonly ref: string;
	readonly oid: string;
	/** When the run began that kept it, RFC 3339, where its name tells. */
	readonly keptAt: string | undefined;
};

/** How a mirror that was damaged or missing was built anew. */
export type Mending = {
	readonly mirror: MirrorName;
	/** Where the damaged one lies now, beside the new one; undefined where there was none. */
	readonly setAside: string | undefined;
	/** Old tips that were brought over. */
	readonly rescued: number;
	readonly lost: readonly LostTip[];
	/** Old tips that its record counted, and of which nothing more is known. */
	readonly unnamed: number;
	/** What became of the record of its branches and tags over time. */
	readonly history: 'whole' | 'part' | 'lost';
};

/** A mending that did not bring everything back, as it stays in the record. */
export type Loss = Mending & {
	/** RFC 3339. */
	readonly at: string;
};

/** Objects that are known to be lost. */
export const lostTips = (losses: readonly Loss[]): ReadonlySet<string> =>
	new Set(losses.flatMap(({lost}) => lost.map(({oid}) => oid)));

export const hasLost = ({lost, unnamed, history}: Mending): boolean =>
	lost.length > 0 || unnamed > 0 || history !== 'whole';
