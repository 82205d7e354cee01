import {randomUUID} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import {type Answer, textAnswer} from '../answers.ts';
import {listsByOwner, type SandboxAccount, type SandboxRepository} from '../model.ts';
import type {SandboxDownload} from './model.ts';

/** Below the media server's address. */
const storagePath = '/storage/';

/** Files that people put beside their repositories, and the storage that they lie in. */
export const createDownloads = (now: () => number) => {
	const signed = new Map<string, SandboxDownload>();
	const listOf = listsByOwner<SandboxDownload>();
	const remove = (repository: SandboxRepository, name: string): void => {
		const files = listOf(repository);
		const at = files.findIndex((file) => file.name === name);
		if (at >= 0) {
			files.splice(at, 1);
		}
	};

	return {
		list: (repository: SandboxRepository): readonly SandboxDownload[] => listOf(repository),
		/** A file of the same name is replaced, as on Bitbucket. */
		add: (
			repository: SandboxRepository,
			options: {
				readonly name: string;
				readonly content: string | Buffer;
				readonly by: SandboxAccount;
			},
		): void => {
			const {name, by} = options;
			remove(repository, name);
			const createdOn = new Date(now()).toISOString().replace('Z', '000+00:00');
			const content = Buffer.from(options.content);
			listOf(repository).push({name, content, createdOn, user: by, fetched: 0});
		},
		remove,
		/** The path of a signed address in the storage. */
		sign: (download: SandboxDownload): string => {
			const signature = randomUUID();
			signed.set(signature, download);
			return `${storagePath}${signature}`;
		},
		/** Undefined for a path that is not the storage's. */
		answer: (path: string, {headers}: IncomingMessage): Answer | undefined => {
			if (!path.startsWith(storagePath)) {
				return undefined;
			}
			// As S3 does with a signed address that comes with another credential.
			if (headers.authorization !== undefined) {
				return textAnswer(400, 'Only one auth mechanism allowed');
			}
			const download = signed.get(path.slice(storagePath.length));
			return download === undefined
				? textAnswer(403, 'Request has expired')
				: {
						status: 200,
						headers: {'content-type': 'application/octet-stream'},
						body: download.content,
					};
		},
	};
};
