import {readPullRequest, readRepository, userOf} from '../access.ts';
import {
	invalidContext,
	invalidPage,
	invalidQuery,
	noSuchThing,
	paymentRequired,
	type RestAnswer,
	serverError,
	tooLong,
} from '../answers.ts';
import {
	type AnswerAbout,
	type Endpoint,
	found,
	inRepository,
	type RestRequest,
	type RestState,
} from '../endpoint.ts';
import type {SandboxRepository} from '../model.ts';
import {answerPage, pageOf} from '../page.ts';
import {readFilter} from './filter.ts';
import type {SandboxPullRequest} from './model.ts';
import {
	showComment,
	showCommit,
	showDownload,
	showEvent,
	showPullRequest,
	showTask,
} from './show.ts';

/** Pull requests and their feed are refused in longer pages, against the rule for lists. */
const longestPage = 50;

const apiOf = ({origin}: RestState): string => `${origin}/2.0`;

type PullAnswer = AnswerAbout<SandboxPullRequest>;

type RepositoryAnswer = AnswerAbout<SandboxRepository>;

/** An endpoint below a repository's address. */
const below = (path: string, answer: RepositoryAnswer, more: Partial<Endpoint> = {}): Endpoint => ({
	pattern: new RegExp(`^/repositories/([^/]+)/([^/]+)/${path}$`),
	needed: readPullRequest,
	...more,
	answer: inRepository(answer),
});

/** An endpoint below a pull request's address. */
const ofPull = (path: string, answer: PullAnswer): Endpoint =>
	below(`pullrequests/(\\d+)${path}`, (state, repository, request) => {
		const pull = state.metadata.pullRequests.find(repository, Number(request.parts[2]));
		return pull === undefined ? noSuchThing : answer(state, pull, request);
	});

/** Open ones alone unless `state` is given, once for each state. */
const answerList: RepositoryAnswer = (state, repository, {address}) => {
	const {pullRequests, unknowns} = state.metadata;
	const {searchParams} = address;
	const states = searchParams.getAll('state');
	const all = pullRequests.list(repository);
	const sort = searchParams.get('sort');
	if (sort !== null && states.length > 1 && all.length > unknowns.mostSorted) {
		return serverError;
	}
	const filter = readFilter(searchParams.get('q') ?? 'id>0', ['id', 'state', 'updated_on']);
	if (filter === undefined) {
		return invalidQuery;
	}
	const wanted = all.filter(
		(pull) =>
			(states.length === 0 ? ['OPEN'] : states).includes(pull.state) &&
			(!unknowns.hearsQueries ||
				filter({id: pull.id, state: pull.state, updated_on: pull.updatedOn})),
	);
	const show = (pull: SandboxPullRequest): unknown => showPullRequest(apiOf(state), pull, unknowns);
	return answerPage(address, sortPulls(wanted, sort), show, longestPage);
};

/** By default the last changed come first, so that a change moves items across pages. */
const sortPulls = (
	pulls: readonly SandboxPullRequest[],
	sort: string | null,
): readonly SandboxPullRequest[] => {
	switch (sort) {
		case 'id':
			return pulls;
		case '-id':
			return pulls.toReversed();
		default:
			return pulls.toSorted((left, right) => (left.updatedOn > right.updatedOn ? -1 : 1));
	}
};

/** A page whose `next` names a place that Bitbucket remembers, for the user who asked. */
const pageByContext = <Item>(
	{metadata}: RestState,
	{address, caller}: Pick<RestRequest, 'address' | 'caller'>,
	items: readonly Item[],
	show: (item: Item) => unknown,
	most?: number,
): RestAnswer => {
	const context = address.searchParams.get('ctx');
	const user = userOf(caller);
	const start = context === null ? 0 : metadata.contexts.open(context, user);
	if (start === undefined) {
		return invalidContext;
	}
	const page = pageOf(address, items.slice(start), show, most);
	if (!('values' in page)) {
		return page;
	}
	const {pagelen, values} = page;
	const end = start + values.length;
	const next = new URL(address);
	next.searchParams.set('ctx', metadata.contexts.make(end, user));
	return found({pagelen, values, ...(end < items.length && {next: next.href})});
};

/** The newest first. Deaf to `q` and `sort`. */
const answerFeed: RepositoryAnswer = (state, repository, {address, caller}) => {
	const {pullRequests, unknowns} = state.metadata;
	const entries = pullRequests.list(repository).flatMap((pull) => [
		...pull.events.map((event) => ({
			date: event.date,
			show: () => showEvent(apiOf(state), pull, event),
		})),
		...pull.comments
			.filter(({isDeleted, isPending}) => !isPending && (unknowns.feedsTombstones || !isDeleted))
			.map((comment) => ({
				date: comment.createdOn,
				show: () => ({
					pull_request: {type: 'pullrequest', id: pull.id, title: pull.title},
					comment: showComment(apiOf(state), pull, comment),
				}),
			})),
	]);
	const sorted = entries.toSorted((left, right) => (left.date > right.date ? -1 : 1));
	return pageByContext(state, {address, caller}, sorted, ({show}) => show(), longestPage);
};

const answerPull: PullAnswer = (state, pull) =>
	found(showPullRequest(apiOf(state), pull, state.metadata.unknowns));

/** A draft is shown to its author alone. */
const answerComments: PullAnswer = (state, pull, {address, caller}) => {
	const filter = readFilter(address.searchParams.get('q') ?? 'id>0', ['id', 'updated_on']);
	if (filter === undefined) {
		return invalidQuery;
	}
	const visible = pull.comments.filter(
		({id, updatedOn, isPending, user}) =>
			(!isPending || user.uuid === userOf(caller)) && filter({id, updated_on: updatedOn}),
	);
	return answerPage(address, visible, (comment) => showComment(apiOf(state), pull, comment));
};

const answerTasks: PullAnswer = (_state, pull, {address}) =>
	answerPage(address, pull.tasks, showTask);

const answerCommits: PullAnswer = (state, pull, request) =>
	request.address.searchParams.has('page')
		? invalidPage
		: pageByContext(state, request, pull.commits, showCommit);

const answerPatchAddress: PullAnswer = (state, pull, {address}) =>
	pull.sourceRepository === null && !state.metadata.unknowns.patchesDeletedForks
		? noSuchThing
		: {
				status: 302,
				body: '',
				headers: {
					location: `${address.origin}/2.0/repositories/${pull.repository.workspace}/${pull.repository.slug}/patch/${pull.id}`,
				},
			};

/** In whatever encoding the files are. */
const answerPatch: RepositoryAnswer = (state, repository, {parts}) => {
	const pull = state.metadata.pullRequests.find(repository, Number(parts[2]));
	if (pull === undefined) {
		return noSuchThing;
	}
	return pull.patch === 'too-large' ? tooLong : {status: 200, body: pull.patch, isPlain: true};
};

/** A workspace of the free plan has no downloads, and says so without JSON. */
const answerDownloads: RepositoryAnswer = (state, repository, {address}) =>
	state.metadata.isOnFreePlan(repository.workspace)
		? paymentRequired
		: answerPage(address, state.metadata.downloads.list(repository), (download) =>
				showDownload(
					apiOf(state),
					`repositories/${repository.workspace}/${repository.slug}`,
					download,
				),
			);

const answerDownload: RepositoryAnswer = (state, repository, {parts}) => {
	const {downloads, isOnFreePlan} = state.metadata;
	const download = downloads.list(repository).find(({name}) => name === parts[2]);
	if (isOnFreePlan(repository.workspace)) {
		return paymentRequired;
	}
	if (download === undefined) {
		return noSuchThing;
	}
	download.fetched += 1;
	const location = `${state.mediaOrigin}${downloads.sign(download)}`;
	return {status: 302, body: '', headers: {location}};
};

export const pullRequestEndpoints: readonly Endpoint[] = [
	below('pullrequests', answerList, {hidden: ['values.participants', 'values.reviewers']}),
	below('pullrequests/activity', answerFeed),
	ofPull('', answerPull),
	ofPull('/comments', answerComments),
	ofPull('/tasks', answerTasks),
	ofPull('/commits', answerCommits),
	ofPull('/patch', answerPatchAddress),
	below('patch/(\\d+)', answerPatch, {needed: readRepository}),
	below('downloads', answerDownloads, {needed: readRepository}),
	below('downloads/([^/]+)', answerDownload, {needed: readRepository}),
];
