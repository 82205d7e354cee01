type Given<Fields> = {
	[Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name];
} & {
	[Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<
		Fields[Name],
		undefined
	>;
};

/** The fields that have a value; put over others, they leave the rest as it is. */
export const onlyGiven = <const Fields extends object>(fields: Fields): Given<Fields> =>
	// The entries keep their types, which fromEntries cannot express.
	Object.fromEntries(
		Object.entries(fields).filter(([, value]) => value !== undefined),
	) as Given<Fields>;

/** Undefined for an empty list: as a field, it is then left out. */
export const ifAny = <Item>(list: readonly Item[]): readonly Item[] | undefined =>
	list.length === 0 ? undefined : list;
