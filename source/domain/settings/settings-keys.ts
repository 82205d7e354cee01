/**
 * The keys of a settings file, section by section. It is SCM Backup's format, so all of its keys
 * are known; `unused` are those that change nothing here (its documentation, "Configuration", and
 * its `Config`, `ConfigEmail`, `ConfigOptions` and `ConfigSource` classes).
 */
export const settingsKeys = {
	top: {
		used: ['localFolder', 'sources', 'concurrency', 'options'],
		unused: ['waitSecondsOnError', 'email', 'scms'],
	},
	options: {used: ['backup'], unused: ['git', 's3']},
	backup: {
		used: ['removeDeletedRepos'],
		unused: [
			'logRepoFinished',
			'addTimestampedSubfolder',
			'timestampFormat',
			's3BucketName',
			'backupByProject',
		],
	},
	source: {
		used: [
			'title',
			'hoster',
			'type',
			'name',
			'authName',
			'apiAuthName',
			'password',
			'passwordCommand',
			'tokenExpires',
			'includeRepos',
			'ignoreRepos',
			'lfs',
			'apiUrl',
		],
		unused: [],
	},
} as const;

export type SectionName = keyof typeof settingsKeys;

const placeOf: Readonly<Record<SectionName, string>> = {
	top: 'at the top level',
	options: 'below options',
	backup: 'below options, backup',
	source: 'in a source',
};

/** In which other section a key would be right, in words. */
export const rightPlace = (key: string, section: SectionName): string | undefined => {
	const names = Object.keys(settingsKeys) as SectionName[];
	const other = names.find((name) => name !== section && knownKeys(name).includes(key));
	return other === undefined ? undefined : placeOf[other];
};

export const knownKeys = (section: SectionName): readonly string[] => [
	...settingsKeys[section].used,
	...settingsKeys[section].unused,
];

/** What may be given outside the file, and how it is called in each place. */
export const answers = {
	workspace: {key: 'name', option: '--workspace', variable: 'CISTERN_WORKSPACE'},
	type: {key: 'type', option: '--type', variable: 'CISTERN_TYPE'},
	authName: {key: 'authName', option: '--auth-name', variable: 'CISTERN_AUTH_NAME'},
	apiAuthName: {
		key: 'apiAuthName',
		option: '--api-auth-name',
		variable: 'CISTERN_API_AUTH_NAME',
	},
	token: {key: 'password', option: '--token-stdin', variable: 'CISTERN_TOKEN'},
	folder: {key: 'localFolder', option: '--folder', variable: 'CISTERN_FOLDER'},
	apiUrl: {key: 'apiUrl', option: '--api-url', variable: 'CISTERN_API_URL'},
} as const;

export type AnswerName = keyof typeof answers;

/** `--workspace (CISTERN_WORKSPACE)` */
export const describeAnswer = (name: AnswerName): string =>
	`${answers[name].option} (${answers[name].variable})`;
