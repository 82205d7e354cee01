import type {IncomingHttpHeaders} from 'node:http';
import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import type {
	MetadataAnswer,
	MetadataDenied,
	MetadataKind,
	MetadataRead,
	MetadataServer,
} from '../../ports/metadata.ts';
import {checkNext, readPage, readScopes, toObject} from './answers.ts';
import type {Cleaner} from './credentials.ts';
import {type Answer, failureOfAnswer} from './failures.ts';
import {isList, lackOfScope, pathOf, repositoryPath} from './metadata-endpoints.ts';
import {saveFile} from './metadata-files.ts';
import {type Client, requestApi} from './request-api.ts';
import {readSnippet} from './snippets.ts';

export type MetadataOptions = {
	readonly client: Client;
	/** The address of the API, without a slash at its end. */
	readonly base: string;
	/** The source's workspace. */
	readonly workspace: string;
	readonly cleaner: Cleaner;
};

/** Bytes of a patch or a snippet's file. One that is longer is no use in a repository of texts. */
const maxBytes = 100 * 1024 * 1024;

/** The metadata of one source. */
export const openMetadata = (options: MetadataOptions): MetadataServer => {
	const {client, base, workspace, cleaner} = options;
	const {redact, run: clean} = cleaner;
	const {origin} = new URL(base);
	let held: readonly string[] | undefined;

	const addressOf = (snippet: string): string =>
		`${base}/snippets/${encodeURIComponent(workspace)}/${encodeURIComponent(snippet)}`;

	const deny = (failure: Failure): MetadataDenied => {
		const denied = denialOf(cleaner.failure(failure));
		if (denied === undefined) {
			throw new FailureError(failure);
		}

		return denied;
	};

	return {
		foreseeRefusal: (kind) => {
			const lacking = held && lackOfScope(kind, held);
			return lacking === undefined
				? undefined
				: deny({kind: 'permission-missing', door: 'api', required: [lacking]});
		},
		heldScopes: () => held,
		readMetadata: (request, signal) =>
			clean(async (): Promise<MetadataAnswer> => {
				const {page} = request;
				const address =
					page === undefined ? `${base}/${pathOf(request, workspace)}` : checkNext(page, origin);
				const answer = await requestApi(address, client, signal);
				held = readScopes(answer.headers) ?? held;
				if (answer.status !== 200) {
					return deny(failureOfAnswer(answer, 'api', Date.now()));
				}

				const read = toMetadata({...answer, text: redact(answer.text)}, request.kind, origin);
				return 'state' in read ? read : deny(read);
			}),
		savePatch: (repository, id, file, signal) =>
			clean(() => {
				const url = `${base}/${repositoryPath(repository)}/pullrequests/${id}/patch`;
				return saveFile({url, origin, client, file, limit: maxBytes, signal, deny});
			}),
		saveDownload: (repository, name, file, {signal, limit}) =>
			clean(() => {
				const url = `${base}/${repositoryPath(repository)}/downloads/${encodeURIComponent(name)}`;
				return saveFile({url, origin, client, file, limit, signal, deny});
			}),
		readSnippet: (id, {folder, form, signal}) =>
			clean(() => readSnippet({url: addressOf(id), client, folder, form, signal, deny, redact})),
		saveSnippetFile: (id, name, file, signal) =>
			clean(() => {
				const url = `${addressOf(id)}/files/${encodeURIComponent(name)}`;
				return saveFile({url, origin, client, file, limit: maxBytes, signal, deny});
			}),
	};
};

/** Bitbucket sends this for a repository that is deleted or hidden, and in an outage for all of them. */
const unreachableWords = /may not have access to this repository/i;

/** Undefined for a failure that may pass, or that concerns more than this question. */
const denialOf = (failure: Failure): MetadataDenied | undefined => {
	switch (failure.kind) {
		case 'payment-required':
		case 'permission-missing':
		case 'forbidden':
			return {state: 'refused', failure};
		case 'gone':
			return {state: 'absent', failure};
		case 'not-found':
			return unreachableWords.test(failure.message) ? undefined : {state: 'absent', failure};
		default:
			return undefined;
	}
};

/** The items of a success, or the refusal that some successes hold instead. */
const toMetadata = (answer: Answer, kind: MetadataKind, origin: string): MetadataRead | Failure => {
	const {values, size, next} = readPage(answer, isList(kind));
	// For a workspace of the free plan, the list of snippets holds a sentence in place of snippets.
	const [first] = values;
	if (typeof first === 'string') {
		return {kind: 'payment-required', message: first};
	}

	return {
		state: 'read',
		values: values.map(toObject),
		isList: isList(kind),
		next: next && checkNext(next, origin),
		size,
		at: readDate(answer.headers),
	};
};

const readDate = ({date}: IncomingHttpHeaders): number | undefined => {
	const time = Date.parse(date ?? '');
	return Number.isNaN(time) ? undefined : time;
};
