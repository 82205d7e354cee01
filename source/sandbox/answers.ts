import type {Readable} from 'node:stream';

/** The answer to one request. */
export type Answer = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | Buffer | Readable;
};

/** An answer of the API before it becomes text. */
export type RestAnswer = {
	readonly status: number;
	readonly body: unknown;
	readonly headers?: Readonly<Record<string, string>>;
};

export const jsonAnswer = (
	status: number,
	body: unknown,
	headers: Readonly<Record<string, string>> = {},
): Answer => ({
	status,
	headers: {'content-type': 'application/json; charset=utf-8', ...headers},
	body: JSON.stringify(body),
});

export const textAnswer = (
	status: number,
	body: string | Buffer,
	headers: Readonly<Record<string, string>> = {},
): Answer => ({status, headers: {'content-type': 'text/plain', ...headers}, body});

/** Bitbucket's own words and shapes, as other projects recorded them, because a client may match them. */
export type ErrorBody = {
	readonly type?: 'error';
	readonly error: {
		readonly message: string;
		readonly detail?: unknown;
		readonly data?: unknown;
		readonly fields?: unknown;
	};
	readonly data?: unknown;
};

const withMessage = (message: string): ErrorBody => ({type: 'error', error: {message}});

/** The same for deleted, forbidden and not signed in. The git server sends it as plain text. */
export const noAccessMessage =
	'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.';

export const rateLimitMessage = 'Rate limit for this resource has been exceeded';

/** Bitbucket's git server sends this instead of refs for some empty repositories. */
export const forkExecMessage =
	'Error running git: fork/exec /usr/bin/git-upload-pack: no such file or directory';

export const noAccess = withMessage(noAccessMessage);
export const rateLimited = withMessage(rateLimitMessage);
export const invalidPagelen = withMessage('Invalid pagelen');
export const invalidPage = withMessage('Invalid page');

export const tokenRefused = withMessage(
	'Token is invalid, expired, or not supported for this endpoint.',
);

export const noWorkspace = (id: string): ErrorBody =>
	withMessage(`No workspace with identifier '${id}'.`);

export const notAMember = withMessage('Your credentials do not have access to this workspace.');

export const noApi: ErrorBody = {
	type: 'error',
	error: {message: 'Resource not found', detail: 'There is no API hosted at this URL'},
};

/** Comes without the usual `type`. */
export const tokenNotSupported: ErrorBody = {
	error: {message: 'This resource does not support authentication using the provided token'},
};

/** Scope names in the style of the credential: classic for access tokens. */
export const scopesMissing = (
	required: readonly string[],
	granted: readonly string[],
): ErrorBody => ({
	type: 'error',
	error: {
		message: 'Your credentials lack one or more required privilege scopes.',
		detail: {required, granted},
	},
});

/** `change` is an entry of Bitbucket's changelog: `CHANGE-2770`. */
export const removed = (change: string): ErrorBody => {
	const data = {
		announcement_url: `https://developer.atlassian.com/cloud/bitbucket/changelog#${change}`,
	};
	return {
		type: 'error',
		error: {
			message: `${change} - Functionality has been deprecated`,
			detail: 'Please read the changelog entry for more details.',
			data,
		},
		data,
	};
};
