import * as v from 'valibot';
import {
	boolean,
	described,
	exitCode,
	flag,
	line,
	listOf,
	names,
	number,
	optional,
	string,
	text,
	when,
} from './words.ts';

/** The lines of tell and schedule, and the body of a webhook. */
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
		result: optional(described('The line "result", if the run came that far', v.looseObject({}))),
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
	line('schedule', 'cistern schedule: what a scheduler has of Cistern', {
		with: v.picklist(['systemd', 'cron', 'launchd', 'task-scheduler']),
		lines: listOf("What runs and when, in the scheduler's words", string),
		next: optional(when('When it runs next, if the scheduler tells')),
		last: optional(when('When it ran last')),
		lastExitCode: optional(number('Of that run')),
		persistent: flag('Is a run caught up that was missed while the computer was off?'),
		problems: listOf('What keeps it from working, or may', string),
	}),
] as const;
