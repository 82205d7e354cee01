import {readTip} from '../bare-repository.ts';
import {listsByOwner, type SandboxAccount, type SandboxRepository} from '../model.ts';
import type {
	PullRequestState,
	SandboxComment,
	SandboxPullRequest,
	SandboxTask,
	Unknowns,
} from './model.ts';
import {showUpdate} from './show.ts';

type OpenOptions = {
	readonly by: SandboxAccount;
	readonly title?: string;
	readonly description?: string;
	readonly sourceBranch?: string;
	/** Full ids, the newest first. Without it, a branch that has nothing new. */
	readonly commits?: readonly string[];
	readonly sourceRepository?: SandboxRepository | null;
	readonly destinationBranch?: string;
	readonly destinationHash?: string;
	readonly reviewers?: readonly SandboxAccount[];
	readonly isDraft?: boolean;
	readonly patch?: SandboxPullRequest['patch'];
};

type CommentOptions = {
	readonly by: SandboxAccount;
	readonly text: string;
	readonly parent?: SandboxComment;
	readonly inline?: SandboxComment['inline'];
	readonly isPending?: boolean;
};

type StoreOptions = {
	/** Milliseconds since 1970. */
	readonly now: () => number;
	readonly unknowns: Unknowns;
	readonly api: string;
};

/** An id that no commit has. */
const inventCommit = (seed: number): string => seed.toString(16).padEnd(40, 'c');

/**
 * The pull requests of all repositories, with everything that people do to them. Handles are live.
 * Whatever certainly moves `updated_on` on Bitbucket does so here; the rest does as `unknowns` says.
 */
export const createPullRequests = ({now, unknowns, api}: StoreOptions) => {
	let lastId = 118_571_000;
	let lastMoment = 0;

	const nextId = (): number => {
		lastId += 1;
		return lastId;
	};
	/** Bitbucket's form, with microseconds. No two are alike. */
	const moment = (): string => {
		lastMoment = Math.max(now() * 1000, lastMoment + 1);
		const date = new Date(Math.floor(lastMoment / 1000)).toISOString().slice(0, -1);
		return `${date}${String(lastMoment % 1000).padStart(3, '0')}+00:00`;
	};
	const listOf = listsByOwner<SandboxPullRequest>();
	const move = (pull: SandboxPullRequest, does = true): void => {
		pull.updatedOn = does ? moment() : pull.updatedOn;
	};
	/** A change that stands in the feed as an update. */
	const update = (pull: SandboxPullRequest, by: SandboxAccount | undefined): void => {
		move(pull);
		pull.events.push({kind: 'update', date: pull.updatedOn, body: showUpdate(api, pull, by)});
	};
	const participate = (
		pull: SandboxPullRequest,
		user: SandboxAccount,
		state?: 'approved' | 'changes_requested' | null,
	): void => {
		const known = pull.participants.find((each) => each.user === user);
		const participant = known ?? {
			user,
			role: pull.reviewers.includes(user) ? ('REVIEWER' as const) : ('PARTICIPANT' as const),
			state: null,
			participatedOn: moment(),
		};
		if (known === undefined) {
			pull.participants.push(participant);
		}
		if (state !== undefined) {
			participant.state = state;
			participant.participatedOn = moment();
		}
	};
	/** A withdrawn judgement leaves the feed as if it had never been. */
	const judge = (
		pull: SandboxPullRequest,
		user: SandboxAccount,
		judgement: 'approval' | 'changes_requested' | undefined,
	): void => {
		const earlier = pull.events.findIndex(
			(event) => event.kind !== 'update' && event.user === user,
		);
		if (earlier >= 0) {
			pull.events.splice(earlier, 1);
		}
		if (judgement !== undefined) {
			pull.events.push({kind: judgement, date: moment(), user});
		}
		const state = judgement === 'approval' ? 'approved' : (judgement ?? null);
		participate(pull, user, state);
		move(pull, unknowns.approvalsMove);
	};

	return {
		/** A repository's, by rising id. */
		list: (repository: SandboxRepository): readonly SandboxPullRequest[] => listOf(repository),
		find: (repository: SandboxRepository, id: number): SandboxPullRequest | undefined =>
			listOf(repository).find((pull) => pull.id === id),
		open: (repository: SandboxRepository, options: OpenOptions): SandboxPullRequest => {
			const pulls = listOf(repository);
			const {by, reviewers = []} = options;
			const createdOn = moment();
			const id = (pulls.at(-1)?.id ?? 0) + 1;
			const pull: SandboxPullRequest = {
				repository,
				id,
				title: options.title ?? `Change ${id}`,
				description: options.description ?? '',
				state: 'OPEN',
				isDraft: options.isDraft ?? false,
				author: by,
				sourceBranch: options.sourceBranch ?? `change-${id}`,
				commits: options.commits ?? [readTip(repository) ?? inventCommit(nextId())],
				sourceRepository:
					options.sourceRepository === undefined ? repository : options.sourceRepository,
				destinationBranch: options.destinationBranch ?? repository.mainBranch,
				destinationHash: options.destinationHash ?? inventCommit(nextId()),
				mergeCommit: undefined,
				closedBy: undefined,
				createdOn,
				updatedOn: createdOn,
				reviewers,
				participants: [],
				comments: [],
				tasks: [],
				events: [],
				patch: options.patch ?? `From ${inventCommit(id)}\nSubject: [PATCH] Change ${id}\n`,
			};
			for (const reviewer of reviewers) {
				participate(pull, reviewer);
			}
			pulls.push(pull);
			update(pull, by);
			return pull;
		},
		edit: (
			pull: SandboxPullRequest,
			changes: Partial<
				Pick<SandboxPullRequest, 'title' | 'description' | 'isDraft' | 'reviewers' | 'commits'>
			>,
		): void => {
			Object.assign(pull, changes);
			update(pull, pull.author);
		},
		close: (
			pull: SandboxPullRequest,
			state: Exclude<PullRequestState, 'OPEN'>,
			{by, mergeCommit}: {readonly by: SandboxAccount; readonly mergeCommit?: string},
		): void => {
			pull.state = state;
			pull.closedBy = by;
			pull.mergeCommit = state === 'MERGED' ? (mergeCommit ?? inventCommit(nextId())) : undefined;
			update(pull, by);
		},
		moveDestination: (pull: SandboxPullRequest, hash: string): void => {
			pull.destinationHash = hash;
			move(pull, unknowns.destinationMoves);
		},
		approve: (pull: SandboxPullRequest, by: SandboxAccount): void => judge(pull, by, 'approval'),
		requestChanges: (pull: SandboxPullRequest, by: SandboxAccount): void =>
			judge(pull, by, 'changes_requested'),
		/** Takes an approval or a request for changes back. */
		withdraw: (pull: SandboxPullRequest, by: SandboxAccount): void => judge(pull, by, undefined),
		comment: (pull: SandboxPullRequest, options: CommentOptions): SandboxComment => {
			const {by, text, parent, inline, isPending = false} = options;
			move(pull, !isPending);
			const createdOn = isPending ? moment() : pull.updatedOn;
			const comment: SandboxComment = {
				id: nextId(),
				user: by,
				createdOn,
				updatedOn: createdOn,
				text,
				isDeleted: false,
				isPending,
				parent,
				inline,
				resolution: undefined,
			};
			pull.comments.push(comment);
			participate(pull, by);
			return comment;
		},
		editComment: (pull: SandboxPullRequest, comment: SandboxComment, text: string): void => {
			move(pull);
			comment.text = text;
			comment.updatedOn = pull.updatedOn;
		},
		deleteComment: (pull: SandboxPullRequest, comment: SandboxComment): void => {
			move(pull);
			comment.isDeleted = true;
			comment.updatedOn = pull.updatedOn;
		},
		/** Resolves a thread, or reopens it where `by` is undefined. */
		resolveComment: (
			pull: SandboxPullRequest,
			comment: SandboxComment,
			by: SandboxAccount | undefined,
		): void => {
			comment.resolution = by && {user: by, createdOn: moment()};
			move(pull, unknowns.resolutionsMove);
		},
		addTask: (pull: SandboxPullRequest, creator: SandboxAccount, text: string): SandboxTask => {
			const createdOn = moment();
			const task: SandboxTask = {
				id: nextId(),
				creator,
				createdOn,
				text,
				updatedOn: createdOn,
				resolvedBy: undefined,
				resolvedOn: undefined,
			};
			pull.tasks.push(task);
			move(pull, unknowns.tasksMove);
			return task;
		},
		/** Resolves a task, or reopens it where `by` is undefined. */
		resolveTask: (
			pull: SandboxPullRequest,
			task: SandboxTask,
			by: SandboxAccount | undefined,
		): void => {
			task.updatedOn = moment();
			task.resolvedBy = by;
			task.resolvedOn = by && task.updatedOn;
			move(pull, unknowns.tasksMove);
		},
	};
};
