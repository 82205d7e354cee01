import type {Readable} from 'node:stream';

type Headers = Readonly<Record<string, string>>;

/** The answer to one request. */
export type Answer = {
	readonly status: number;
	readonly headers: Headers;
	readonly body: string | Buffer | Readable;
};

/** An answer of the API before it becomes text. */
export type RestAnswer = {
	readonly status: number;
	readonly body: unknown;
	readonly headers?: Headers;
	/** `body` is a text or bytes, to be sent as they are. */
	readonly isPlain?: true;
};

/** A text or bytes as they are, and anything else as JSON. */
export const restAnswer = ({status, body, headers = {}, isPlain}: RestAnswer): Answer =>
	isPlain && (typeof body === 'string' || Buffer.isBuffer(body))
		? textAnswer(status, body, headers)
		: jsonAnswer({status, body, headers});

export const jsonAnswer = ({status, body, headers}: RestAnswer): Answer => ({
	status,
	headers: {'content-type': 'application/json; charset=utf-8', ...headers},
	body: JSON.stringify(body),
});

export const textAnswer = (
	status: number,
	body: string | Buffer,
	headers: Headers = {},
): Answer => ({status, headers: {'content-type': 'text/plain', ...headers}, body});

/** Bitbucket's own words and shapes, as other projects recorded them, because a client may match them. */
const refuse = (status: number, message: string, detail?: unknown): RestAnswer => ({
	status,
	body: {type: 'error', error: {message, ...(detail !== undefined && {detail})}},
});

/** The same for deleted, forbidden and not signed in. The git server sends it as plain text. */
export const noAccessMessage =
	'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.';

export const scopesMissingMessage = 'Your credentials lack one or more required privilege scopes.';

export const rateLimitMessage = 'Rate limit for this resource has been exceeded';

/** Bitbucket's git server sends this instead of refs for some empty repositories. */
export const forkExecMessage =
	'Error running git: fork/exec /usr/bin/git-upload-pack: no such file or directory';

export const noAccess = refuse(404, noAccessMessage);
export const rateLimited = refuse(429, rateLimitMessage);
export const invalidPagelen = refuse(400, 'Invalid pagelen');
export const invalidPage = refuse(400, 'Invalid page');
export const invalidQuery = refuse(400, 'Invalid query');
export const invalidContext = refuse(400, 'Invalid context');
export const noSuchThing = refuse(404, 'Resource not found');
export const serverError = refuse(500, 'Internal server error');

/** Bitbucket's own status for a request that took too long. */
export const tooLong: RestAnswer = {status: 555, body: '', isPlain: true};

export const paymentRequired: RestAnswer = {
	status: 402,
	body: 'A workspace on a Free plan does not support uploading or downloading files. Upgrade to a Standard or Premium plan.',
	isPlain: true,
};

/** Of an endpoint that Bitbucket removed: of issues, and of lists over all workspaces. */
export const removed = (change: string): RestAnswer =>
	refuse(
		410,
		`${change} - Functionality has been deprecated`,
		'Please read the changelog entry for more details.',
	);

export const noApi = refuse(404, 'Resource not found', 'There is no API hosted at this URL');

export const signInFirst: RestAnswer = {
	...refuse(401, 'Token is invalid, expired, or not supported for this endpoint.'),
	headers: {'www-authenticate': 'Basic realm="Bitbucket"'},
};

export const noWorkspace = (id: string): RestAnswer =>
	refuse(404, `No workspace with identifier '${id}'.`);

export const notAMember = refuse(403, 'Your credentials do not have access to this workspace.');

/** Comes without the usual `type`. */
export const tokenNotSupported: RestAnswer = {
	status: 403,
	body: {
		error: {message: 'This resource does not support authentication using the provided token'},
	},
};

/** Names scopes in the style of the credential: classic for access tokens. */
export const scopesMissing = (required: string, granted: readonly string[]): RestAnswer =>
	refuse(403, scopesMissingMessage, {required: [required], granted});
