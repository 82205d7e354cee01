import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {isPlainRepository} from './bare-repository.ts';
import {readLoose} from './loose-objects.ts';
import {readRefFiles} from './ref-files.ts';

export type AdvertisedRef = {
	readonly name: string;
	readonly oid: string;
	/** What an annotated tag leads to in the end. */
	readonly peeled: string | undefined;
};

/** All that git says of a repository's refs. */
export type RefState = {
	/** The branch that HEAD names, whether it is there or not. */
	readonly head: string;
	/** In git's order. */
	readonly refs: readonly AdvertisedRef[];
};

/**
 * What git would read from a repository, for which no process is needed where it is as plain as most
 * are: made by the sandbox, with objects that nobody packed yet. Undefined for all that is not so.
 */
export const readRefState = (path: string): RefState | undefined => {
	const [, head] = plainHead.exec(readFileSync(join(path, 'HEAD'), 'utf8')) ?? [];
	if (head === undefined || !isPlainRepository(path)) {
		return undefined;
	}
	const refs: AdvertisedRef[] = [];
	const peeledOf = new Map<string, string>();
	for (const [name, oid] of readRefFiles(path)) {
		if (oid === undefined || !plainName.test(name)) {
			return undefined;
		}
		// Many refs may be at one place.
		const peeled = peeledOf.get(oid) ?? peel(path, oid);
		if (peeled === undefined) {
			return undefined;
		}
		peeledOf.set(oid, peeled);
		refs.push({name, oid, peeled: peeled === oid ? undefined : peeled});
	}
	return {head, refs: refs.toSorted((left, right) => (left.name < right.name ? -1 : 1))};
};

/** Names in whose order and form nothing can surprise. */
const plainName = /^refs\/(?:heads|tags)(?:\/[a-z\d][\w-]*(?:\.\d+)*)+$/i;
const plainHead = /^ref: (refs\/heads(?:\/[a-z\d][\w-]*)+)\n$/i;

/** The first object behind an id that is no tag; undefined where one on the way is packed or missing. */
const peel = (path: string, oid: string): string | undefined => {
	const object = readLoose(path, oid);
	return object?.type === 'tag'
		? peel(path, object.content.toString('latin1', 'object '.length, 'object '.length + 40))
		: object && oid;
};
