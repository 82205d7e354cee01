import {
	formatShard,
	parseShard,
	type Range,
	rangeOf,
	type Shard,
	within,
	without,
} from './shard.ts';

/**
 * The names of objects in a store. They tell ids, times and sizes to everyone who sees the store, and
 * no name of a repository. Every name is used once.
 *
 *     index/20261129T020012345Z-<id>-<id of the one before>.json.gz.age
 *     index/20261129T020012345Z-<id>-<id of the one before>.3of16.json.gz.age
 *     listing/<id of the workspace>/20261129T020000123Z-<id>.json.gz.age
 *     repos/<uuid>/20261129T020000123Z-5d12c7ae.repo.bundle.age
 *     repos/<uuid>/20261129T020000123Z-5d12c7ae.repo.step.age
 *     repos/<uuid>/20261129T020000123Z-5d12c7ae.lfs.<sha256 of the content>.file.age
 *
 * In a store whose settings say `recipients: none`, the ending `.age` is left out.
 */

export const indexFolder = 'index/';

export const listingsFolder = 'listing/';

/** Begins the names of all listings of a workspace. `id`: that of the workspace. */
export const listingFolder = (id: string): string => `${listingsFolder}${id}/`;

/** Begins the names of all its listings of that moment, and is before those of later ones. */
export const listingsSince = (id: string, at: number): string =>
	`${listingFolder(id)}${timeOf(at)}`;

/** `sha256`: of the content as it will lie there. `at`: milliseconds since 1970. */
export const listingName = (
	id: string,
	sha256: string,
	{at, suffix}: {readonly at: number; readonly suffix: string},
): string => `${listingsSince(id, at)}-${sha256.slice(0, idLength)}.json.gz${suffix}`;

/** Is this the content of that listing? */
export const isListing = (name: string, sha256: string): boolean =>
	name.includes(`-${sha256.slice(0, idLength)}.json.gz`);

/** Begins the name of everything that a store has of a repository. */
export const folderOf = (uuid: string): string => `repos/${uuid}/`;

const run = String.raw`\d{8}T\d{9}Z-[0-9a-f]{8}`;
const part = '[a-z][a-z0-9-]{0,30}';
const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** May this uuid stand in a name? Bitbucket's all do. */
export const isUuid = (text: string): boolean => uuidForm.test(text);

/**
 * Names what is saved of a workspace itself, to which Bitbucket gives no uuid: one of our own making
 * (version 8 of RFC 9562). `digest`: of the workspace's name.
 */
export const workspaceId = (digest: string): string =>
	[
		digest.slice(0, 8),
		digest.slice(8, 12),
		`8${digest.slice(13, 16)}`,
		`8${digest.slice(17, 20)}`,
		digest.slice(20, 32),
	].join('-');

const stepForm = new RegExp(`^(${run})\\.(${part})\\.step(?:\\.age)?$`);
const bundleForm = new RegExp(`^${run}\\.${part}\\.bundle(?:\\.age)?$`);
const fileForm = new RegExp(`^${run}\\.${part}\\.[0-9a-f]{64}\\.file(?:\\.age)?$`);

const timeOf = (at: number): string => new Date(at).toISOString().replaceAll(/[-:.]/g, '');

/**
 * Names one sending: `20261129T020000123Z-5d12c7ae`. `at`: milliseconds since 1970; `digest`: of
 * something that no other sending has.
 */
export const sendingName = (at: number, digest: string): string =>
	`${timeOf(at)}-${digest.slice(0, 8)}`;

/** Names below the folder of a repository. `suffix`: of the sealer. */
export const stepName = (sending: string, partName: string, suffix: string): string =>
	`${sending}.${partName}.step${suffix}`;

export const bundleName = (sending: string, partName: string, suffix: string): string =>
	`${sending}.${partName}.bundle${suffix}`;

/** `sha256`: of the content before it is sealed. */
export const fileName = (
	sending: string,
	partName: string,
	sha256: string,
	suffix: string,
): string => `${sending}.${partName}.${sha256}.file${suffix}`;

export const isStepName = (name: string): boolean => stepForm.test(name);
export const isBundleName = (name: string): boolean => bundleForm.test(name);
export const isFileName = (name: string): boolean => fileForm.test(name);

/** Is the object sealed? Its name alone tells it. */
export const isSealed = (name: string): boolean => name.endsWith('.age');

/** Hexadecimal digits of the SHA-256 of an index object, which name it. */
const idLength = 32;

const indexForm = new RegExp(
	`^index/(\\d{8}T\\d{9}Z)-([0-9a-f]{${idLength}})((?:-[0-9a-f]{${idLength}})*)(?:\\.(\\d+)of(\\d+))?\\.json\\.gz(?:\\.age)?$`,
);

/** The name of an index object, taken apart. */
export type IndexName = {
	readonly name: string;
	/** When it was written, by its writer's clock: `20261129T020012345Z`. */
	readonly time: string;
	/** The beginning of the SHA-256 of its content, as it lies there. */
	readonly id: string;
	/** The index objects that it takes the place of, as far as its shard goes. */
	readonly before: readonly string[];
	/** The shard that it speaks of; undefined for one that speaks of everything. */
	readonly shard: Shard | undefined;
};

/** A file may have a name of 255 bytes. */
export const mostBefore = 5;

/**
 * `sha256`: of the content as it will lie there. `at`: milliseconds since 1970. `before`: the ids of
 * the index objects that it takes the place of, `mostBefore` at most.
 */
export const indexName = (
	sha256: string,
	{
		at,
		before,
		shard,
		suffix,
	}: Pick<IndexName, 'before' | 'shard'> & {readonly at: number; readonly suffix: string},
): string => {
	const ids = [sha256.slice(0, idLength), ...before].join('-');
	const share = shard === undefined ? '' : `.${formatShard(shard).replace('/', 'of')}`;
	return `${indexFolder}${timeOf(at)}-${ids}${share}.json.gz${suffix}`;
};

/** Undefined for an object that is no index. */
export const parseIndexName = (name: string): IndexName | undefined => {
	const [, time, id, before = '', index, of] = indexForm.exec(name) ?? [];
	const shard = index === undefined ? undefined : parseShard(`${index}/${of}`);
	return time === undefined || id === undefined || (index !== undefined && shard === undefined)
		? undefined
		: {name, time, id, before: before.split('-').filter((one) => one !== ''), shard};
};

/** Is this the content of that index object? */
export const isContentOf = ({id}: IndexName, sha256: string): boolean => sha256.startsWith(id);

/** An index object with the uuids for which no other one has taken its place. */
export type IndexHead = IndexName & {readonly ranges: readonly Range[]};

/**
 * The newest index objects: all but those that others have taken the place of. Several are left where
 * shards or several folders send to one store, where two runs sent at once, and after a run that was
 * killed before it could remember its last one. Together they name everything that is there of the
 * uuids in `range`.
 */
export const findHeads = (
	names: Iterable<string>,
	range: Range = rangeOf(undefined),
): readonly IndexHead[] => {
	const found = [...names].flatMap((name) => parseIndexName(name) ?? []);
	const taken = Map.groupBy(
		found.flatMap(({before, shard}) => before.map((id) => ({id, range: rangeOf(shard)}))),
		({id}) => id,
	);
	return found
		.map((one) => {
			const ranges = (taken.get(one.id) ?? []).reduce(
				(left, other) => without(left, other.range),
				within([rangeOf(one.shard)], range),
			);
			return {...one, ranges};
		})
		.filter(({ranges}) => ranges.length > 0)
		.toSorted((left, right) => (left.name < right.name ? -1 : 1));
};
