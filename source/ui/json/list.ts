import * as v from 'valibot';
import {
	count,
	flag,
	line,
	listOf,
	number,
	optional,
	repository,
	source,
	string,
	text,
	when,
} from './words.ts';

/** The lines of list. */
export const listLines = [
	line('listed', 'cistern list: a repository in scope', {
		source,
		repository,
		uuid: string,
		isPrivate: flag('Not everyone may see it'),
		size: number('Bytes, as Bitbucket counts them'),
	}),
	line('listing', 'cistern list: the end of a source', {
		source,
		workspace: string,
		at: when('When its reading began'),
		repositories: number('Repositories that are listed'),
		inScope: number('Those that the settings include'),
		unreadable: listOf(
			'Entries that cannot be used, by their page and their place there',
			v.object({
				page: count,
				place: count,
				name: optional(string),
				uuid: optional(string),
				detail: string,
			}),
		),
		place: optional(text('With --to: where the listing is')),
	}),
] as const;
