import {join} from 'node:path';
import {expect, it} from 'vitest';
import {isolatedEnvironment} from '../../../source/adapters/git/environment.ts';
import {type GitCommand, runGit} from '../../../source/adapters/git/run-git.ts';
import {transferMethods} from '../../../source/adapters/git/transfer.ts';
import type {Progress} from '../../../source/domain/run/events.ts';
import {startAcme} from '../../helpers/sandbox.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile} from '../../helpers/upstream.ts';

it.each([
	['of a server that speaks no newer protocol', {}, '0'],
	['in a terminal that is too narrow for it', {COLUMNS: '20'}, '2'],
])(
	'tells of few objects, which may be large, that they are received %s',
	async (_, variables, protocol) => {
		const {sandbox} = await startAcme();
		const {path} = sandbox.addRepository({workspace: 'acme', slug: 'api', isPrivate: false});
		await commitFile(path);
		const environment = isolatedEnvironment({...process.env, ...variables}, 'told', [
			['protocol.version', protocol],
		]);
		const run = (command: GitCommand): Promise<string> => runGit(command, environment);
		const heard: Progress[] = [];

		const {received} = await transferMethods(run, run).cloneEverything(
			join(makeTemporaryFolder(), 'repo'),
			`${sandbox.origin}/acme/api.git`,
			{
				signal: new AbortController().signal,
				onProgress: (progress) => heard.push(progress),
			},
		);

		expect(received).toBeGreaterThan(0);
		expect(heard).toContainEqual(expect.objectContaining({stage: 'receiving', percent: 100}));
	},
);
