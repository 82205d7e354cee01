import * as v from 'valibot';
import {line, listOf, object, optional, source, string, text} from './words.ts';

export const accessLine = object('cistern check: one test', {
	id: string,
	label: string,
	state: v.picklist(['running', 'ok', 'attention', 'failed']),
	text: text('The result'),
	consequence: optional(text('The meaning and the next step')),
});

/** The line of a check. */
export const accessLines = [
	line('access', 'cistern check: a source', {
		source,
		workspace: string,
		verdict: v.picklist(['good', 'limited', 'unreachable', 'refused']),
		suspects: listOf(
			'Settings to check again, the likeliest cause first',
			v.picklist(['workspace', 'authName', 'apiAuthName', 'token']),
		),
		lines: v.array(accessLine),
	}),
] as const;
