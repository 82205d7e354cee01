import {FailureError} from '../../domain/failure/failure.ts';
import type {S3Place} from '../../domain/settings/settings.ts';
import type {Store, StoredObject} from '../../ports/store.ts';
import type {Agents} from '../network/agents.ts';
import {openKeys} from './s3-keys.ts';
import {lockOf, probe} from './s3-probe.ts';
import {put, s3Limits, type Writing} from './s3-put.ts';
import {ask, noStore, readText, requireEtag, type S3Client} from './s3-request.ts';
import {readListPage} from './s3-xml.ts';

export type S3Tools = {
	readonly agents: Agents;
	readonly version: string;
};

/** The `Store` port over S3, as AWS and those that speak like it do it. */
export const openS3 = (
	place: S3Place,
	{agents, version}: S3Tools,
	limits: typeof s3Limits = s3Limits,
): Store => {
	const {title, prefix, region} = place;
	const base = baseOf(place);
	const client: S3Client = {
		title,
		base: base.href.replace(/\/$/, ''),
		region,
		keys: openKeys(title, place.keys),
		agents,
		userAgent: `cistern/${version}`,
	};
	const keyOf = (name: string): string => (prefix === '' ? name : `${prefix}/${name}`);
	const writing: Writing = {
		client,
		keyOf,
		retention: place.retention,
		knowsConditions: true,
		limits,
	};
	return {
		title,
		place: `${base.host}${base.pathname}${base.pathname.endsWith('/') ? '' : '/'}${prefix}`,
		host: base.host,
		put: (name, body, signal) => put({writing, name, body, signal}),
		// S3 answers when an object is safe.
		settle: async () => {},
		get: async (name, signal) => {
			const request = {method: 'GET', key: keyOf(name), action: 'read', name, signal} as const;
			const answer = await ask(client, request);
			requireEtag(client, answer);
			return answer.body;
		},
		readLock: async (name, signal) => {
			const request = {method: 'HEAD', key: keyOf(name), action: 'read', name, signal} as const;
			const answer = await ask(client, request, [200, 403]);
			await readText(answer);
			return answer.status === 403 ? 'untold' : lockOf(answer) === undefined ? 'open' : 'locked';
		},
		list: (start, options) => list(client, keyOf, start, options),
		probe: (signal) => probe(writing, signal),
	};
};

/** Where the requests go. A name with a dot fits no certificate as a part of the host. */
const baseOf = ({endpoint, region, bucket, pathStyle}: S3Place): URL => {
	const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
	const url = new URL(endpoint ?? `https://s3.${region}.${domain}`);
	if (pathStyle || bucket.includes('.')) {
		url.pathname = `${url.pathname.replace(/\/$/, '')}/${bucket}`;
	} else {
		url.hostname = `${bucket}.${url.hostname}`;
	}

	return url;
};

async function* list(
	client: S3Client,
	keyOf: (name: string) => string,
	start: string,
	{startAfter, signal}: {readonly startAfter?: string; readonly signal: AbortSignal},
): AsyncGenerator<StoredObject> {
	const own = keyOf('').length;
	let last = startAfter === undefined ? undefined : keyOf(startAfter);
	let token: string | undefined;
	do {
		const query = {
			'encoding-type': 'url',
			'list-type': '2',
			prefix: keyOf(start),
			...(token === undefined
				? last !== undefined && {'start-after': last}
				: {'continuation-token': token}),
		};
		const request = {method: 'GET', key: '', query, action: 'list', name: '', signal} as const;
		const page = readListPage(await readText(await ask(client, request)));
		if (page === undefined) {
			throw noStore(client);
		}

		for (const object of page.objects) {
			// A store that gives a page twice would be asked for ever.
			if (last !== undefined && Buffer.compare(Buffer.from(object.name), Buffer.from(last)) <= 0) {
				const detail = 'the list is not in order';
				throw new FailureError({kind: 'unexpected-answer', store: client.title, detail});
			}

			last = object.name;
			yield {...object, name: object.name.slice(own)};
		}

		token = page.token;
	} while (token !== undefined);
}
