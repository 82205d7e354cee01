import {expect, it} from 'vitest';
import {findMarkedProcesses} from '../../../../source/adapters/files/processes.ts';
import {isolatedEnvironment} from '../../../../source/adapters/git/environment.ts';
import {anywhere, asTransferFailure, runGit} from '../../../../source/adapters/git/run-git.ts';
import {runTransfer} from '../../../../source/adapters/git/transfer/run-transfer.ts';
import type {TransferLimits} from '../../../../source/adapters/network/transfer-limits.ts';
import {startAcme} from '../../../helpers/sandbox.ts';
import {makeTemporaryFolder} from '../../../helpers/temporary-folder.ts';
import {commitFile} from '../../../helpers/upstream.ts';

const {signal} = new AbortController();

it.each([
	[
		'ten minutes to count its objects when no progress is shown',
		undefined,
		{limit: '100', time: '600'},
	],
	[
		'a minute between two signs of life when progress is shown',
		() => undefined,
		{limit: '1', time: '60'},
	],
])('gives a server %s', async (_, onProgress, given) => {
	let variables: Readonly<Record<string, string>> | undefined;
	await runTransfer(
		async (command) => {
			variables = command.variables;
			return '';
		},
		{args: ['fetch'], folder: anywhere},
		{signal, onProgress},
	);
	expect(variables).toMatchObject({
		GIT_HTTP_LOW_SPEED_LIMIT: given.limit,
		GIT_HTTP_LOW_SPEED_TIME: given.time,
	});
});

const shortLimits: TransferLimits = {
	minSpeed: 100,
	maxTrickle: 1,
	minKeepAlive: 1,
	maxSilence: 60,
};

it.each([
	['without progress', undefined],
	['with progress', () => undefined],
])('a transfer of two bytes at a time is ended %s', async (_, onProgress) => {
	const {sandbox} = await startAcme();
	const {path} = sandbox.addRepository({workspace: 'acme', slug: 'api', isPrivate: false});
	await commitFile(path);
	sandbox.addFault({
		match: {method: 'POST', path: /git-upload-pack/},
		answer: {kind: 'trickle', bytes: 2, every: 50},
	});
	const run = `trickle-${crypto.randomUUID()}`;
	const environment = isolatedEnvironment(process.env, run, []);

	const failure = await runTransfer(
		(command) => runGit(command, environment),
		{
			args: ['clone', '--bare', '--progress', `${sandbox.origin}/acme/api.git`, 'repo'],
			folder: makeTemporaryFolder(),
		},
		{signal, onProgress},
		shortLimits,
	).catch((error: unknown) => asTransferFailure(error, anywhere));

	expect(failure).toMatchObject({failure: {kind: 'network', problem: 'timeout'}});
	expect(await findMarkedProcesses(`CISTERN_RUN=${run}`)).toEqual([]);
});
