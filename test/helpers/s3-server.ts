import type {ChildProcess} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {createServer} from 'node:net';
import {AwsClient} from 'aws4fetch';

export type S3Keys = {readonly accessKeyId: string; readonly secretAccessKey: string};

/** The owner of the buckets of a real server. */
export const openAdmin = (endpoint: string, owner: S3Keys) => {
	const client = new AwsClient({...owner, service: 's3', region: 'us-east-1', retries: 0});
	return {
		client,
		/** A new bucket, with versions and Object Lock if that is wanted. Gives its name. */
		makeBucket: async (hasLock: boolean): Promise<string> => {
			const bucket = `b-${randomUUID()}`;
			const headers = hasLock ? {'x-amz-bucket-object-lock-enabled': 'true'} : {};
			const {ok, status} = await client.fetch(`${endpoint}/${bucket}`, {method: 'PUT', headers});
			if (!ok) {
				throw new Error(`the bucket could not be made: ${status}`);
			}

			return bucket;
		},
	};
};

export const freePort = (): Promise<number> =>
	new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() =>
				typeof address === 'object' && address !== null ? resolve(address.port) : reject(),
			);
		});
	});

/** Kills the processes, and waits until they have ended. */
export const endAll = async (daemons: readonly ChildProcess[]): Promise<void> => {
	await Promise.all(
		daemons.map(
			(daemon) =>
				new Promise<void>((resolve) => {
					daemon.once('exit', () => resolve());
					daemon.kill('SIGKILL');
				}),
		),
	);
};
