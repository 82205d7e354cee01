import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import type {Offer} from './listing.ts';

export type ServerRequest =
	/** Replaces the repositories of the workspace. */
	| ({readonly type: 'offer'; readonly repositories: readonly Offer[]} & Offering)
	/** Milliseconds before every answer, and before every new connection is taken. */
	| {readonly type: 'delay'; readonly duration: number}
	/** Asks for the number of requests since the last count. */
	| {readonly type: 'count'};

type Offering = {
	/** Packs come from memory, as all other answers do. For many small repositories that are all alike. */
	readonly remembersPacks?: boolean;
};

type Counts = {readonly api: number; readonly git: number};

export type ServerAnswer =
	| {readonly type: 'listening'; readonly port: number}
	| {readonly type: 'done'; readonly counts: Counts};

/** Drives the benchmark's Bitbucket. It ends with this process. */
export type Server = {
	/** `http://127.0.0.1:PORT` */
	readonly origin: string;
	offer(repositories: readonly Offer[], offering?: Offering): Promise<void>;
	/** Milliseconds before every answer, and before every new connection is taken. */
	delay(duration: number): Promise<void>;
	/** Requests since the last count. */
	count(): Promise<Counts>;
	close(): void;
};

const hear = async (child: ChildProcess): Promise<ServerAnswer> => {
	const [answer] = await once(child, 'message');
	return answer as ServerAnswer;
};

export const startServer = async (): Promise<Server> => {
	const child = fork(join(import.meta.dirname, 'serve.ts'), {stdio: 'inherit'});
	const first = await hear(child);
	if (first.type !== 'listening') {
		throw new Error('the server did not start');
	}

	const ask = async (request: ServerRequest): Promise<Counts> => {
		const answer = hear(child);
		child.send(request);
		const heard = await answer;
		return heard.type === 'done' ? heard.counts : {api: 0, git: 0};
	};

	return {
		origin: `http://127.0.0.1:${first.port}`,
		offer: async (repositories, offering) =>
			void (await ask({type: 'offer', repositories, ...offering})),
		delay: async (duration) => void (await ask({type: 'delay', duration})),
		count: () => ask({type: 'count'}),
		close: () => void child.kill(),
	};
};
