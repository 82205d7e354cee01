import {spawn} from 'node:child_process';
import type {Readable} from 'node:stream';
import {gitEnvironment} from '../../../source/sandbox/bare-repository.ts';

/** Starts the server's side of a fetch; ends when its output was read or `signal` aborts. */
const startUploadPack = (
	path: string,
	protocol: string,
	options: readonly string[],
	input: Buffer,
	signal?: AbortSignal,
): Readable => {
	const child = spawn('git', ['upload-pack', '--stateless-rpc', ...options, path], {
		env: {...gitEnvironment(), ...(protocol === '' ? {} : {GIT_PROTOCOL: protocol})},
		stdio: ['pipe', 'pipe', 'ignore'],
		...(signal === undefined ? {} : {signal}),
	});
	child.on('error', (error) => child.stdout.destroy(error));
	child.stdin.on('error', () => undefined);
	child.stdin.end(input);
	return child.stdout;
};

export const advertise = (path: string, protocol: string): Readable =>
	startUploadPack(path, protocol, ['--advertise-refs'], Buffer.alloc(0));

export const answerWants = (
	path: string,
	protocol: string,
	body: Buffer,
	signal?: AbortSignal,
): Readable => startUploadPack(path, protocol, [], body, signal);
