import type {Readable} from 'node:stream';

/** What goes back for one request. */
export type Answer = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | Buffer | Readable;
};

/** An answer of the API before it is written out. */
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
