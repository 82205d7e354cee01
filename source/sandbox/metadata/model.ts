import type {SandboxAccount, SandboxRepository} from '../model.ts';

/** How Bitbucket behaves where it is not known. Each may be set either way, at any time. */
export type Unknowns = {
	/** Do approvals, their withdrawal and requests for changes move a pull request's `updated_on`? */
	approvalsMove: boolean;
	/** Do tasks that are opened or resolved? */
	tasksMove: boolean;
	/** Do comment threads that are resolved or reopened? */
	resolutionsMove: boolean;
	/** Do pushes to the destination branch? */
	destinationMoves: boolean;
	/** Does `comment_count` count deleted comments? */
	countsTombstones: boolean;
	/** Does the feed hold deleted comments? */
	feedsTombstones: boolean;
	/** In 2021 `task_count` was 0 by mistake. */
	countsNoTasks: boolean;
	/** Has a pull request whose fork was deleted a patch? */
	patchesDeletedForks: boolean;
	/** A list of more pull requests than this is 500 with `sort` and several states, as in August 2026. */
	mostSorted: number;
	/** Does a snippet come with its files, if it is asked for as several parts? */
	sendsParts: boolean;
	/** Is `q` heard? */
	hearsQueries: boolean;
	/** Do the workspace's addresses count into the limit of requests? */
	limitsWorkspaces: boolean;
};

export type SandboxComment = {
	readonly id: number;
	readonly user: SandboxAccount;
	readonly createdOn: string;
	updatedOn: string;
	text: string;
	isDeleted: boolean;
	/** A draft, which only its author sees. */
	readonly isPending: boolean;
	readonly parent: SandboxComment | undefined;
	/** `to`: the line of the new version. */
	readonly inline: {readonly path: string; readonly to: number} | undefined;
	resolution: {readonly user: SandboxAccount; readonly createdOn: string} | undefined;
};

export type SandboxTask = {
	readonly id: number;
	readonly creator: SandboxAccount;
	readonly createdOn: string;
	readonly text: string;
	updatedOn: string;
	resolvedBy: SandboxAccount | undefined;
	resolvedOn: string | undefined;
};

export type SandboxParticipant = {
	readonly user: SandboxAccount;
	readonly role: 'REVIEWER' | 'PARTICIPANT';
	state: 'approved' | 'changes_requested' | null;
	participatedOn: string;
};

/** An entry of the feed besides comments, which are shown as they are now. */
export type SandboxEvent =
	| {readonly kind: 'update'; readonly date: string; readonly body: unknown}
	| {
			readonly kind: 'approval' | 'changes_requested';
			readonly date: string;
			readonly user: SandboxAccount;
	  };

export type PullRequestState = 'OPEN' | 'MERGED' | 'DECLINED' | 'SUPERSEDED';

export type SandboxPullRequest = {
	readonly repository: SandboxRepository;
	readonly id: number;
	title: string;
	description: string;
	state: PullRequestState;
	isDraft: boolean;
	/** Undefined for an account that is gone. */
	author: SandboxAccount | undefined;
	readonly sourceBranch: string;
	/** Full ids of its commits, the newest first. */
	commits: readonly string[];
	/** Null for a fork that was deleted. */
	sourceRepository: SandboxRepository | null;
	readonly destinationBranch: string;
	destinationHash: string;
	mergeCommit: string | undefined;
	closedBy: SandboxAccount | undefined;
	readonly createdOn: string;
	updatedOn: string;
	reviewers: readonly SandboxAccount[];
	readonly participants: SandboxParticipant[];
	readonly comments: SandboxComment[];
	readonly tasks: SandboxTask[];
	readonly events: SandboxEvent[];
	/** Bitbucket gives up on one that is too large, with 555. */
	patch: string | Buffer | 'too-large';
};

export type SandboxDownload = {
	readonly name: string;
	readonly content: Buffer;
	readonly createdOn: string;
	readonly user: SandboxAccount;
	/** How often it was fetched. */
	fetched: number;
};

export type SandboxSnippet = {
	readonly id: string;
	readonly title: string;
	readonly owner: SandboxAccount;
	readonly createdOn: string;
	updatedOn: string;
	/** By their names. */
	files: ReadonlyMap<string, Buffer>;
};
