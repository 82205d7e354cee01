import type {UnreadableEntry} from '../domain/plan/listing.ts';
import type {Advertisement, Repository} from '../domain/plan/repository.ts';
import type {LfsServer} from './lfs.ts';
import type {MetadataServer} from './metadata.ts';

/** The owner of a credential and its scopes, read from one request. */
export type Account = {
	/** `user`: a person's token. `access-token`: a repository's, project's or workspace's. */
	readonly kind: 'user' | 'access-token' | 'anonymous';
	readonly displayName: string | undefined;
	/** Bitbucket user name, the right `authName`. */
	readonly userName: string | undefined;
	/** From `x-oauth-scopes`; undefined if the header was not sent. */
	readonly scopes: readonly string[] | undefined;
};

export type Workspace = {readonly slug: string; readonly name: string; readonly isPrivate: boolean};

export type RepositoryPage = {
	readonly repositories: readonly Repository[];
	/** Its other entries. One bad entry never fails its page. */
	readonly unreadable: readonly UnreadableEntry[];
	/** The number of repositories in all pages, if Bitbucket said it. */
	readonly total: number | undefined;
	/** Address of the next page, already checked to be on the API's own origin. */
	readonly next: string | undefined;
};

/** One source's Bitbucket, with that source's credential. */
export interface Bitbucket extends LfsServer, MetadataServer {
	/** Host (with port) of the API. All requests to one host pass one gate. */
	readonly apiHost: string;
	/** Host that git requests go to. */
	readonly gitHost: string;

	/** `GET /user`. A 403 is an access token or a missing `read:user`, not a failure. */
	readAccount(signal: AbortSignal): Promise<Account>;

	/** `GET /workspaces/{id}`. */
	readWorkspace(signal: AbortSignal): Promise<Workspace>;

	/** Ids of the workspaces that the credential belongs to (`GET /user/workspaces`). */
	listWorkspaces(signal: AbortSignal): Promise<readonly string[]>;

	/**
	 * One page of 100 of the workspace's repositories; `page` is a `next` of an earlier page.
	 * `withDetails`: the same for all pages of a listing.
	 */
	readRepositoryPage(
		page: string | undefined,
		signal: AbortSignal,
		withDetails?: boolean,
	): Promise<RepositoryPage>;

	/** The clone link of a repository that is known by its name alone. */
	cloneUrlOf(workspace: string, slug: string): string;

	/**
	 * The address that git may use for a clone link: without a user name, and on the host that this
	 * source may talk to. Throws `address-refused` for any other.
	 */
	checkCloneUrl(url: string): string;

	/**
	 * Branches, tags and HEAD as upstream has them now, from one request. `url` comes from
	 * `checkCloneUrl`. Follows redirects on the same origin only. `maxSilence`: milliseconds without a
	 * byte after which it fails, less than usual.
	 */
	readAdvertisement(url: string, signal: AbortSignal, maxSilence?: number): Promise<Advertisement>;
}
