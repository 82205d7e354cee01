import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {FailureError} from '../../source/domain/failure/failure.ts';
import {isPassing} from '../../source/domain/failure/failure-table.ts';
import type {LfsObject} from '../../source/domain/lfs/pointer.ts';
import type {Bitbucket} from '../../source/ports/bitbucket.ts';
import type {LfsFetched} from '../../source/ports/lfs.ts';
import type {SandboxRepository} from '../../source/sandbox/model.ts';
import type {Sandbox} from '../../source/sandbox/start-sandbox.ts';
import {connect} from '../adapters/bitbucket/sources.ts';
import {placeOf} from './lfs-files.ts';
import {startAcme} from './sandbox.ts';
import {makeTemporaryFolder} from './temporary-folder.ts';

export type Fetching = {
	readonly sandbox: Sandbox;
	readonly api: SandboxRepository;
	readonly bitbucket: Bitbucket;
	readonly url: string;
	readonly mirror: string;
	/** The host of each request, in order. */
	readonly hosts: string[];
	/** Bytes that came. */
	received: number;
	/** Bytes that the disk has free. */
	free: number;
	readonly signal: AbortController;
	fetch(wanted: readonly LfsObject[], mirror?: string): Promise<readonly LfsFetched[]>;
	start(wanted: readonly LfsObject[], mirror?: string): AsyncIterable<LfsFetched>;
	/** The content of a file in the mirror's store; undefined where it is not there. */
	read(object: LfsObject): string | undefined;
	/** Leaves a part of a file, as an earlier fetch that was ended. */
	leavePart(object: LfsObject, content: string): void;
	partOf(object: LfsObject): string;
};

export const makeMirrorFolder = (): string => {
	const mirror = join(makeTemporaryFolder(), 'repo');
	mkdirSync(mirror);
	writeFileSync(join(mirror, 'config'), '');
	return mirror;
};

/** A repository with LFS upstream, and an empty mirror of it. Failures that may pass are tried thrice. */
export const startFetching = async (): Promise<Fetching> => {
	const {sandbox, account} = await startAcme();
	const bitbucket = connect(sandbox.origin);
	sandbox.addApiToken({
		account,
		token: 'ATATT3xCanaryCanaryCanaryCanary=9F3C21',
		scopes: ['read:repository:bitbucket'],
	});
	const api = sandbox.addRepository({workspace: 'acme', slug: 'api'});
	const signal = new AbortController();
	const mirror = makeMirrorFolder();
	const hosts: string[] = [];
	const retry = async <Result>(host: string, act: () => Promise<Result>): Promise<Result> => {
		for (let tries = 1; ; tries += 1) {
			hosts.push(host);
			try {
				return await act();
			} catch (error) {
				if (tries === 3 || !(error instanceof FailureError && isPassing(error.failure))) {
					throw error;
				}
			}
		}
	};
	const fetching: Fetching = {
		sandbox,
		api,
		bitbucket,
		url: sandbox.urlOf(api),
		mirror,
		hosts,
		received: 0,
		free: Number.POSITIVE_INFINITY,
		signal,
		start: (wanted, into = mirror) =>
			bitbucket.fetchLfs(sandbox.urlOf(api), into, wanted, {
				signal: signal.signal,
				retry,
				readFree: async () => fetching.free,
				onBytes: (bytes) => {
					fetching.received += bytes;
				},
			}),
		fetch: async (wanted, into) => {
			const ends: LfsFetched[] = [];
			for await (const end of fetching.start(wanted, into)) {
				ends.push(end);
			}
			return ends;
		},
		read: ({oid}) => {
			const path = placeOf(mirror, oid);
			return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
		},
		partOf: ({oid}) => join(mirror, 'lfs', 'incomplete', `${oid}.part`),
		leavePart: (object, content) => {
			const path = fetching.partOf(object);
			mkdirSync(dirname(path), {recursive: true});
			writeFileSync(path, content);
		},
	};
	return fetching;
};
