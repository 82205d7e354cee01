import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import type {Credential} from '../../domain/settings/settings.ts';
import {toExcerpt} from '../../domain/text/printable-text.ts';

/** The git user name that every kind of access token takes (Atlassian, "Using access tokens"). */
const accessTokenGitUser = 'x-token-auth';

const secretMark = '[secret]';

const basic = (user: string, password: string): string =>
	`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/**
 * The API's `authorization` header. Throws `credentials-refused` for an access token with characters
 * that no header can hold, as after a wrong paste.
 */
export const apiAuthorization = (credential: Credential): string | undefined => {
	switch (credential.kind) {
		case 'none':
			return undefined;
		case 'api-token':
			return basic(credential.apiUser, credential.token.reveal());
		case 'access-token': {
			const token = credential.token.reveal();
			if (!/^[\x21-\x7e]+$/.test(token)) {
				throw new FailureError({kind: 'credentials-refused', door: 'api'});
			}

			return `Bearer ${token}`;
		}
	}
};

/** git's `authorization` header: always Basic, with another user name than the API's. */
export const gitAuthorization = (credential: Credential): string | undefined => {
	switch (credential.kind) {
		case 'none':
			return undefined;
		case 'api-token':
			return basic(credential.gitUser, credential.token.reveal());
		case 'access-token':
			return basic(accessTokenGitUser, credential.token.reveal());
	}
};

/** Takes the token out of all that a server said: it may repeat what it received. */
export type Cleaner = {
	/** The text without the token. */
	redact(text: string): string;
	/** On one line, too, printable and short. */
	excerpt(text: string): string;
	failure(failure: Failure): Failure;
	/** Cleans the failure that is thrown, if any. */
	run<Result>(act: () => Result | Promise<Result>): Promise<Result>;
};

/**
 * Every failure leaves the adapter through it: without the token, without escape sequences, and short.
 */
export const openCleaner = (redact: (text: string) => string): Cleaner => {
	// Redacted before it is cut: a token that was cut in two would not be found.
	const excerpt = (text: string): string => toExcerpt(redact(text));
	const clean = (failure: Failure): Failure => ({
		...failure,
		...('message' in failure && {message: excerpt(failure.message)}),
		...('detail' in failure && {detail: excerpt(failure.detail)}),
		...('address' in failure && {address: excerpt(failure.address)}),
		...('required' in failure && {required: failure.required.map(excerpt)}),
	});
	return {
		redact,
		excerpt,
		failure: clean,
		run: async (act) => {
			try {
				return await act();
			} catch (error) {
				throw error instanceof FailureError ? new FailureError(clean(error.failure)) : error;
			}
		},
	};
};

/** Removes the token from a text, plain or encoded: a server may repeat what it received. */
export const redactor = (credential: Credential): ((text: string) => string) => {
	if (credential.kind === 'none') {
		return (text) => text;
	}

	const sent = [
		gitAuthorization(credential),
		credential.kind === 'api-token' ? apiAuthorization(credential) : undefined,
	].map((header) => header?.slice('Basic '.length));
	const secrets = [credential.token.reveal(), ...sent].filter(
		(secret): secret is string => secret !== undefined && secret !== '',
	);
	return (text) =>
		secrets.reduce((left, secret) => left.replaceAll(secret, () => secretMark), text);
};
