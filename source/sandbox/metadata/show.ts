import type {SandboxAccount, SandboxRepository} from '../model.ts';
import type {
	SandboxComment,
	SandboxDownload,
	SandboxEvent,
	SandboxParticipant,
	SandboxPullRequest,
	SandboxTask,
	Unknowns,
} from './model.ts';

/** Bitbucket's forms of pull requests and what belongs to them. `api`: the API's address. */

export const showPerson = ({userName, displayName, uuid}: SandboxAccount): unknown => ({
	type: 'user',
	display_name: displayName,
	nickname: userName,
	uuid,
	account_id: `557058:${uuid.replace(/[{}]/g, '')}`,
	links: {avatar: {href: `https://avatars.example/${userName}.png`}},
});

const showText = (raw: string): unknown => ({
	type: 'rendered',
	raw,
	markup: 'markdown',
	html: raw === '' ? '' : `<p>${raw}</p>`,
});

const showRepository = (
	api: string,
	{workspace, slug, uuid, name}: SandboxRepository,
): unknown => ({
	type: 'repository',
	full_name: `${workspace}/${slug}`,
	name,
	uuid,
	links: {self: {href: `${api}/repositories/${workspace}/${slug}`}},
});

const addressOf = (api: string, {repository, id}: SandboxPullRequest): string =>
	`${api}/repositories/${repository.workspace}/${repository.slug}/pullrequests/${id}`;

const showSide = (
	api: string,
	branch: string,
	hash: string,
	repository: SandboxRepository | null,
): unknown => ({
	branch: {name: branch},
	// Twelve digits only, where git and other endpoints have forty.
	commit: {type: 'commit', hash: hash.slice(0, 12)},
	repository: repository && showRepository(api, repository),
});

const showSource = (api: string, pull: SandboxPullRequest): unknown =>
	showSide(api, pull.sourceBranch, pull.commits[0] ?? '', pull.sourceRepository);

const showDestination = (api: string, pull: SandboxPullRequest): unknown =>
	showSide(api, pull.destinationBranch, pull.destinationHash, pull.repository);

const showParticipant = (participant: SandboxParticipant): unknown => ({
	type: 'participant',
	user: showPerson(participant.user),
	role: participant.role,
	approved: participant.state === 'approved',
	state: participant.state,
	participated_on: participant.participatedOn,
});

export const showPullRequest = (
	api: string,
	pull: SandboxPullRequest,
	unknowns: Unknowns,
): unknown => ({
	type: 'pullrequest',
	id: pull.id,
	title: pull.title,
	description: pull.description,
	rendered: {title: showText(pull.title), description: showText(pull.description)},
	summary: showText(pull.description),
	state: pull.state,
	draft: pull.isDraft,
	author: pull.author && showPerson(pull.author),
	source: showSource(api, pull),
	destination: showDestination(api, pull),
	merge_commit:
		pull.mergeCommit === undefined ? null : {type: 'commit', hash: pull.mergeCommit.slice(0, 12)},
	close_source_branch: true,
	closed_by: pull.closedBy === undefined ? null : showPerson(pull.closedBy),
	reason: '',
	comment_count: pull.comments.filter(
		({isDeleted, isPending}) => !isPending && (unknowns.countsTombstones || !isDeleted),
	).length,
	task_count: unknowns.countsNoTasks
		? 0
		: pull.tasks.filter(({resolvedOn}) => resolvedOn === undefined).length,
	created_on: pull.createdOn,
	updated_on: pull.updatedOn,
	reviewers: pull.reviewers.map(showPerson),
	participants: pull.participants.map(showParticipant),
	links: {self: {href: addressOf(api, pull)}},
});

/** As much of a pull request as stands in what belongs to it. */
const showIdentity = (api: string, pull: SandboxPullRequest): unknown => ({
	type: 'pullrequest',
	id: pull.id,
	title: pull.title,
	draft: pull.isDraft,
	links: {self: {href: addressOf(api, pull)}},
});

/** Of a deleted comment Bitbucket keeps all but its words. */
export const showComment = (
	api: string,
	pull: SandboxPullRequest,
	comment: SandboxComment,
): unknown => ({
	type: 'pullrequest_comment',
	id: comment.id,
	created_on: comment.createdOn,
	updated_on: comment.updatedOn,
	content: showText(comment.isDeleted ? '' : comment.text),
	user: showPerson(comment.user),
	deleted: comment.isDeleted,
	pending: comment.isPending,
	...(comment.parent && {parent: {id: comment.parent.id}}),
	...(comment.inline && {inline: {...comment.inline, from: null, outdated: false}}),
	...(comment.resolution && {
		resolution: {
			type: 'comment_resolution',
			user: showPerson(comment.resolution.user),
			created_on: comment.resolution.createdOn,
		},
	}),
	pullrequest: showIdentity(api, pull),
	links: {self: {href: `${addressOf(api, pull)}/comments/${comment.id}`}},
});

export const showTask = (task: SandboxTask): unknown => ({
	id: task.id,
	state: task.resolvedOn === undefined ? 'UNRESOLVED' : 'RESOLVED',
	content: showText(task.text),
	creator: showPerson(task.creator),
	created_on: task.createdOn,
	updated_on: task.updatedOn,
	resolved_on: task.resolvedOn ?? null,
	resolved_by: task.resolvedBy === undefined ? null : showPerson(task.resolvedBy),
	pending: false,
});

/** The state of a pull request at the moment of an update. Not changed afterwards. */
export const showUpdate = (
	api: string,
	pull: SandboxPullRequest,
	by: SandboxAccount | undefined,
): unknown => ({
	state: pull.state,
	draft: pull.isDraft,
	title: pull.title,
	description: pull.description,
	reviewers: pull.reviewers.map(showPerson),
	changes: {},
	reason: '',
	author: by && showPerson(by),
	date: pull.updatedOn,
	source: showSource(api, pull),
	destination: showDestination(api, pull),
});

export const showEvent = (api: string, pull: SandboxPullRequest, event: SandboxEvent): unknown => {
	const identity = showIdentity(api, pull);
	return event.kind === 'update'
		? {pull_request: identity, update: event.body}
		: {
				pull_request: identity,
				[event.kind]: {date: event.date, user: showPerson(event.user), pullrequest: identity},
			};
};

export const showCommit = (hash: string): unknown => ({type: 'commit', hash});

export const showDownload = (api: string, place: string, download: SandboxDownload): unknown => ({
	type: 'download',
	name: download.name,
	size: download.content.length,
	created_on: download.createdOn,
	downloads: download.fetched,
	user: showPerson(download.user),
	links: {self: {href: `${api}/${place}/downloads/${encodeURIComponent(download.name)}`}},
});
