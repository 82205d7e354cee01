import {hash, randomUUID} from 'node:crypto';
import {formatDate} from '../../domain/text/format.ts';
import type {ProbeResult} from '../../ports/store.ts';
import {headersOf, type Writing} from './s3-put.ts';
import {ask, readText, type S3Answer, type S3Request} from './s3-request.ts';

/** One object, below a name that no object of a backup has. */
type Trial = {
	readonly writing: Writing;
	readonly name: string;
	readonly signal: AbortSignal;
};

/** Statuses that a trial may end with; everything else is a failure of the store. */
const answers = [200, 204, 403, 404, 409, 412, 501];

/** Of a lock rule of the bucket, as Cloudflare R2 has them. It holds every object that is there. */
const heldByRule = 409;

/** See `Store.probe`. Throws what `put` throws if not even one object can be written. */
export const probe = async (
	writing: Writing,
	signal: AbortSignal,
): Promise<readonly ProbeResult[]> => {
	const trial = {writing, name: `probe/${randomUUID()}.bundle.age`, signal};
	const written = await write(trial, 'first', {}, [200]);
	const version = versionOf(written);
	const condition = await write(trial, 'second', {'if-none-match': '*'}, answers);
	const overwrite = await write(trial, 'third', {}, answers);
	return [
		{tried: 'write', result: 'good', detail: 'new objects can be written'},
		judgeCondition(condition.status),
		judgeOverwrite(overwrite, version),
		judgeVersions(overwrite, version),
		overwrite.status === heldByRule ? rule : await tryRetention(trial, version),
		await tryRead(trial),
		await tryDelete(trial, version),
	];
};

const write = async (
	trial: Trial,
	text: string,
	condition: Readonly<Record<string, string>>,
	accepted: readonly number[],
): Promise<S3Answer> => {
	const content = Buffer.from(text);
	const body = {content, size: content.length, sha256: hash('sha256', content)};
	const headers = {
		'content-md5': hash('md5', content, 'base64'),
		...headersOf(trial.writing, body),
		...condition,
	};
	return request(trial, {method: 'PUT', headers, body}, accepted);
};

const request = async (
	{writing, name, signal}: Trial,
	given: Pick<S3Request, 'method' | 'headers' | 'body' | 'query'>,
	accepted: readonly number[] = answers,
): Promise<S3Answer> => {
	const asked = {...given, key: writing.keyOf(name), action: 'write', name, signal} as const;
	const answer = await ask(writing.client, asked, accepted);
	await readText(answer);
	return answer;
};

/** Undefined where the bucket keeps no versions. */
const versionOf = ({headers}: S3Answer): string | undefined => {
	const version = headers['x-amz-version-id'];
	return typeof version === 'string' && version !== 'null' ? version : undefined;
};

const judgeCondition = (status: number): ProbeResult => ({
	tried: 'condition',
	result: 'good',
	detail:
		status === 412 || status === heldByRule
			? 'the store refuses a name that is taken'
			: 'the store does not refuse a name that is taken; Cistern never uses one twice',
});

const judgeOverwrite = (answer: S3Answer, version: string | undefined): ProbeResult => {
	if (answer.status !== 200) {
		return {tried: 'overwrite', result: 'good', detail: 'an object cannot be overwritten'};
	}

	return version === undefined
		? {
				tried: 'overwrite',
				result: 'risk',
				detail: 'an object can be overwritten, and is lost then: let the bucket keep versions',
			}
		: {tried: 'overwrite', result: 'good', detail: 'an overwritten object stays as a version'};
};

const judgeVersions = (overwrite: S3Answer, version: string | undefined): ProbeResult => {
	if (version !== undefined) {
		return {tried: 'versions', result: 'good', detail: 'the bucket keeps versions'};
	}

	return overwrite.status === heldByRule
		? {tried: 'versions', result: 'good', detail: 'none are needed: nothing can be overwritten'}
		: {tried: 'versions', result: 'risk', detail: 'the bucket keeps no versions'};
};

const rule: ProbeResult = {
	tried: 'retention',
	result: 'good',
	detail: 'a rule of the bucket locks its objects',
};

/** The lock that an answer about an object tells of, if it has not ended. */
export const lockOf = ({
	headers,
}: S3Answer): {readonly until: string; readonly mode: string} | undefined => {
	const until = headers['x-amz-object-lock-retain-until-date'];
	const mode = headers['x-amz-object-lock-mode'];
	return typeof until === 'string' && typeof mode === 'string' && Date.parse(until) > Date.now()
		? {until, mode}
		: undefined;
};

/** Some stores take the headers of a lock, answer 200 and lock nothing. So the object is asked. */
const tryRetention = async (trial: Trial, version: string | undefined): Promise<ProbeResult> => {
	const query = version === undefined ? {} : {versionId: version};
	const answer = await request(trial, {method: 'HEAD', query});
	const lock = lockOf(answer);
	if (lock !== undefined) {
		const detail = `new objects are locked until ${formatDate(lock.until)} (${lock.mode})`;
		return {tried: 'retention', result: 'good', detail};
	}

	return answer.status === 200
		? {
				tried: 'retention',
				result: 'risk',
				detail: 'objects are not locked, or these keys may not see the lock',
			}
		: {tried: 'retention', result: 'unknown', detail: 'these keys may not look at an object'};
};

const tryRead = async (trial: Trial): Promise<ProbeResult> => {
	const {status} = await request(trial, {method: 'GET'});
	return status === 200
		? {
				tried: 'read',
				result: 'risk',
				detail: 'these keys can read bundles; only that they are sealed protects them',
			}
		: {tried: 'read', result: 'good', detail: 'these keys cannot read bundles'};
};

/** Without a version only a mark is set, and the object stays. */
const tryDelete = async (trial: Trial, version: string | undefined): Promise<ProbeResult> => {
	const query = version === undefined ? {} : {versionId: version};
	const {status} = await request(trial, {method: 'DELETE', query});
	return status === 204 || status === 200
		? {
				tried: 'delete',
				result: 'risk',
				detail:
					'these keys can delete objects for good: take that right from them, or lock the bucket',
			}
		: {tried: 'delete', result: 'good', detail: 'these keys cannot delete objects for good'};
};
