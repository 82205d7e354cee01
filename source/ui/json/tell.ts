import * as v from 'valibot';
import {boolean, exitCode, line, names, optional, string, text} from './words.ts';

/** The lines of tell, and the body of a webhook. */
export const tellLines = [
	line('told', 'The body that a webhook of tell gets', {
		why: v.picklist([
			'well',
			'failed',
			'worse',
			'still-failed',
			'well-again',
			'news',
			'attention',
			'test',
		]),
		title: text('One line'),
		text: string,
		exitCode,
		sources: names('Titles of the sources; empty with "names: false"'),
		result: optional(
			v.pipe(v.looseObject({}), v.description('The line "result", if the run came that far')),
		),
	}),
	line('target', 'cistern tell: a target', {
		target: text('Its name: its kind, with a number behind it from the second on'),
		when: v.picklist(['always', 'news', 'problems']),
	}),
	line('tell', 'cistern tell --test: a target', {
		target: text('Its name'),
		sent: boolean,
		reason: optional(text('Why it could not be told')),
	}),
] as const;
