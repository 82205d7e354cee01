import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import {toExcerpt} from '../../domain/text/printable-text.ts';

/** A server's words, in the fields that hold them, made fit to be shown and written down. */
const cleanFailure = (failure: Failure, redact: (text: string) => string): Failure => {
	// The token goes first: cut short it would no longer be found.
	const clean = (text: string): string => toExcerpt(redact(text));
	return {
		...failure,
		...('message' in failure ? {message: clean(failure.message)} : {}),
		...('detail' in failure ? {detail: clean(failure.detail)} : {}),
		...('address' in failure ? {address: clean(failure.address)} : {}),
		...('required' in failure ? {required: failure.required.map(clean)} : {}),
	};
};

/**
 * Every failure leaves the adapter through here: without the token, which a server may have
 * repeated, without anything a terminal would obey, and short.
 */
export const cleanError = (error: unknown, redact: (text: string) => string): unknown =>
	error instanceof FailureError ? new FailureError(cleanFailure(error.failure, redact)) : error;
