import {randomUUID} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import {text} from 'node:stream/consumers';
import {type Answer, jsonAnswer} from './answers.ts';
import type {Credentials} from './credentials.ts';
import {notThere, refusal} from './git-http.ts';
import type {MediaStore} from './media.ts';
import type {SandboxRepository} from './model.ts';

type BatchRequest = {
	readonly operation: 'download' | 'upload';
	readonly objects: readonly {readonly oid: string; readonly size: number}[];
};

export type BatchAnswer = {readonly objects: readonly Readonly<Record<string, unknown>>[]};

/** Lets a test change an answer of the batch API before it is sent, or refuse the batch with a status. */
export type BatchTransform = (
	answer: BatchAnswer,
	request: BatchRequest,
) => {readonly objects: unknown; readonly transfer?: string} | {readonly status: number};

export type LfsState = {
	readonly credentials: Credentials;
	readonly media: MediaStore;
	/** `http://127.0.0.1:PORT` of the media server. */
	readonly mediaOrigin: string;
	/** The most objects of one batch; more get a 413. */
	readonly mostObjects: number;
	readonly transformBatch: BatchTransform;
};

const noBatch: BatchRequest = {operation: 'download', objects: []};

const mediaType = 'application/vnd.git-lfs+json';

const lfsAnswer = (status: number, body: unknown): Answer =>
	jsonAnswer({status, body, headers: {'content-type': mediaType}});

/** Answers in the shape of Bitbucket: without `transfer`, `authenticated` and any date of expiry. */
export const answerLfs = async (
	{credentials, media, mediaOrigin, mostObjects, transformBatch}: LfsState,
	repository: SandboxRepository | undefined,
	operation: string,
	incoming: IncomingMessage,
): Promise<Answer> => {
	const isBatch = operation === '/objects/batch' && incoming.method === 'POST';
	const request: BatchRequest = isBatch ? JSON.parse(await text(incoming)) : noBatch;
	const isUpload = request.operation === 'upload';
	const refused = refusal({credentials}, repository, incoming.headers.authorization, isUpload);
	if (refused !== undefined || repository === undefined) {
		return refused ?? notThere;
	}

	if (!isBatch) {
		// Locks: git-lfs asks for them with each push, and goes on without.
		return lfsAnswer(404, {message: 'Not found'});
	}

	if (request.objects.length > mostObjects) {
		return lfsAnswer(413, {message: `At most ${mostObjects} objects in a batch`});
	}

	const header = {'X-Client-ID': randomUUID(), Authorization: `Bearer ${media.admit()}`};
	const linkTo = (oid: string) => ({
		header,
		href: `${mediaOrigin}/file/${media.place(repository, oid)}/binary`,
	});
	const objects = request.objects.map(({oid, size}) => {
		const found = media.sizeOf(repository, oid);
		if (isUpload) {
			return found === undefined ? {oid, size, actions: {upload: linkTo(oid)}} : {oid, size};
		}

		return found === undefined
			? {oid, size, error: {code: 404, message: 'Object does not exist on the server'}}
			: {oid, size: found, actions: {download: linkTo(oid)}};
	});
	const changed = transformBatch({objects}, request);
	return 'status' in changed ? lfsAnswer(changed.status, {message: ''}) : lfsAnswer(200, changed);
};
