import {isJsonObject, type JsonObject, objectsOf, parseJson} from '../json.ts';
import {dateOf, nameOf, textOf} from './pull-request.ts';

/** Something that happened to a pull request, beside comments. */
export type PullRequestEvent = {
	readonly at: string | undefined;
	readonly who: string;
} & (
	| {readonly kind: 'approved' | 'changes-requested'}
	/** `state`: Bitbucket's word in small letters. */
	| {readonly kind: 'state'; readonly state: string}
	/** `commit`: the new tip of its branch. */
	| {readonly kind: 'pushed'; readonly commit: string}
	/** `before`: the words that were replaced. */
	| {readonly kind: 'title' | 'description'; readonly before: string}
	| {readonly kind: 'destination'; readonly before: string; readonly after: string}
	| {readonly kind: 'reviewers'}
);

/**
 * Reads an `activity.json`. An `update` entry tells the whole pull request as it was then, so the
 * difference from the one before it is what happened. `comment` entries are in `comments.json`.
 */
export const readActivity = (text: string): readonly PullRequestEvent[] => {
	const events: PullRequestEvent[] = [];
	let before: JsonObject | undefined;
	for (const entry of objectsOf(parseJson(text)).toSorted(byDate)) {
		const {approval, changes_requested: request, update} = entry;
		if (isJsonObject(approval)) {
			events.push({...whenAndWho(approval, 'user'), kind: 'approved'});
		} else if (isJsonObject(request)) {
			events.push({...whenAndWho(request, 'user'), kind: 'changes-requested'});
		} else if (isJsonObject(update)) {
			events.push(...(before === undefined ? [] : compareUpdates(before, update)));
			before = update;
		}
	}

	return events;
};

const momentOf = (entry: JsonObject): number => {
	const dates = Object.values(entry).flatMap((event) =>
		isJsonObject(event) ? (dateOf(event['date']) ?? []) : [],
	);
	return dates[0] === undefined ? 0 : Date.parse(dates[0]);
};

const byDate = (left: JsonObject, right: JsonObject): number => momentOf(left) - momentOf(right);

const whenAndWho = (event: JsonObject, person: string): Pick<PullRequestEvent, 'at' | 'who'> => ({
	at: dateOf(event['date']),
	who: nameOf(event[person]),
});

const compareUpdates = (before: JsonObject, after: JsonObject): readonly PullRequestEvent[] => {
	const common = whenAndWho(after, 'author');
	const [state, commit] = [textOf(after['state']), commitOf(after['source'])];
	const [old, target] = [branchOf(before['destination']), branchOf(after['destination'])];
	return [
		...changedTexts(before, after).map((changed) => ({...common, ...changed})),
		...(old === target || old === '' || target === ''
			? []
			: [{...common, kind: 'destination' as const, before: old, after: target}]),
		...(reviewersOf(before) === reviewersOf(after)
			? []
			: [{...common, kind: 'reviewers' as const}]),
		...(commit === commitOf(before['source']) || commit === ''
			? []
			: [{...common, kind: 'pushed' as const, commit}]),
		...(state === textOf(before['state']) || state === ''
			? []
			: [{...common, kind: 'state' as const, state: state.toLowerCase()}]),
	];
};

const changedTexts = (before: JsonObject, after: JsonObject) =>
	(['title', 'description'] as const)
		.filter((kind) => textOf(before[kind]) !== textOf(after[kind]))
		.map((kind) => ({kind, before: textOf(before[kind])}));

const fieldOf = (end: unknown, part: string, field: string): string => {
	const owner = isJsonObject(end) ? end[part] : undefined;
	return isJsonObject(owner) ? textOf(owner[field]) : '';
};

const branchOf = (end: unknown): string => fieldOf(end, 'branch', 'name');

const commitOf = (end: unknown): string => fieldOf(end, 'commit', 'hash');

const reviewersOf = ({reviewers}: JsonObject): string =>
	objectsOf(reviewers)
		.map((user) => textOf(user['uuid']))
		.toSorted()
		.join();
