import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach} from 'vitest';
import type {Source} from '../../source/domain/settings/settings.ts';
import type {SandboxRepository} from '../../source/sandbox/model.ts';
import {type Sandbox, startSandbox} from '../../source/sandbox/start-sandbox.ts';
import type {RepositoryOptions} from '../../source/sandbox/workspaces.ts';
import {addAccess, makeSource, type RunResult, runBackup} from './backup.ts';
import {createFakeClock, type FakeClock} from './fake-clock.ts';
import {speaksOld} from './old-protocol.ts';
import {copyOriginal} from './originals.ts';
import {commitFile, restartDates} from './upstream.ts';

type RunOptions = NonNullable<Parameters<typeof runBackup>[2]>;

/** A sandbox with the workspace `acme`, an empty backup folder and a clock. */
export type TestWorkspace = {
	sandbox: Sandbox;
	folder: string;
	clock: FakeClock;
	/** A private repository with one commit on `main`. */
	add(slug: string, options?: Partial<RepositoryOptions>): Promise<SandboxRepository>;
	/**
	 * Private repositories with one commit on `main` that a run has saved already, by their slugs: as
	 * `add` and `run` leave them, but for a fraction of the processes.
	 */
	addSaved<Slugs extends readonly string[]>(
		...slugs: Slugs
	): Promise<{[Index in keyof Slugs]: SandboxRepository}>;
	run(options?: RunOptions & {source?: Partial<Source>}): Promise<RunResult>;
	/** Path of what lies in the source's folder. */
	path(...parts: readonly string[]): string;
	mirror(slug: string): string;
};

/**
 * To be called in a `describe`; the workspace is ready in its tests. New for each test, or one for
 * all of them, which then only read it or work on copies: tests run in any order.
 */
export const setUpWorkspace = (lives: 'each' | 'all' = 'each'): TestWorkspace => {
	const [before, after] = lives === 'each' ? [beforeEach, afterEach] : [beforeAll, afterAll];
	const workspace = {
		add: async (slug: string, options: Partial<RepositoryOptions> = {}) => {
			const repository = await workspace.sandbox.addRepository({
				workspace: 'acme',
				slug,
				isPrivate: true,
				...options,
			});
			await commitFile(repository.path, {content: `${slug}\n`});
			return repository;
		},
		addSaved: async (...slugs: readonly string[]) => {
			const first = workspace.sandbox.listRepositories('acme').length;
			const repositories = await Promise.all(
				slugs.map(async (slug, index) => {
					const repository = workspace.sandbox.addRepository({workspace: 'acme', slug});
					await copyOriginal(first + index, repository, workspace.path(`acme#${slug}`));
					return repository;
				}),
			);
			await workspace.run();
			return repositories;
		},
		run: ({source, ...options}: RunOptions & {source?: Partial<Source>} = {}) =>
			runBackup(workspace.folder, [makeSource(workspace.sandbox, source)], {
				clock: workspace.clock,
				...options,
			}),
		path: (...parts: readonly string[]) => join(workspace.folder, 'acme', ...parts),
		mirror: (slug: string) => workspace.path(`acme#${slug}`, 'repo'),
	} as TestWorkspace;

	before(async () => {
		restartDates();
		workspace.sandbox = await startSandbox();
		workspace.sandbox.speakOldProtocol(speaksOld(false));
		addAccess(workspace.sandbox);
		workspace.sandbox.addWorkspace({slug: 'acme'});
		workspace.folder = mkdtempSync(join(tmpdir(), 'cistern-test-'));
		workspace.clock = createFakeClock();
	});

	after(async () => {
		await workspace.sandbox.close();
		rmSync(workspace.folder, {recursive: true, force: true});
	});
	return workspace;
};
