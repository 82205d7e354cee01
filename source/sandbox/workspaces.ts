import {randomUUID} from 'node:crypto';
import {join} from 'node:path';
import {hasRefs, makeBareRepository} from './bare-repository.ts';
import type {SandboxRepository, SandboxWorkspace} from './model.ts';

type WorkspaceOptions = {
	readonly slug: string;
	readonly name?: string;
	readonly isPrivate?: boolean;
};

type Fixed = 'workspace' | 'slug' | 'path' | 'wikiPath' | 'createdOn' | 'isListed';

export type RepositoryOptions = Partial<Readonly<Omit<SandboxRepository, Fixed>>> & {
	readonly workspace: string;
	readonly slug: string;
	/** Makes a real wiki repository. `hasWiki` follows it by default. */
	readonly withWiki?: boolean;
	/** An existing bare repository to serve instead of a new one. Several may serve the same. */
	readonly path?: string;
};

const inBraces = (uuid: string): string => (uuid.startsWith('{') ? uuid : `{${uuid}}`);

const makeRepository = (
	folder: string,
	{withWiki = false, path: given, ...options}: RepositoryOptions,
): SandboxRepository => {
	const {mainBranch = 'main'} = options;
	const path = given ?? join(folder, `${randomUUID()}.git`);
	const wikiPath = withWiki ? join(folder, `${randomUUID()}.wiki.git`) : undefined;
	if (given === undefined) {
		makeBareRepository(path, mainBranch);
	}
	if (wikiPath !== undefined) {
		makeBareRepository(wikiPath, 'master');
	}

	return {
		name: options.slug,
		isPrivate: true,
		mainBranch,
		hasWiki: withWiki,
		description: '',
		projectKey: 'MAIN',
		size: 0,
		cloneUrl: undefined,
		isListed: true,
		whenEmpty: 'zero-refs',
		missingWikiStatus: 404,
		createdOn: new Date().toISOString(),
		...options,
		uuid: inBraces(options.uuid ?? randomUUID()),
		path,
		wikiPath,
	};
};

export type Workspaces = ReturnType<typeof createWorkspaces>;

/**
 * The workspaces and repositories of one sandbox. Repositories lie in `folder` under names that no
 * rename changes.
 */
export const createWorkspaces = (folder: string) => {
	const workspaces = new Map<string, SandboxWorkspace>();
	const repositories = new Map<string, Map<string, SandboxRepository>>();
	const formerNames = new Map<string, SandboxRepository>();
	// A repository that was pushed to counts as filled for good, because every listing asks.
	const filled = new WeakSet<SandboxRepository>();

	const repositoriesOf = (workspace: string): Map<string, SandboxRepository> => {
		const found = repositories.get(workspace);
		if (found === undefined) {
			throw new Error(`The sandbox has no workspace ${workspace}`);
		}
		return found;
	};

	return {
		addWorkspace: ({slug, name = slug, isPrivate = true}: WorkspaceOptions): SandboxWorkspace => {
			const workspace = {slug, uuid: inBraces(randomUUID()), name, isPrivate};
			workspaces.set(slug, workspace);
			repositories.set(slug, new Map());
			return workspace;
		},
		addRepository: (options: RepositoryOptions): SandboxRepository => {
			const siblings = repositoriesOf(options.workspace);
			if (siblings.has(options.slug)) {
				throw new Error(`The sandbox already has a repository ${options.slug}`);
			}
			const repository = makeRepository(folder, options);
			siblings.set(repository.slug, repository);
			return repository;
		},
		/** The old name answers 301 from now on, until another repository takes it. */
		renameRepository: (repository: SandboxRepository, slug: string): void => {
			const siblings = repositoriesOf(repository.workspace);
			formerNames.set(`${repository.workspace}/${repository.slug}`, repository);
			siblings.delete(repository.slug);
			repository.slug = slug;
			siblings.set(slug, repository);
		},
		deleteRepository: ({workspace, slug}: SandboxRepository): void => {
			repositoriesOf(workspace).delete(slug);
		},
		removeWorkspace: (slug: string): void => {
			workspaces.delete(slug);
			repositories.delete(slug);
		},
		/** By slug or by uuid in braces. */
		findWorkspace: (id: string): SandboxWorkspace | undefined =>
			workspaces.get(id) ?? [...workspaces.values()].find(({uuid}) => uuid === id),
		findRepository: (workspace: string, id: string): SandboxRepository | undefined => {
			const siblings = repositories.get(workspace);
			return id.startsWith('{')
				? [...(siblings?.values() ?? [])].find(({uuid}) => uuid === id)
				: siblings?.get(id);
		},
		/** The repository that once had this name. */
		findRenamed: (workspace: string, slug: string): SandboxRepository | undefined => {
			const renamed = formerNames.get(`${workspace}/${slug}`);
			return renamed !== undefined && repositories.get(workspace)?.get(renamed.slug) === renamed
				? renamed
				: undefined;
		},
		listWorkspaces: (): readonly SandboxWorkspace[] => [...workspaces.values()],
		listRepositories: (workspace: string): readonly SandboxRepository[] => [
			...(repositories.get(workspace)?.values() ?? []),
		],
		isEmpty: (repository: SandboxRepository): boolean => {
			if (!filled.has(repository) && hasRefs(repository.path)) {
				filled.add(repository);
			}
			return !filled.has(repository);
		},
	};
};
