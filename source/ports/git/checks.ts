/** What git finds wrong with the objects that a mirror's refs reach, or with the files they lie in. */
export type ObjectDamage = {
	/** git's own words, the first of them. */
	readonly detail: string;
	/** Objects that are missing or not what their id says, as far as git names them. */
	readonly oids: ReadonlySet<string>;
};

/** What reading every object of a mirror gave. */
export type ObjectCheck = {
	/** Undefined where all is whole. */
	readonly damage: ObjectDamage | undefined;
	/**
	 * Of each object that is whole, but not in the form that git would give it today: git's own words.
	 * Upstream has it so too, and it is no damage.
	 */
	readonly oddities: readonly string[];
};

/** Whether a mirror is whole. `mirror` is the absolute path of a bare repository. */
export interface GitChecks {
	/**
	 * Follows every ref to its end. Throws `mirror-unusable` where an object is missing, or where the
	 * mirror by its nature holds only a part (shallow, partial, with borrowed objects). Reads no file's
	 * content, so it is quick beside a check of the objects themselves.
	 */
	requireWhole(mirror: string, signal: AbortSignal): Promise<void>;

	/**
	 * Reads every object of a mirror and compares it with its id, and follows every ref to its end.
	 * Throws `mirror-unusable` where git cannot read as much as the refs.
	 */
	checkObjects(mirror: string, signal: AbortSignal): Promise<ObjectCheck>;

	/** Those of the tips from which a damaged object is reached. */
	findBroken(
		mirror: string,
		tips: readonly string[],
		damage: ObjectDamage,
		signal: AbortSignal,
	): Promise<ReadonlySet<string>>;

	/** Types of those of the objects that are there. Does not read what is in them. */
	readTypes(mirror: string, oids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
