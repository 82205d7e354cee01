import * as v from 'valibot';

const number = (words: string) =>
	v.pipe(v.number(), v.integer(), v.minValue(0), v.description(words));

const pullRequests = number('Pull requests that are saved');

const downloads = v.optional(
	v.pipe(
		v.object({files: number('Downloads that are here'), size: number('Bytes')}),
		v.description('Downloads, if there are any'),
	),
);

const snippets = v.optional(
	v.pipe(
		v.object({
			count: number('Snippets whose files are here'),
			files: number('Their files'),
			size: number('Bytes'),
		}),
		v.description('Snippets of the workspace, if there are any'),
	),
);

export const metadataRows = {
	fields: {
		workspace: {snippets},
		status: {
			metadata: v.optional(
				v.object({
					pullRequests,
					open: number('Of them, those that were open when they were read'),
					left: number('About how many requests its first save still takes'),
					downloads,
					settingsAt: v.optional(
						v.pipe(v.string(), v.description('When its settings were last read, RFC 3339')),
					),
				}),
			),
		},
		report: {
			metadata: v.optional(
				v.object({
					repositories: number('Repositories of which metadata is read'),
					complete: number('Of them, those of which everything is here'),
					pullRequests,
					downloads,
					snippets,
					left: v.optional(
						v.object({
							requests: number('About how many requests are left'),
							duration: number('Milliseconds that they take, about'),
						}),
					),
					settings: v.optional(
						v.object({
							oldest: v.optional(
								v.pipe(
									v.string(),
									v.description('When the settings were read that are the oldest, RFC 3339'),
								),
							),
							notRead: v.pipe(
								v.array(v.object({what: v.string(), reason: v.string()})),
								v.description('Settings that the token may not read'),
							),
						}),
					),
					failed: v.optional(
						v.pipe(
							v.array(v.string()),
							v.description('Repositories of which the metadata could not be read'),
						),
					),
				}),
			),
		},
		restored: {downloads},
		'follow-up-saved': {
			pullRequests: v.optional(number('Pull requests that are new or changed')),
			comments: v.optional(number('Comments that are new or changed')),
			downloads: v.optional(number('Downloads whose contents came')),
			snippets: v.optional(number('Snippets whose files came')),
			settings: v.optional(number('Settings that are new or changed')),
		},
	},
} as const;
