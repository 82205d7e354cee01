import {hash} from 'node:crypto';
import {type S3Answer, s3Error, xmlAnswer} from './answers.ts';
import type {Headers, S3Bucket, S3Flavour} from './bucket.ts';

export type S3Request = {
	readonly method: string;
	/** Empty for the bucket. */
	readonly key: string;
	readonly query: URLSearchParams;
	readonly headers: Headers;
};

/** Does what a request asks of a bucket. Its sender and its body were checked. */
export const act = (bucket: S3Bucket, entry: S3Request, body: Buffer): S3Answer => {
	switch (entry.method) {
		case 'GET':
			return entry.key === '' ? list(bucket, entry.query) : get(bucket, entry);
		case 'HEAD':
			return get(bucket, entry);
		case 'PUT':
			return entry.query.has('uploadId') ? putPart(bucket, entry, body) : put(bucket, entry, body);
		case 'POST':
			return entry.query.has('uploads')
				? xmlAnswer('InitiateMultipartUploadResult', {
						UploadId: bucket.startUpload(entry.key, entry.headers),
					})
				: complete(bucket, entry, body);
		case 'DELETE':
			return remove(bucket, entry);
		default:
			return s3Error(405, 'MethodNotAllowed', 'The specified method is not allowed.');
	}
};

const list = (bucket: S3Bucket, query: URLSearchParams): S3Answer => {
	const {pageSize} = bucket.flavour;
	const token = query.get('continuation-token');
	const after =
		token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
	const all = bucket.list(query.get('prefix') ?? '', after);
	const page = all.slice(0, pageSize);
	const isEncoded = query.get('encoding-type') === 'url';
	const isTruncated = all.length > pageSize;
	return xmlAnswer('ListBucketResult', {
		IsTruncated: isTruncated,
		...(isEncoded ? {EncodingType: 'url'} : {}),
		...(isTruncated
			? {NextContinuationToken: Buffer.from(page.at(-1)?.[0] ?? '').toString('base64url')}
			: {}),
		Contents: page.map(([key, {content, etag, at}]) => ({
			Key: isEncoded ? encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/') : key,
			LastModified: new Date(at).toISOString(),
			ETag: `"${etag}"`,
			Size: content?.length ?? 0,
		})),
	});
};

const get = (bucket: S3Bucket, {key, query}: S3Request): S3Answer => {
	const version = query.get('versionId');
	const object =
		version === null
			? bucket.newest(key)
			: bucket.versionsOf(key).find((one) => one.version === version);
	if (object?.content === undefined) {
		return s3Error(404, 'NoSuchKey', 'The specified key does not exist.');
	}

	return {
		status: 200,
		headers: {
			etag: `"${object.etag}"`,
			'content-type': 'application/octet-stream',
			...object.metadata,
			...(object.lockedUntil === 0
				? {}
				: {
						'x-amz-object-lock-mode': 'COMPLIANCE',
						'x-amz-object-lock-retain-until-date': new Date(object.lockedUntil).toISOString(),
					}),
		},
		body: object.content,
	};
};

const unknownHeader = s3Error(
	501,
	'NotImplemented',
	'A header you provided implies functionality that is not implemented',
);

const taken = s3Error(
	412,
	'PreconditionFailed',
	'At least one of the pre-conditions you specified did not hold',
);

const heldByRule = s3Error(
	409,
	'ObjectLockedByBucketPolicy',
	'The object is locked by the bucket policy.',
);

const refuseName = (
	bucket: S3Bucket,
	{key, headers}: S3Request,
	conditions: S3Flavour['conditions'],
): S3Answer | undefined => {
	if (bucket.flavour.hasLockRule && bucket.newest(key) !== undefined) {
		return heldByRule;
	}

	if (headers['if-none-match'] === undefined || conditions === 'ignored') {
		return undefined;
	}

	if (conditions === 'refused') {
		return unknownHeader;
	}

	return bucket.newest(key) === undefined ? undefined : taken;
};

const written = ({etag, version}: {readonly etag: string; readonly version: string}) => ({
	etag: `"${etag}"`,
	...(version === 'null' ? {} : {'x-amz-version-id': version}),
});

const put = (bucket: S3Bucket, entry: S3Request, body: Buffer): S3Answer =>
	refuseName(bucket, entry, bucket.flavour.conditions) ?? {
		status: 200,
		headers: written(bucket.put(entry.key, body, entry.headers)),
	};

const noUpload = s3Error(404, 'NoSuchUpload', 'The specified multipart upload does not exist.');

const putPart = (bucket: S3Bucket, {query}: S3Request, body: Buffer): S3Answer => {
	const upload = bucket.uploads.get(query.get('uploadId') ?? '');
	upload?.parts.set(Number(query.get('partNumber')), body);
	return upload === undefined ? noUpload : {status: 200, headers: {etag: `"${hash('md5', body)}"`}};
};

const complete = (bucket: S3Bucket, entry: S3Request, body: Buffer): S3Answer => {
	const id = entry.query.get('uploadId') ?? '';
	const upload = bucket.uploads.get(id);
	if (upload === undefined) {
		return noUpload;
	}

	const named = [...body.toString().matchAll(/<ETag>(?:&quot;|")?([\da-f]+)/g)].map(
		([, etag]) => etag,
	);
	const sums = [...upload.parts].toSorted(([one], [other]) => one - other);
	if (named.join() !== sums.map(([, part]) => hash('md5', part)).join()) {
		return s3Error(400, 'InvalidPart', 'One or more of the specified parts could not be found.');
	}

	const {conditions, conditionsOfParts} = bucket.flavour;
	const refused = refuseName(
		bucket,
		entry,
		conditionsOfParts === 'ignored' ? 'ignored' : conditions,
	);
	if (refused !== undefined) {
		return refused;
	}

	bucket.uploads.delete(id);
	const object = bucket.finishUpload(upload);
	return xmlAnswer('CompleteMultipartUploadResult', {ETag: `"${object.etag}"`});
};

const remove = (bucket: S3Bucket, {key, query}: S3Request): S3Answer => {
	const upload = query.get('uploadId');
	if (upload !== null) {
		return bucket.uploads.delete(upload) ? {status: 204} : noUpload;
	}

	if (bucket.flavour.hasLockRule && bucket.newest(key) !== undefined) {
		return heldByRule;
	}

	return bucket.remove(key, query.get('versionId') ?? undefined)
		? {status: 204}
		: s3Error(403, 'AccessDenied', 'Access Denied because object protected by object lock.');
};
