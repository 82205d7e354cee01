import * as v from 'valibot';
import {line, optional, source, string, text} from './words.ts';

export const accessLine = v.pipe(
	v.object({
		id: string,
		label: string,
		state: v.picklist(['running', 'ok', 'attention', 'failed']),
		text: text('The result'),
		consequence: optional(text('The meaning and the next step')),
	}),
	v.description('cistern check: one test'),
);

/** The line of a check. */
export const accessLines = [
	line('access', 'cistern check: a source', {
		source,
		workspace: string,
		verdict: v.picklist(['good', 'limited', 'unreachable', 'refused']),
		suspects: v.pipe(
			v.array(v.picklist(['workspace', 'authName', 'apiAuthName', 'token'])),
			v.description('Settings to check again, the likeliest cause first'),
		),
		lines: v.array(accessLine),
	}),
] as const;
