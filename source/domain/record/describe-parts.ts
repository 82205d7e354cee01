import type {ScopeUse} from '../access/scopes.ts';
import type {Fields, Gap, NamedGap, PartGap, PartSettings} from './gap.ts';
import type {PartEntry} from './record.ts';

/** The objects of the JSON contract to which a part may add fields. */
export type JsonPlace = 'outcome' | 'status' | 'restored';

/** Something that is read now and then, and when it was last read (RFC 3339). */
export type Age = {readonly what: string; readonly at: string};

/** Something that Bitbucket does not give to this token, and why, in words. */
export type Unread = {readonly what: string; readonly reason: string};

/** `branch restrictions, deploy keys (the token lacks …)`: things with the same reason stand together. */
export const listUnread = (unread: readonly Unread[]): string =>
	[...Map.groupBy(unread, ({reason}) => reason)]
		.map(([reason, some]) => `${[...new Set(some.map(({what}) => what))].join(', ')} (${reason})`)
		.join('; ');

/** All that a part says of a repository, from its entry in the record. */
export type Described = {
	/** A remark for `cistern status`. */
	readonly note?: string | undefined;
	readonly gaps?: readonly Gap[];
	readonly ages?: readonly Age[];
	readonly unread?: readonly Unread[];
	readonly json?: Partial<Readonly<Record<JsonPlace, Fields>>>;
};

export type AboutRepository = {
	/** Its full name. */
	readonly repository: string;
	readonly settings: PartSettings;
};

/** A plan, as a part sees it. */
export type AboutPlan<Entry extends PartEntry = PartEntry> = {
	readonly settings: PartSettings;
	/** Its entry of each repository in scope. */
	readonly known: readonly (Entry | undefined)[];
	/** Is any code new or changed? */
	readonly hasChanges: boolean;
};

/** Settings that a setup writes if the token holds the scope. */
export type Offer = {
	readonly settings: PartSettings;
	readonly scope: ScopeUse;
	/** Sentences for a token that holds it, and for one that does not. */
	readonly taken: string;
	readonly left: string;
};

/** The side of a part that speaks. */
export type PartWords<Entry extends PartEntry = PartEntry> = {
	readonly name: string;
	/** The side that speaks of the same of the workspace itself. */
	readonly ofWorkspace?: PartWords;
	/** Without it, a saved part is noted by its name and lacks nothing. */
	describe?(known: Entry | undefined, about: AboutRepository): Described;
	/**
	 * Its fields of a source's report and of a run's line, from what does not count as accepted.
	 * `fetched`: bytes that it received in this run.
	 */
	describeSource?(gaps: readonly NamedGap[], fetched: number): Fields;
	/** A sentence below a plan: something that only the work itself can count. */
	describePlan?(about: AboutPlan<Entry>): string | undefined;
	/** The scopes of a token that it needs, beside those that every backup does. */
	scopes?(settings: PartSettings): readonly ScopeUse[];
	readonly offer?: Offer;
	/** Its line in the check of a source's credentials. */
	describeAccess?(settings: PartSettings): {readonly label: string; readonly text: string};
};

/** The same of all parts together. */
export type DescribedParts = {
	readonly notes: readonly string[];
	readonly gaps: readonly PartGap[];
	readonly ages: readonly Age[];
	readonly unread: readonly Unread[];
	readonly json: Readonly<Record<JsonPlace, Fields>>;
};

/** `entries`: as the record has them. It may have some of parts that are not known here. */
export const describeParts = (
	parts: readonly PartWords[],
	entries: Readonly<Record<string, PartEntry>>,
	about: AboutRepository,
): DescribedParts => {
	const unknown = Object.keys(entries).filter((name) => !parts.some((part) => part.name === name));
	const described = [...parts, ...unknown.map((name): PartWords => ({name}))].map((part) => ({
		part: part.name,
		...(part.describe ?? noteByName(part.name))(entries[part.name], about),
	}));
	const fieldsOf = (place: JsonPlace): Fields =>
		Object.assign({}, ...described.map(({json}) => json?.[place]));
	return {
		notes: described.flatMap(({note}) => note ?? []),
		gaps: described.flatMap(({part, gaps = []}) => gaps.map((gap) => ({...gap, part}))),
		ages: described.flatMap(({ages = []}) => ages),
		unread: described.flatMap(({unread = []}) => unread),
		json: {
			outcome: fieldsOf('outcome'),
			status: fieldsOf('status'),
			restored: fieldsOf('restored'),
		},
	};
};

const noteByName =
	(name: string) =>
	(known: PartEntry | undefined): Described => ({
		note: known?.state === 'saved' ? `with its ${name}` : undefined,
	});

/** The fields of all parts about a source. */
export const describeSource = (
	parts: readonly PartWords[],
	gaps: readonly NamedGap[],
	fetched: Readonly<Record<string, number>>,
): Fields =>
	Object.assign(
		{},
		...parts.map(({name, describeSource}) =>
			describeSource?.(
				gaps.filter(({part}) => part === name),
				fetched[name] ?? 0,
			),
		),
	);
