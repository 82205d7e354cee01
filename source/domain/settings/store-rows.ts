import {type Check, checkTitle, oneOf} from '../answers/checks.ts';
import {parseDuration} from '../text/format.ts';
import type {SettingRow} from './setting-row.ts';

const checkPeriod: Check = (text) =>
	parseDuration(text) === undefined ? 'must be a duration such as 90d' : undefined;

const checkFlag: Check = (text) =>
	/^(true|false)$/.test(text) ? undefined : 'must be true or false';

/** A store: a second place for the backup. */
export const store = {
	title: {
		kind: 'text',
		help: 'A name for it, for --store and for messages.',
		examples: ['offsite'],
		check: checkTitle,
		missing: 'a name for the store',
	},
	type: {
		kind: 'text',
		help: 'folder: another disk, a share, a NAS. s3: a bucket of AWS S3 or of any service with its API.',
		examples: ['s3'],
		choices: ['folder', 's3'],
		check: oneOf('folder', 's3'),
		missing: 'folder or s3',
	},
	path: {
		kind: 'text',
		help: 'For a folder: where it is. It has to be there already: a share that is not mounted must not look like an empty store. A relative path starts at this file; ~ is your home folder.',
		examples: ['/mnt/nas/cistern'],
	},
	endpoint: {
		kind: 'text',
		help: 'For s3: the address of the service. Default: AWS.',
		examples: ['https://s3.eu-central-003.backblazeb2.com'],
		check: (text: string) =>
			/^https?:\/\/[^/?#@]+\/?$/.test(text)
				? undefined
				: 'must be an address such as https://s3.example.com',
	},
	region: {
		kind: 'text',
		help: 'For s3: the region of the bucket. Default: us-east-1.',
		examples: ['eu-central-003'],
	},
	bucket: {kind: 'text', help: 'For s3: the bucket.', examples: ['acme-git']},
	prefix: {
		kind: 'text',
		help: 'For s3: put before all names in the bucket.',
		examples: ['cistern'],
		check: (text: string) =>
			/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(text)
				? undefined
				: 'must be letters, digits and -_./ without a slash at its ends',
	},
	pathStyle: {
		kind: 'text',
		help: 'For s3: true if the bucket is part of the path instead of the name of the host. Default: true with an endpoint.',
		examples: ['true'],
		check: checkFlag,
	},
	accessKeyId: {
		kind: 'password',
		isSecret: true,
		help: 'For s3: the id of its access key.',
		examples: ["'%STORE_KEY_ID%'"],
	},
	secretAccessKey: {
		kind: 'password',
		isSecret: true,
		help: 'For s3: the secret of its access key.',
		examples: ["'%STORE_SECRET%'"],
	},
	sessionToken: {
		kind: 'password',
		isSecret: true,
		help: 'For s3: the session token of a key that is valid for some hours.',
		examples: ["'%STORE_SESSION%'"],
	},
	credentialsCommand: {
		kind: 'command',
		help: "For s3: a command that prints a key, in the form of AWS's credential_process. In place of accessKeyId and secretAccessKey.",
		examples: ['aws configure export-credentials --format process'],
	},
	recipients: {
		kind: 'list-or-none',
		help: 'The public keys of age that the store is sealed for. Only a holder of one of their secret keys can read it, and this computer needs none of these. Name at least two. none: everyone who sees the store can read it.',
		examples: ['[age1…, age1…]'],
	},
	runner: {
		kind: 'password',
		isSecret: true,
		help: 'For runs without a folder (--stateless): the secret key of the run itself. It opens the lists of the store and all metadata, but no code, no LFS file and no download.',
		examples: ["'%STORE_RUNNER_KEY%'"],
	},
	retention: {
		kind: 'duration',
		help: 'For s3: how long each object is locked (object lock, COMPLIANCE). Default: as the bucket says.',
		examples: ['90d'],
		check: checkPeriod,
	},
	fullAfter: {
		kind: 'duration',
		help: 'A repository that changes is sent whole again after this time. Default: 90d.',
		examples: ['90d'],
		check: checkPeriod,
	},
	sources: {
		kind: 'list',
		help: 'The titles of the sources that are sent there. Default: all.',
		examples: ['[acme]'],
	},
} as const satisfies Readonly<Record<string, SettingRow>>;
