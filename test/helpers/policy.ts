import {readFileSync} from 'node:fs';

type Texts = string | readonly string[];

/** A statement of a policy of AWS. */
type Statement = {
	readonly Effect: 'Allow' | 'Deny';
	readonly Action: Texts;
	readonly Resource?: Texts;
	readonly NotResource?: Texts;
};

const readPage = (page: string): string =>
	readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');

/** The bucket that the pages of docs name. */
const printedBucket = 'acme-git';

/** The statements of the policy that a page of docs prints, for a bucket of this name. */
export const readPolicy = (page: string, bucket = printedBucket): readonly Statement[] => {
	const [, json = ''] = /```json\n(\{\s*"Version"[\s\S]*?)```/.exec(readPage(page)) ?? [];
	return JSON.parse(json.replaceAll(printedBucket, bucket)).Statement;
};

/** `*` stands for anything, also for several folders. */
const includes = (patterns: Texts, text: string): boolean =>
	[patterns]
		.flat()
		.map((pattern) =>
			pattern.replaceAll(/[.?+^$(){}[\]|\\]/g, String.raw`\$&`).replaceAll('*', '.*'),
		)
		.some((pattern) => new RegExp(`^${pattern}$`).test(text));

const concerns = (statement: Statement, action: string, resource: string): boolean =>
	includes(statement.Action, action) &&
	(statement.NotResource === undefined
		? includes(statement.Resource ?? [], resource)
		: !includes(statement.NotResource, resource));

/** Asks a policy as AWS does: a refusal outweighs everything, and nothing is allowed by default. */
export const allowedBy =
	(statements: readonly Statement[], bucket = printedBucket) =>
	(action: string, key: string): boolean => {
		const resource = `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`;
		const effects = statements
			.filter((statement) => concerns(statement, action, resource))
			.map(({Effect}) => Effect);
		return effects.includes('Allow') && !effects.includes('Deny');
	};

/**
 * Rights of stores that do not know AWS's, in AWS's words: Backblaze B2 (its page "S3-Compatible App
 * Keys"), where to delete without naming a version only hides, and Cloudflare R2 (its page
 * "Authentication").
 */
const rightsBehind: Readonly<Record<string, readonly string[]>> = {
	listFiles: ['s3:ListBucket'],
	readFiles: ['s3:GetObject', 's3:GetObjectVersion'],
	writeFiles: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'],
	deleteFiles: ['s3:DeleteObjectVersion'],
	readFileRetentions: ['s3:GetObjectRetention'],
	writeFileRetentions: ['s3:PutObjectRetention'],
	'Object Read only': ['s3:GetObject', 's3:ListBucket'],
	'Object Read & Write': [
		's3:GetObject',
		's3:ListBucket',
		's3:PutObject',
		's3:AbortMultipartUpload',
		's3:DeleteObject',
	],
};

/** All rights, in AWS's words, that a text of docs names in the words of any store. */
export const rightsIn = (text: string): ReadonlySet<string> =>
	new Set([
		...(text.match(/s3:[A-Z]\w+/g) ?? []),
		...Object.entries(rightsBehind).flatMap(([word, rights]) =>
			text.includes(word) ? rights : [],
		),
	]);

/** The first line or sentence of a page of docs that fits. */
export const findInPage = (page: string, form: RegExp): string => {
	const [found] = form.exec(readPage(page)) ?? [];
	if (found === undefined) {
		throw new Error(`${page} has no ${form}`);
	}

	return found;
};
