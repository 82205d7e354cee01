import type {Failure} from '../failure/failure.ts';
import {withWorkspace} from '../record/record.ts';
import type {RunLine} from '../run/run-line.ts';
import type {ShardStatus} from './shard-status.ts';

/** How far a source is in a store, as far as its folder remembers. */
export type StoreStatus = {
	readonly store: string;
	/** When something was last sent, or found to be there already, RFC 3339. */
	readonly sentAt: string | undefined;
	/** Does it take a secret key to look into the store? Left out where nothing was sent yet. */
	readonly isSealed?: boolean | undefined;
	/** The last sending, if it failed since then. */
	readonly failed?:
		| {
				/** RFC 3339. */
				readonly at: string;
				readonly reason: string;
		  }
		| undefined;
	/** The least safe first, then by name. */
	readonly repositories: readonly StoredRepository[];
	/** The metadata of the workspace itself, if any of it is saved here or there. */
	readonly workspace?: StoredRepository | undefined;
	/** Only if the store itself was read: was everything there, and how far is each shard? */
	readonly inside?: {
		readonly complete: boolean;
		readonly shards: readonly ShardStatus[];
		/** Newest index objects that could not be read: earlier ones took their place. */
		readonly unread: readonly Failure[];
	};
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
	/** `workspace/slug`, or the workspace alone. */
	readonly repository: string;
	readonly state: (typeof storedStates)[number];
	/** When its newest state was sent, RFC 3339. */
	readonly sentAt: string | undefined;
	/** Bytes that bring its newest state back. */
	readonly bytes: number;
	/** When upstream was first found without it, RFC 3339. */
	readonly goneSince?: string | undefined;
	/** Its shard, if that is behind the others. */
	readonly behind?: ShardStatus | undefined;
};

/** Everything of the folder that the store does not have as it is here, by its name. */
export const listUnsent = (status: StoreStatus): readonly string[] =>
	withWorkspace(status)
		.filter(({state}) => state === 'missing' || state === 'older')
		.map(({repository}) => repository);

/** The failure of the last sending to a store, as the last run's line notes it. */
export const failedSending = (
	{store, sentAt}: Pick<StoreStatus, 'store' | 'sentAt'>,
	line: Pick<RunLine, 'at' | 'duration' | 'stores'> | undefined,
): Pick<StoreStatus, 'failed'> => {
	const note = line?.stores?.find((one) => one.store === store);
	if (line === undefined || note?.reason === undefined) {
		return {};
	}

	// A run sends at its end.
	const at = note.at ?? new Date(Date.parse(line.at) + line.duration).toISOString();
	return sentAt !== undefined && sentAt > at ? {} : {failed: {at, reason: note.reason}};
};
