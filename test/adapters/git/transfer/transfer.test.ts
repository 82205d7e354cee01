import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {isolatedEnvironment} from '../../../../source/adapters/git/environment.ts';
import {type GitCommand, runGit} from '../../../../source/adapters/git/run-git.ts';
import {rememberFreshPacks} from '../../../../source/adapters/git/transfer/fresh-packs.ts';
import {transferMethods} from '../../../../source/adapters/git/transfer/transfer.ts';
import type {Progress} from '../../../../source/domain/run/events.ts';
import {makeSource, makeWorld} from '../../../helpers/backup.ts';
import {startAcme} from '../../../helpers/sandbox.ts';
import {makeTemporaryFolder} from '../../../helpers/temporary-folder.ts';
import {commitFile, readRefs} from '../../../helpers/upstream.ts';
import {setUpWorkspace} from '../../../helpers/workspace.ts';

it.each([
	['from a server with protocol 0', {}, '0'],
	['in a narrow terminal', {COLUMNS: '20'}, '2'],
])(
	'a clone reports a few objects as received, since they may be large, %s',
	async (_, variables, protocol) => {
		const {sandbox} = await startAcme();
		const {path} = sandbox.addRepository({workspace: 'acme', slug: 'api', isPrivate: false});
		await commitFile(path);
		const environment = isolatedEnvironment({...process.env, ...variables}, 'test', [
			['protocol.version', protocol],
		]);
		const run = (command: GitCommand): Promise<string> => runGit(command, environment);
		const heard: Progress[] = [];

		const noPack = async () => undefined;
		const transfers = transferMethods(run, run, noPack, rememberFreshPacks());
		const received = await transfers.cloneEverything(
			join(makeTemporaryFolder(), 'repo'),
			`${sandbox.origin}/acme/api.git`,
			{head: undefined, refs: await readRefs(path)},
			{
				signal: new AbortController().signal,
				onProgress: (progress) => heard.push(progress),
				onFallBack: () => {},
			},
		);

		expect(received).toBeGreaterThan(0);
		expect(heard).toContainEqual(expect.objectContaining({stage: 'receiving', percent: 100}));
	},
);

const acme = setUpWorkspace();

it.each([
	['newer', false],
	['old', true],
])(
	'a tip that is not there any more is reported as moved in the %s protocol, and leaves no ref',
	async (_, isOld) => {
		const {path} = await acme.add('api');
		const tip = await commitFile(path);
		acme.sandbox.speakOldProtocol(isOld);
		const {git} = makeWorld(acme.clock).connect(makeSource(acme.sandbox), 'test');
		const mirror = join(acme.folder, 'repo');
		await git.createMirror(mirror);
		const refs = new Map([
			['refs/heads/main', tip],
			['refs/heads/gone', '1'.repeat(40)],
		]);
		const url = `${acme.sandbox.origin}/acme/api.git`;
		const options = {
			signal: new AbortController().signal,
			onProgress: () => {},
			onFallBack: () => {},
		};

		await expect(git.fetchObjects(mirror, url, refs, new Map(), options)).rejects.toMatchObject({
			failure: {kind: 'refs-moved'},
		});

		expect(await readRefs(mirror, 'refs/')).toEqual(new Map());
		expect(existsSync(join(mirror, 'FETCH_HEAD'))).toBe(false);
	},
);
