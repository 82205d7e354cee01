import {
	type Check,
	checkApiUrl,
	checkAuthName,
	checkDay,
	checkHoster,
	checkRequestsPerHour,
	checkTitle,
	checkType,
	checkWorkspace,
	oneOf,
	parseConcurrency,
} from '../answers/checks.ts';
import {parseDuration} from '../text/format.ts';
import type {OptionOfKey, SettingRow} from './setting-row.ts';
import {store} from './store-rows.ts';
import {email, target} from './telling-rows.ts';

const asOption = <Answer extends string>(
	answer: Answer,
	flags: string,
	variable: string,
	help: string,
) => ({answer, flags, variable, help});

const checkDuration: Check = (text) =>
	parseDuration(text) === undefined ? 'must be a duration such as 30m or 2h' : undefined;

const top = {
	localFolder: {
		kind: 'text',
		help: 'Where everything is saved, with a folder for each source. A relative path starts at this file; ~ is your home folder.',
		examples: ['~/bitbucket-backup'],
		missing: 'the folder that all backups go to',
		option: asOption('folder', '--folder <dir>', 'CISTERN_FOLDER', 'backup folder'),
	},
	concurrency: {
		kind: 'count',
		help: 'How many git transfers run at once, 1 to 64. Default: 4 for each processor, at most 16.',
		examples: ['8'],
		isOptional: true,
		check: (text) =>
			parseConcurrency(text) === undefined ? 'must be a whole number from 1 to 64' : undefined,
	},
	maxWait: {
		kind: 'duration',
		help: 'How long one backup waits altogether for a Bitbucket that asks to slow down or is away. The next backup does the rest. Default: up to three hours in a row.',
		examples: ['30m'],
		isOptional: true,
		check: checkDuration,
	},
	metricsFile: {
		kind: 'text',
		help: "A file that each backup writes metrics to, for the textfile collector of Prometheus' node_exporter. A relative path starts at this file.",
		examples: ['/var/lib/node_exporter/textfile/cistern.prom'],
		isOptional: true,
	},
	sources: {kind: 'section', help: 'The workspaces to back up.'},
	email: {
		kind: 'section',
		help: 'Sends a mail after each backup. This is the section of SCM Backup.',
		block: [
			'email:',
			'  from: backup@example.com',
			'  to: ann@example.com',
			'  server: smtp.example.com',
			'  port: 587',
			'  userName: backup',
			"  password: '%SMTP_PASSWORD%'",
		],
	},
	tell: {
		kind: 'section',
		help: 'More targets for messages about a backup. Each entry names one of ping, ntfy, slack, teams, discord, webhook and command.',
		block: [
			'tell:',
			'  - ping: https://hc-ping.com/%HC_UUID%',
			'  - ntfy: https://ntfy.sh/%NTFY_TOPIC%',
			'    when: problems',
		],
	},
	stores: {
		kind: 'section',
		help: 'More places for the backup: what changed is sent there after each backup. docs/off-site.md says how they are kept and read.',
		block: [
			'stores:',
			'  - title: offsite',
			'    type: folder',
			'    path: /mnt/nas/cistern',
			'    recipients: [age1…, age1…]',
		],
	},
	options: {kind: 'section', help: 'Options of all sources.'},
} as const satisfies Readonly<Record<string, SettingRow>>;

const options = {
	backup: {kind: 'section', help: 'Options of a backup.'},
} as const satisfies Readonly<Record<string, SettingRow>>;

const backup = {
	removeDeletedRepos: {
		kind: 'yes-no',
		help: 'A repository that is gone from Bitbucket stays in the backup. With true, it is moved to the trash after three complete listings without it, over at least seven days, and removed for good 30 days later.',
		examples: ['false'],
	},
	metadataTime: {
		kind: 'duration',
		help: 'How long one backup reads metadata. The next backup does the rest. Default: 6h.',
		examples: ['6h'],
		isOptional: true,
		check: checkDuration,
	},
	afterBackup: {
		kind: 'list',
		help: 'A program with its arguments that runs after each backup, while no other run works in the folder: restic, rclone or borg makes a second copy off site. It gets CISTERN_FOLDER, CISTERN_EXIT_CODE and CISTERN_SOURCES, and no variable that holds a secret of this file. If it fails, the run is incomplete (3).',
		examples: ['[restic, backup, --exclude=.cistern/lock, /srv/backup]'],
		isOptional: true,
	},
} as const satisfies Readonly<Record<string, SettingRow>>;

const source = {
	title: {
		kind: 'text',
		help: "The name of this source's folder. Each source needs its own title.",
		examples: ['acme'],
		check: checkTitle,
		missing: "the name of this source's folder",
	},
	hoster: {
		kind: 'text',
		help: 'Has to be bitbucket. Sources of other hosting services are skipped.',
		examples: ['bitbucket'],
		check: checkHoster,
	},
	type: {
		kind: 'text',
		help: 'user: the workspace id equals your user name. org: any other workspace.',
		examples: ['org'],
		choices: ['user', 'org'],
		check: checkType,
		option: asOption('type', '--type <type>', 'CISTERN_TYPE', 'user or org'),
	},
	name: {
		kind: 'text',
		help: 'The workspace id, the part of the address after bitbucket.org/',
		examples: ['acme'],
		check: checkWorkspace,
		missing: 'the workspace id, the part of the address after bitbucket.org/',
		option: asOption('workspace', '--workspace <id>', 'CISTERN_WORKSPACE', 'workspace to back up'),
	},
	authName: {
		kind: 'text',
		help: 'Your Bitbucket user name, for git (bitbucket.org/account/settings).',
		examples: ['ann'],
		check: checkAuthName,
		option: asOption(
			'authName',
			'--auth-name <name>',
			'CISTERN_AUTH_NAME',
			'Bitbucket user name, for git',
		),
	},
	apiAuthName: {
		kind: 'text',
		help: 'The e-mail address of your Atlassian account, for the API.',
		examples: ['ann@example.com'],
		check: checkAuthName,
		option: asOption(
			'apiAuthName',
			'--api-auth-name <email>',
			'CISTERN_API_AUTH_NAME',
			'Atlassian e-mail, for the API',
		),
	},
	password: {
		kind: 'password',
		help: 'An API token with scopes, from id.atlassian.com/manage-profile/security/api-tokens (app Bitbucket). It needs read:repository:bitbucket; with read:workspace:bitbucket and read:user:bitbucket, "cistern check" can say more. An access token of a workspace, project or repository works without authName and apiAuthName. Without any token, only public repositories are saved.',
		examples: ["'%BITBUCKET_TOKEN%'"],
		option: asOption(
			'token',
			'--token-stdin',
			'CISTERN_TOKEN',
			'read the token from stdin; CISTERN_TOKEN_FILE names a file with it',
		),
	},
	passwordCommand: {
		kind: 'command',
		help: 'A command that prints the token, in place of password.',
		examples: [
			'secret-tool lookup service cistern account acme',
			'security find-generic-password -s cistern -a acme -w',
			'op read op://Private/Bitbucket/token',
			'pass show bitbucket/acme',
		],
		isOptional: true,
	},
	passwordFile: {
		kind: 'text',
		help: 'A file with the token in its first line, in place of password. A relative path starts at this file; ~ is your home folder. Only you should be able to read it (chmod 600).',
		examples: ['~/.config/cistern/token'],
		isOptional: true,
	},
	tokenExpires: {
		kind: 'text',
		help: 'The day on which the token expires. Cistern warns from 30 days before.',
		examples: ['2027-03-01'],
		isOptional: true,
		check: checkDay,
	},
	includeRepos: {
		kind: 'list',
		help: 'Save only these repositories: names, or globs with * and ?.',
		examples: ['[api, web-*]'],
		isOptional: true,
	},
	ignoreRepos: {
		kind: 'list',
		help: 'Do not save these repositories: names, or globs with * and ?. Ignoring wins over including.',
		examples: ['[playground-*]'],
		isOptional: true,
	},
	lfs: {
		kind: 'text',
		help: 'save (default): save Git LFS files. report: do not save them; name each repository that has some, with exit code 3. ignore: do not save them, and say nothing.',
		examples: ['report'],
		isOptional: true,
		choices: ['save', 'report', 'ignore'],
		check: oneOf('save', 'report', 'ignore'),
		isOfPart: true,
	},
	metadata: {
		kind: 'yes-no',
		help: 'With true, what surrounds the code is saved too: pull requests with their comments, tasks, approvals and events, downloads, and settings. The token needs read:pullrequest:bitbucket for it, and further scopes for some settings.',
		examples: ['true'],
		isOptional: true,
		isOfPart: true,
	},
	requestsPerHour: {
		kind: 'text',
		help: 'How many requests metadata may cost in an hour. Bitbucket allows each account 1,000; leave some for its owner. Default: 900.',
		examples: ['900'],
		isOptional: true,
		check: checkRequestsPerHour,
		isOfPart: true,
	},
	apiUrl: {
		kind: 'text',
		help: "For a proxy in front of Bitbucket's API.",
		examples: ['https://api.bitbucket.org/2.0'],
		isOptional: true,
		check: checkApiUrl,
		option: asOption(
			'apiUrl',
			'--api-url <url>',
			'CISTERN_API_URL',
			'address of the API, for a proxy',
		),
	},
} as const satisfies Readonly<Record<string, SettingRow>>;

/**
 * The sections of the file. It is SCM Backup's format, so all keys of SCM Backup are known;
 * `unused` are those that change nothing here (its documentation, "Configuration", and its
 * `Config`, `ConfigEmail`, `ConfigOptions` and `ConfigSource` classes).
 */
export const settingsTable = {
	top: {
		rows: top,
		unused: ['waitSecondsOnError', 'scms'],
		name: 'the file',
		place: 'at the top level',
	},
	options: {rows: options, unused: ['git', 's3'], name: 'options', place: 'below options'},
	backup: {
		rows: backup,
		unused: [
			'logRepoFinished',
			'addTimestampedSubfolder',
			'timestampFormat',
			's3BucketName',
			'backupByProject',
		],
		name: 'backup',
		place: 'below options, backup',
	},
	source: {rows: source, unused: [], name: 'a source', place: 'in a source'},
	email: {rows: email, unused: [], name: 'email', place: 'below email'},
	store: {rows: store, unused: [], name: 'a store', place: 'in a store'},
	target: {rows: target, unused: [], name: 'an entry of tell', place: 'in an entry of tell'},
} as const;

export type SectionName = keyof typeof settingsTable;
export type SourceKey = keyof typeof source;
export type SettingsRows = {
	readonly [Name in SectionName]: (typeof settingsTable)[Name]['rows'];
};

/** All rows of a section, with their keys, in the order of the example. */
export const rowsOf = (section: SectionName): readonly (readonly [string, SettingRow])[] =>
	Object.entries(settingsTable[section].rows);

/** A secret may stand in the file as a value, as a command that prints it, or as a file that holds it. */
export const keysOf = (section: SectionName): readonly (readonly [string, SettingRow['kind']])[] =>
	rowsOf(section).flatMap(([key, {kind, isSecret}]) => [
		[key, kind] as const,
		...(isSecret === true
			? [[`${key}Command`, 'command'] as const, [`${key}File`, 'text'] as const]
			: []),
	]);

/** All keys that may stand in a section. */
export const knownKeys = (section: SectionName): readonly string[] => [
	...keysOf(section).map(([key]) => key),
	...settingsTable[section].unused,
];

/** In which other section a key would be right, in words. */
export const rightPlace = (key: string, section: SectionName): string | undefined => {
	const names = Object.keys(settingsTable) as SectionName[];
	const other = names.find((name) => name !== section && knownKeys(name).includes(key));
	return other === undefined ? undefined : settingsTable[other].place;
};

type RowsWithOption = Extract<
	(typeof top)[keyof typeof top] | (typeof source)[SourceKey],
	{readonly option: unknown}
>;

/** The values that an option or a variable can give in place of the file. */
export type AnswerName = RowsWithOption['option']['answer'];

/** An answer's key in the file, with its check, and its option as it is typed. */
type Answer = OptionOfKey & {
	readonly key: string;
	readonly option: string;
	readonly check: Check | undefined;
};

export const answers = Object.fromEntries(
	[...rowsOf('top'), ...rowsOf('source')].flatMap(([key, {option, check}]) =>
		option === undefined
			? []
			: [[option.answer, {...option, key, check, option: option.flags.split(' ')[0]}]],
	),
) as Readonly<Record<AnswerName, Answer>>;

/** `--workspace (CISTERN_WORKSPACE)` */
export const describeAnswer = (name: AnswerName): string =>
	`${answers[name].option} (${answers[name].variable})`;
