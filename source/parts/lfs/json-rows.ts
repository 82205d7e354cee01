import * as v from 'valibot';

const flag = (words: string) => v.pipe(v.boolean(), v.description(words));

export const lfsRows = {
	fields: {
		outcome: {usesLfs: flag('It has LFS files, which are not in the mirror')},
		report: {
			lfs: v.pipe(v.array(v.string()), v.description('Repositories whose LFS files are not saved')),
		},
		status: {usesLfs: v.boolean()},
		restored: {usesLfs: flag('Its LFS files are not in the backup')},
	},
} as const;
