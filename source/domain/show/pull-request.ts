import {isJsonObject, type JsonObject, objectsOf, parseJson} from '../json.ts';

/** How a participant of a pull request stands to it. */
export type Participant = {
	readonly name: string;
	readonly verdict: 'approved' | 'changes-requested' | undefined;
};

/** A pull request as a reader sees it. Any field may be missing in what Bitbucket gave. */
export type ShownPullRequest = {
	readonly id: number;
	readonly title: string;
	/** Bitbucket's word in small letters: `open`, `merged`, `declined`, `superseded`. */
	readonly state: string;
	readonly isDraft: boolean;
	readonly author: string;
	/** RFC 3339. */
	readonly createdOn: string | undefined;
	readonly updatedOn: string | undefined;
	/** Names of branches, undefined where their repository is gone. */
	readonly from: string | undefined;
	readonly to: string | undefined;
	/** As its author wrote it, in Markdown. */
	readonly description: string;
	/** Those who take part, but for the author. */
	readonly participants: readonly Participant[];
	readonly comments: number;
	readonly openTasks: number;
	readonly closedBy: string | undefined;
};

/** A person whose account is gone or was never told. */
export const unknownName = 'unknown';

/** Undefined for a text that is no pull request. */
export const readShown = (text: string): ShownPullRequest | undefined => {
	const json = parseJson(text);
	const id = isJsonObject(json) ? json['id'] : undefined;
	return isJsonObject(json) && typeof id === 'number' ? toShown(id, json) : undefined;
};

const toShown = (id: number, json: JsonObject): ShownPullRequest => {
	const author = nameOf(json['author']);
	return {
		id,
		title: textOf(json['title']),
		state: textOf(json['state']).toLowerCase(),
		isDraft: json['draft'] === true,
		author,
		createdOn: dateOf(json['created_on']),
		updatedOn: dateOf(json['updated_on']),
		from: branchOf(json['source']),
		to: branchOf(json['destination']),
		description: textOf(json['description']),
		participants: objectsOf(json['participants'])
			.map(toParticipant)
			.filter(({name, verdict}) => name !== author || verdict !== undefined),
		comments: countOf(json['comment_count']),
		openTasks: countOf(json['task_count']),
		closedBy: json['closed_by'] === null ? undefined : nameIfAny(json['closed_by']),
	};
};

export const isOpen = ({state}: Pick<ShownPullRequest, 'state'>): boolean => state === 'open';

const toParticipant = (json: JsonObject): Participant => {
	const {state} = json;
	return {
		name: nameOf(json['user']),
		verdict:
			state === 'changes_requested'
				? 'changes-requested'
				: state === 'approved' || json['approved'] === true
					? 'approved'
					: undefined,
	};
};

const branchOf = (end: unknown): string | undefined => {
	const branch = isJsonObject(end) ? end['branch'] : undefined;
	const name = isJsonObject(branch) ? branch['name'] : undefined;
	return typeof name === 'string' ? name : undefined;
};

const nameIfAny = (user: unknown): string | undefined => {
	const {display_name: name, nickname, username} = isJsonObject(user) ? user : {};
	return [name, nickname, username].find(
		(one): one is string => typeof one === 'string' && one !== '',
	);
};

export const nameOf = (user: unknown): string => nameIfAny(user) ?? unknownName;

/**
 * The text with names in place of account ids, which is how Bitbucket keeps mentions: `@{5571:0c1d}`.
 * `people`: names by account id.
 */
export const nameMentions = (text: string, people: JsonObject): string =>
	text.replaceAll(/@\{([^{}\s]{1,128})\}/g, (mention, id: string) => {
		const name = Object.hasOwn(people, id) ? textOf(people[id]) : '';
		return name === '' ? mention : `@${name}`;
	});

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const countOf = (value: unknown): number =>
	typeof value === 'number' && value > 0 ? Math.trunc(value) : 0;

/** RFC 3339 of a date that there is; Bitbucket's own has six digits of a second. */
export const dateOf = (value: unknown): string | undefined => {
	const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
	return Number.isNaN(at) ? undefined : new Date(at).toISOString();
};
