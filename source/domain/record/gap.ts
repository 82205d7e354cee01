/** JSON fields that a part brings. */
export type Fields = Readonly<Record<string, unknown>>;

/** The values of the settings that are a part's own, by their keys. */
export type PartSettings = Readonly<Record<string, string>>;

/** Something of a repository that is upstream and not in the backup, in words for every screen. */
export type Gap = {
	/** A plural without an article: `LFS files`. */
	readonly what: string;
	/** Where it is missing, such as `in the store offsite`. Left out for this backup. */
	readonly place?: string;
	/** How much is missing and why, as a clause. Undefined where that is not known. */
	readonly detail?: string;
	/** The first of it, as JSON. */
	readonly items?: readonly Fields[];
	/** A sentence: the next step. Empty if there is none. */
	readonly advice: string;
	/** The user knows of it, so a run is complete in spite of it. */
	readonly isAccepted: boolean;
};

export const isOpen = ({isAccepted}: Gap): boolean => !isAccepted;

/** Other places that lack something: `in the store offsite`. */
export const listPlaces = (gaps: readonly Gap[]): readonly string[] => [
	...new Set(gaps.filter(isOpen).flatMap(({place}) => place ?? [])),
];

/** A gap and the part that has it. */
export type PartGap = Gap & {readonly part: string};

/** The same with the repository, by its full name. */
export type NamedGap = PartGap & {
	readonly repository: string;
	/** The credentials lack a permission for it. So the run ends as one whose credentials were refused. */
	readonly isRefused?: true;
};
