import * as v from 'valibot';
import {accessLine} from './access.ts';
import {failure} from './failure.ts';
import {
	about,
	described,
	exitCode,
	flag,
	line,
	listOf,
	names,
	number,
	object,
	optional,
	repository,
	source,
	text,
	when,
} from './words.ts';

const store = text('Title of the store');

const unread = listOf(
	'Newest index objects that could not be read: earlier ones took their place',
	failure,
);

/** How the sending of a source to one store ended. */
export const sending = v.object({
	store,
	all: number('Repositories that are saved'),
	sent: number('Repositories of which something was sent'),
	bytes: number('Bytes that were sent'),
	complete: flag('The store has everything that is saved'),
	failed: optional(names('Repositories that are not in the store as they are saved')),
	problem: optional(about('A failure that ended the sending', failure)),
	reason: optional(text('The same in words')),
});

/** The fields of `follow-up-saved` about a store. */
export const sentFields = {
	store: optional(store),
	sent: optional(number('Bytes that were sent to the store')),
};

export const shardStatus = v.object({
	shard: text('Such as 3/16'),
	at: optional(when('When it was last written')),
	complete: flag('Everything was there as it was upstream'),
	isBehind: flag('The others were written more than half a day later'),
});

const stored = {
	state: described(
		'missing: nothing is there. older: an earlier state is there. only-there: no longer in the backup folder',
		v.picklist(['missing', 'older', 'there', 'only-there']),
	),
	sentAt: optional(when('When its newest state was sent')),
	bytes: number('Bytes of its last full copy and of everything since'),
	goneSince: optional(when('When upstream was first found without it')),
	behind: optional(about('Its shard, if that is behind the others', shardStatus)),
};

/** The lines of stores and their keys. */
export const storeLines = [
	line('sent', 'cistern send: a source', {source, stores: v.array(sending)}),
	line('fetched', 'cistern fetch: a source', {
		source,
		fetched: number('Repositories that were brought back'),
		there: number('Repositories that an earlier fetch had brought back'),
		failed: v.array(v.object({repository, failure})),
		lost: v.array(v.object({repository, failure})),
		unread,
	}),
	line('store-access', 'cistern check: a store', {
		store,
		place: text('Its address, without a credential'),
		exitCode,
		lines: v.array(accessLine),
	}),
	line('store-status', 'cistern status --store: a source', {
		source,
		store,
		sentAt: optional(when('When a sending to it last ended')),
		isSealed: optional(flag('It takes a secret key to read what was sent')),
		repositories: listOf(
			'As the backup folder remembers it, without asking the store; or, with "inside", as the store has it',
			v.object({repository, ...stored}),
		),
		inside: optional(
			object('If the store itself was read', {
				complete: flag('Everything was there as it was upstream when it was last written'),
				shards: v.array(shardStatus),
				unread,
			}),
		),
		workspace: optional(
			object('The same for what is saved of the workspace itself', {
				repository: text('The workspace'),
				...stored,
			}),
		),
	}),
	line('store-verified', 'cistern verify --store: a source', {
		source,
		repositories: number('Repositories that were looked at'),
		steps: number('States that were looked at'),
		objects: number('Objects that these states name'),
		findings: v.array(
			v.object({
				repository,
				failure,
				isOld: flag('It only concerns states before the last full copy'),
			}),
		),
		unread,
		locks: optional(
			v.object({
				asked: number('Newest objects of the bucket that were asked'),
				locked: number('Those of them that are locked'),
			}),
		),
	}),
	line('key', 'cistern key: a pair of keys for a store', {
		identity: text('The secret key'),
		recipient: text('The public key, for recipients in the settings'),
	}),
] as const;
