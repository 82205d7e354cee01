import {readFileSync} from 'node:fs';

type Texts = string | readonly string[];

/** A statement of a policy of AWS. */
type Statement = {
	readonly Effect: 'Allow' | 'Deny';
	readonly Action: Texts;
	readonly Resource?: Texts;
	readonly NotResource?: Texts;
};

/** The bucket that the pages of docs name. */
const printedBucket = 'acme-git';

/** The statements of the policy that a page of docs prints, for a bucket of this name. */
export const readPolicy = (page: string, bucket = printedBucket): readonly Statement[] => {
	const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
	const [, json = ''] = /```json\n(\{\s*"Version"[\s\S]*?)```/.exec(text) ?? [];
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
