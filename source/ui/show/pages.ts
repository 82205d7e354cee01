import type {JsonObject} from '../../domain/json.ts';
import {
	type Comment,
	deletedOn,
	type EarlierWords,
	groupByPlace,
	type Task,
	type ThreadGroup,
	toThreads,
	type WholePullRequest,
} from '../../domain/show/discussion.ts';
import {
	nameMentions,
	type Participant,
	type ShownPullRequest,
} from '../../domain/show/pull-request.ts';
import {formatCount, formatNumber} from '../../domain/text/format.ts';
import {formatFrame, formatText, formatTime, type Html, html} from './html.ts';
import {describeHappening, nameState} from './words.ts';

export type PageOptions = {
	/** The repository's name. */
	readonly repository: string;
	/** When this state was saved, milliseconds since 1970. */
	readonly savedAt: number;
	/** Names by account id, for mentions. */
	readonly people: JsonObject;
};

const top: Html = html`<a href="../index.html">All repositories</a>`;

/** The page of one pull request. */
export const formatPage = (whole: WholePullRequest, options: PageOptions): string => {
	const {pullRequest, comments, tasks, events} = whole;
	const {id, title, description} = pullRequest;
	const {repository, people} = options;
	const threads = groupByPlace(toThreads(comments));
	return formatFrame({
		title: `${title} (${repository} ${id})`,
		root: '..',
		above: [top, html`<a href="index.html">${repository}</a>`],
		body: html`<h1 dir="auto">${title} <span class="number">${id}</span></h1>
${formatFacts(pullRequest)}
<div class="description">${description.trim() === '' ? html`<p class="note">No description.</p>` : formatText(nameMentions(description, people))}</div>
${threads.map((group) => formatGroup(group, people))}
${tasks.length === 0 ? undefined : html`<h2>Tasks</h2>\n<ul class="events">${tasks.map(formatTask)}</ul>`}
${events.length === 0 ? undefined : html`<h2>What happened</h2>\n<ul class="events">${events.map(formatEvent)}</ul>`}
<p class="note">As saved on ${formatTime(new Date(options.savedAt).toISOString())}.</p>`,
	});
};

const formatState = (pullRequest: ShownPullRequest): Html => {
	const known = /^(open|merged|declined|superseded)$/.exec(pullRequest.state)?.[0] ?? 'other';
	return html`<span class="state state-${known}">${nameState(pullRequest)}</span>`;
};

const formatFacts = (pullRequest: ShownPullRequest): Html => {
	const {author, createdOn, closedBy, from, to, participants} = pullRequest;
	return html`<p class="meta">${formatState(pullRequest)}${closedBy === undefined ? '' : ` by ${closedBy}`}, opened by ${author}, ${formatTime(createdOn)}</p>
<p class="meta"><code>${from ?? 'a branch that is gone'}</code> → <code>${to ?? 'a branch that is gone'}</code></p>
${participants.length === 0 ? undefined : html`<p class="meta">${participants.map(formatParticipant).map((one, index) => html`${index === 0 ? '' : ', '}${one}`)}</p>`}`;
};

const verdicts = {approved: ' approved', 'changes-requested': ' asked for changes'} as const;

const formatParticipant = ({name, verdict}: Participant): Html =>
	html`${name}${verdict === undefined ? '' : verdicts[verdict]}`;

const formatGroup = ({place, threads}: ThreadGroup, people: JsonObject): Html => {
	const line = place?.line === undefined ? '' : `, line ${place.line}`;
	const changed = place?.isOutdated === true ? ' (changed since)' : '';
	const heading =
		place === undefined ? html`Comments` : html`<code>${place.path}</code>${line}${changed}`;
	return html`<h2>${heading}</h2>
${threads.flatMap((thread) => thread.map(({comment, depth}) => formatComment(comment, depth, people)))}`;
};

/** Answers move in so often at most: a phone needs room for their words. Deeper ones name what they answer. */
const deepest = 6;

const formatAnswered = ({parent}: Comment, depth: number): Html | undefined =>
	depth > deepest && parent !== undefined
		? html`, in answer to <a href="#comment-${parent}">an earlier comment</a>`
		: undefined;

const formatComment = (comment: Comment, depth: number, people: JsonObject): Html => {
	const {id, author, at, text, isDeleted, isResolved, earlier} = comment;
	const words = (one: string): Html => formatText(nameMentions(one, people));
	const edits = (isDeleted ? earlier.slice(0, -1) : earlier).toReversed();
	return html`<article id="comment-${id}" class="comment depth-${Math.min(depth, deepest)}${isDeleted ? ' deleted' : ''}">
<header><strong>${author}</strong> ${formatTime(at)}${isResolved ? ', resolved' : ''}${formatAnswered(comment, depth)}</header>
${isDeleted ? formatDeleted(comment, words) : words(text)}
${edits.map((one) => formatEdit(one, words))}</article>
`;
};

const formatDeleted = (comment: Comment, words: (text: string) => Html): Html => {
	const on = formatTime(deletedOn(comment));
	const when = on === undefined ? html`Deleted` : html`Deleted on ${on}`;
	const last = comment.earlier.at(-1)?.text;
	return last === undefined
		? html`<p class="note">${when}, before a backup saw it.</p>`
		: html`<p class="note">${when}. It said:</p>${words(last)}`;
};

const formatEdit = ({text, until}: EarlierWords, words: (text: string) => Html): Html =>
	html`<details><summary>Until ${formatTime(until) ?? 'a later change'} it said</summary>${words(text)}</details>`;

const formatTask = ({text, isOpen, author, resolvedBy, resolvedOn}: Task): Html => {
	const by = resolvedBy === undefined ? '' : ` by ${resolvedBy}`;
	return html`<li>${isOpen ? '☐ ' : '☑ '}<span dir="auto">${text}</span> <span class="meta">${author}${isOpen ? '' : html`, done${by} ${formatTime(resolvedOn)}`}</span></li>\n`;
};

const formatEvent = (event: WholePullRequest['events'][number]): Html => {
	const before =
		event.kind === 'description' && event.before !== '' ? formatText(event.before) : undefined;
	return html`<li>${formatTime(event.at)} ${event.who} ${describeHappening(event)}${before}</li>\n`;
};

/** A row of a repository's list. */
export const formatPageRow = (pullRequest: ShownPullRequest): Html => {
	const {id, title, author, createdOn, comments} = pullRequest;
	const count = comments === 0 ? '' : `, ${formatCount(comments, 'comment')}`;
	return html`<li><a href="${id}.html" dir="auto">${title === '' ? `${id}` : title}</a> <span class="number">${id}</span>
<div class="meta">${formatState(pullRequest)}, ${author}, ${formatTime(createdOn)}${count}</div></li>
`;
};

/** The file of a page of a repository's list. `page`: from 1. */
export const nameListPage = (page: number): string =>
	page === 1 ? 'index.html' : `page-${page}.html`;

/** One page of a repository's list. */
export const formatListPage = (
	rows: readonly Html[],
	{
		repository,
		page,
		pages,
		total,
	}: Pick<PageOptions, 'repository'> & {
		readonly page: number;
		readonly pages: number;
		readonly total: number;
	},
): string => {
	const before = page === 1 ? undefined : html`<a href="${nameListPage(page - 1)}">Before</a>`;
	const after = page === pages ? undefined : html`<a href="${nameListPage(page + 1)}">Next</a>`;
	const many =
		pages === 1
			? undefined
			: html`<p class="pages">${before}<span class="meta">Page ${formatNumber(page)} of ${formatNumber(pages)}</span>${after}</p>`;
	return formatFrame({
		title: `Pull requests of ${repository}`,
		root: '..',
		above: [top],
		body: html`<h1>${repository}</h1>
<p class="meta">${formatCount(total, 'pull request')}, open ones first</p>
<ul class="rows">
${rows}</ul>
${many}`,
	});
};

export type ListedRepository = {
	readonly repository: string;
	/** Its folder below the root. */
	readonly name: string;
	readonly total: number;
	readonly open: number;
};

/** The first page: all repositories. */
export const formatRoot = (listed: readonly ListedRepository[]): string =>
	formatFrame({
		title: 'Pull requests',
		root: '.',
		above: [],
		body: html`<h1>Pull requests</h1>
<p class="meta">Saved by Cistern. This folder needs no network.</p>
<ul class="rows">
${listed.map(
	({repository, name, total, open}) =>
		html`<li><a href="${encodeURIComponent(name)}/index.html">${repository}</a>
<div class="meta">${formatCount(total, 'pull request')}, ${formatNumber(open)} open</div></li>
`,
)}</ul>`,
	});
