import * as v from 'valibot';

const text = (words: string) => v.pipe(v.string(), v.description(words));
const flag = (words: string) => v.pipe(v.boolean(), v.description(words));
const number = (words: string) =>
	v.pipe(v.number(), v.integer(), v.minValue(0), v.description(words));

const counts = {
	objects: number('LFS files that are here'),
	size: number('Their bytes'),
	missing: number('LFS files that are not here'),
	accepted: number('Those of them that were accepted as missing'),
};

const usesLfs = flag(
	'It has LFS files that are not in the mirror and were not accepted as missing',
);

const why = v.pipe(
	v.picklist([
		'not-upstream',
		'not-as-named',
		'elsewhere',
		'failed',
		'no-room',
		'missing',
		'damaged',
		'blocked',
	]),
	v.description(
		'not-upstream: Bitbucket says that it does not have it; not-as-named: it has another content there; elsewhere: it is on another server; failed: it could not be fetched; no-room: it does not fit on the disk; blocked: something lies in its way',
	),
);

const file = {
	path: v.optional(text('One of its paths in the repository')),
	oid: text('SHA-256 of its content'),
	why,
};

export const lfsRows = {
	stages: ['lfs'],
	fields: {
		outcome: {
			usesLfs,
			lfs: v.optional(
				v.pipe(
					v.object({...counts, received: v.optional(number('Bytes received in this run'))}),
					v.description('Absent if it has no LFS files'),
				),
			),
		},
		report: {
			lfs: v.pipe(
				v.array(v.string()),
				v.description('Repositories whose LFS files are not all saved'),
			),
			lfsReceived: v.optional(number('Bytes of LFS files that were received')),
			lfsMissing: v.optional(
				v.pipe(
					v.array(v.object({repository: v.string(), ...file, size: number('Bytes')})),
					v.description('The first LFS files that are not saved'),
				),
			),
		},
		status: {usesLfs, lfs: v.optional(v.object(counts))},
		restored: {
			usesLfs: flag('It has LFS files that could not be brought back'),
			lfs: v.optional(
				v.object({
					objects: number('LFS files that were brought back, old versions included'),
					size: number('Their bytes'),
				}),
			),
			lfsMissing: v.optional(
				v.pipe(v.array(v.object(file)), v.description('The first that could not be')),
			),
		},
	},
} as const;
