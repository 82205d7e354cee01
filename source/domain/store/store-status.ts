/** How far a source is in a store, as far as its folder remembers. */
export type StoreStatus = {
	readonly store: string;
	/** When something was last sent, or found to be there already, RFC 3339. */
	readonly sentAt: string | undefined;
	/** The least safe first, then by name. */
	readonly repositories: readonly StoredRepository[];
};

/** The least safe first. */
export const storedStates = [
	/** The store has nothing of it. */
	'missing',
	/** The store has an earlier state. */
	'older',
	'there',
	/** The store has it, and the folder does not any more. */
	'only-there',
] as const;

export type StoredRepository = {
	/** `workspace/slug`. */
	readonly repository: string;
	readonly state: (typeof storedStates)[number];
	/** When its newest state was sent, RFC 3339. */
	readonly sentAt: string | undefined;
	/** Bytes that bring its newest state back. */
	readonly bytes: number;
};

/** Repositories of the folder that the store does not have as they are here. */
export const listUnsent = ({repositories}: StoreStatus): readonly string[] =>
	repositories
		.filter(({state}) => state === 'missing' || state === 'older')
		.map(({repository}) => repository);
