import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {DemoInvocation} from '../arguments/invocation.ts';
import type {ExitCode} from '../domain/failure/exit-code.ts';
import {Secret, type Settings} from '../domain/settings/settings.ts';
import type {World} from '../ports/world.ts';
import {
	changeDemoWorkspace,
	type DemoWorkspace,
	fillDemoWorkspace,
} from '../sandbox/demo-workspace.ts';
import {startSandbox} from '../sandbox/start-sandbox.ts';
import {forgetful, runBackup} from './run-backup.ts';

/**
 * Backs up a small Bitbucket that runs inside this process. Then upstream rewrites and deletes, and a
 * second backup keeps what was lost.
 */
export const demo = async (
	outside: World,
	{options}: DemoInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const world = forgetful(outside);
	const {terminal} = world;
	const say = (text: string): void => {
		if (!options.json && !options.quiet) {
			terminal.writeError(`\n${text}\n\n`);
		}
	};

	const sandbox = await startSandbox();
	try {
		const workspace = await fillDemoWorkspace(sandbox);
		const settings = await makeSettings(sandbox.apiUrl, workspace);
		const choice = {settings, view: options, signal};
		say('A small Bitbucket runs inside this program now. This is its first backup.');
		const first = await runBackup(world, choice);
		if (signal.aborted) {
			return first;
		}

		await changeDemoWorkspace(sandbox);
		say(
			'A month passes. A branch is force-pushed, a branch and a repository are\ndeleted, a tag is moved, and a comment loses its words.',
		);
		const second = await runBackup(world, choice);
		const {localFolder} = settings;
		say(
			`Nothing was lost. You can read the backup with any git:\n${localFolder}\nThe pull requests are there too:\ncistern show api 2 --from ${join(localFolder, workspace.workspace)}`,
		);
		return second;
	} finally {
		await sandbox.close();
	}
};

const makeSettings = async (apiUrl: string, demo: DemoWorkspace): Promise<Settings> => ({
	localFolder: await mkdtemp(join(tmpdir(), 'cistern-demo-')),
	concurrency: undefined,
	maxWait: undefined,
	removeDeletedRepos: false,
	notices: [],
	sources: [
		{
			title: demo.workspace,
			type: 'org',
			workspace: demo.workspace,
			credential: {
				kind: 'api-token',
				apiUser: demo.email,
				gitUser: demo.userName,
				token: new Secret(demo.token),
			},
			includeRepos: [],
			ignoreRepos: [],
			apiUrl,
			ofParts: {metadata: 'true'},
			tokenExpires: undefined,
		},
	],
});
