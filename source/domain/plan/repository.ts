/** A repository as Bitbucket lists it, checked and reduced to what a backup uses. */
export type Repository = {
	/** Lower case, without the braces that Bitbucket puts around it. The identity: names change. */
	readonly uuid: string;
	readonly workspace: string;
	readonly slug: string;
	readonly isPrivate: boolean;
	/** The default branch without `refs/heads/`; undefined for an empty repository. */
	readonly mainBranch: string | undefined;
	/** Only says that a wiki was switched on, not that one exists. */
	readonly hasWiki: boolean;
	/** Bytes as Bitbucket counts them, for ordering and progress only. */
	readonly size: number;
	/** As Bitbucket gave it, without the user name it may hold. Not yet known to be safe. */
	readonly cloneUrl: string;
	/** Everything that was listed of it, if that was asked for. */
	readonly details?: Readonly<Record<string, unknown>> | undefined;
};

/** A repository that no listing tells more of. */
export const asUnlisted = (
	{uuid, workspace, slug, isPrivate}: Pick<Repository, 'uuid' | 'workspace' | 'slug' | 'isPrivate'>,
	cloneUrl = '',
): Repository => ({
	uuid,
	workspace,
	slug,
	isPrivate,
	mainBranch: undefined,
	hasWiki: false,
	size: 0,
	cloneUrl,
});

/** A name for people: `workspace/slug`, or `workspace` for a workspace itself, which has no slug. */
export const fullName = ({workspace, slug}: Pick<Repository, 'workspace' | 'slug'>): string =>
	slug === '' ? workspace : `${workspace}/${slug}`;

/** `api` for `acme/api`, and for `api` alone. */
export const slugOf = (name: string): string => name.slice(name.indexOf('/') + 1);

/** Wikis were a git repository of their own, beside the repository's address. */
export const wikiUrl = (cloneUrl: string): string => `${cloneUrl}/wiki`;

/**
 * Full ref names (`refs/heads/main`) to object ids; nothing peeled. A byte of a name that is not
 * UTF-8 is written `\xe9`.
 */
export type Refs = ReadonlyMap<string, string>;

/** The refs of a remote at one moment. */
export type Advertisement = {
	readonly refs: Refs;
	/**
	 * The branch that HEAD names (`refs/heads/main`), or the object of a HEAD that names none, if the
	 * remote tells it.
	 */
	readonly head: string | undefined;
	/** Refs with names that a mirror keeps for Cistern's own. They cannot be saved. */
	readonly refused: readonly string[];
};
