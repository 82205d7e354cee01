import type {IncomingMessage, ServerResponse} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import {type Answer, textAnswer} from './answer.ts';
import {answerInstead} from './fault-answers.ts';
import type {FaultAnswer, Faults} from './faults.ts';
import {answerGit, type GitWorld, parseGitPath} from './git-http.ts';
import type {RequestLog, SandboxRequest} from './request-log.ts';
import {answerRest} from './rest.ts';
import type {RestWorld} from './rest-endpoints.ts';
import {send} from './send.ts';

export type Served = {
	readonly rest: RestWorld;
	readonly git: GitWorld;
	readonly faults: Faults;
	readonly log: RequestLog;
	/** Milliseconds before each answer. */
	readonly latency: number;
};

const rightAnswer = async (
	{rest, git}: Served,
	entry: SandboxRequest,
	incoming: IncomingMessage,
	signal: AbortSignal,
): Promise<Answer> => {
	if (entry.service === 'api') {
		const {url = '/', method = 'GET', headers} = incoming;
		return answerRest(rest, git.credentials, {method, url, authorization: headers.authorization});
	}
	const address = parseGitPath(entry.path);
	return address === undefined
		? textAnswer(404, 'Not found')
		: answerGit(git, address, entry.query, incoming, signal);
};

/** Ends the connection as the fault wants it; false where the fault leaves it alone. */
const breakConnection = ({socket}: IncomingMessage, fault: FaultAnswer | undefined): boolean => {
	switch (fault?.kind) {
		case 'reset':
			socket.resetAndDestroy();
			return true;
		case 'empty-reply':
			socket.end();
			return true;
		case 'silence':
			return true;
		default:
			return false;
	}
};

const pause = async (served: Served, fault: FaultAnswer | undefined, signal: AbortSignal) => {
	const duration = served.latency + (fault?.kind === 'delay' ? fault.duration : 0);
	if (duration > 0) {
		await sleep(duration, undefined, {signal});
	}
	if (fault?.kind === 'meanwhile') {
		await fault.run();
	}
};

/** One request from its first line to the end of its answer. Rejects when the client is gone. */
export const serve = async (
	served: Served,
	incoming: IncomingMessage,
	response: ServerResponse,
): Promise<void> => {
	const gone = new AbortController();
	response.on('close', () => gone.abort());
	const {signal} = gone;
	const entry = served.log.add(incoming);
	const fault = served.faults.strike(entry);
	await pause(served, fault, signal);
	if (breakConnection(incoming, fault)) {
		return;
	}
	const answer =
		(fault && answerInstead(fault)) ?? (await rightAnswer(served, entry, incoming, signal));
	entry.status = answer.status;
	await send(response, answer, fault, signal);
};
