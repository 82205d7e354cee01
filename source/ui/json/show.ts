import * as v from 'valibot';
import {
	boolean,
	count,
	described,
	flag,
	line,
	listOf,
	number,
	object,
	optional,
	repository,
	string,
	text,
	time,
	when,
} from './words.ts';

const comment = v.object({
	id: v.number(),
	author: string,
	at: optional(time),
	text: text('As it was written, in Markdown; empty once it is deleted'),
	earlier: listOf(
		'The words that it had before, oldest first',
		v.object({text: string, until: optional(when('When it was changed or deleted'))}),
	),
	isDeleted: flag('Deleted at Bitbucket; earlier has its last words if a backup saw them'),
	isResolved: boolean,
	place: optional(
		object('The code that it is about', {
			path: string,
			line: optional(v.number()),
			isOutdated: boolean,
		}),
	),
	parent: optional(described('Id of the comment that it answers', v.number())),
});

const event = v.object({
	at: optional(time),
	who: string,
	kind: v.picklist([
		'approved',
		'changes-requested',
		'state',
		'pushed',
		'title',
		'description',
		'destination',
		'reviewers',
	]),
	state: optional(text('The new state')),
	commit: optional(text('The new tip of its branch')),
	before: optional(text('The title, description or branch that was replaced')),
	after: optional(text('The new branch')),
});

/** The lines of show. */
export const showLines = [
	line('pull-request', 'cistern show: a saved pull request', {
		repository,
		id: v.number(),
		title: string,
		state: text("Bitbucket's word in small letters: open, merged, declined, superseded"),
		isDraft: boolean,
		author: string,
		createdOn: optional(time),
		updatedOn: optional(time),
		from: optional(text('Its branch')),
		to: optional(text('The branch that it goes to')),
		description: text('As it was written, in Markdown'),
		participants: v.array(
			v.object({
				name: string,
				verdict: optional(v.picklist(['approved', 'changes-requested'])),
			}),
		),
		comments: v.union([
			number('How many, in a list'),
			listOf('Each of them, with the number of a pull request', comment),
		]),
		openTasks: count,
		closedBy: optional(string),
		tasks: optional(
			v.array(
				v.object({
					text: string,
					isOpen: boolean,
					author: string,
					resolvedBy: optional(string),
					resolvedOn: optional(time),
				}),
			),
		),
		events: optional(v.array(event)),
	}),
] as const;
