import {text} from 'node:stream/consumers';
import {describe, expect, it} from 'vitest';
import {makeAgents} from '../../../source/adapters/network/agents.ts';
import {
	type FileLimits,
	fileLimits,
	requestFile,
} from '../../../source/adapters/network/exchange.ts';
import type {FaultAnswer} from '../../../source/sandbox/faults.ts';
import {startAcme} from '../../helpers/sandbox.ts';
import {failureOf, never} from '../bitbucket/sources.ts';

/** Asks the media server, which answers like this. */
const ask = async (answer: FaultAnswer, limits: Partial<FileLimits> = {}): Promise<string> => {
	const {sandbox} = await startAcme();
	sandbox.addFault({match: {service: 'media'}, answer});
	return requestFile({
		url: new URL(`${sandbox.mediaOrigin}/file`),
		agents: makeAgents(),
		headers: {},
		signal: never,
		limits: {...fileLimits, ...limits},
		read: text,
	});
};

const timeout = {kind: 'network', problem: 'timeout'};

describe('a server of files', () => {
	it('that keeps silent is left', async () => {
		expect(await failureOf(ask({kind: 'silence'}, {idle: 50}))).toMatchObject(timeout);
	});

	it('that sends less than a transfer must bring is left, however long it goes on', async () => {
		const endless = {kind: 'flood', size: Number.POSITIVE_INFINITY} as const;
		const limits = {minSpeed: Number.MAX_SAFE_INTEGER, maxTrickle: 0.05};
		expect(await failureOf(ask(endless, limits))).toMatchObject(timeout);
	});

	it('that breaks the connection is one of the network', async () => {
		expect(await failureOf(ask({kind: 'reset'}))).toMatchObject({kind: 'network'});
	});
});
