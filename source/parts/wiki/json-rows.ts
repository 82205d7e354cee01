import * as v from 'valibot';

export const wikiRows = {
	stages: ['wiki'],
	fields: {
		status: {hasWiki: v.boolean()},
		'restore-started': {wikis: v.pipe(v.number(), v.integer(), v.minValue(0))},
	},
} as const;
