import {randomUUID} from 'node:crypto';
import {join} from 'node:path';
import {hasRefs, makeBareRepository} from './bare-repository.ts';
import type {SandboxRepository, SandboxWorkspace} from './model.ts';

export type WorkspaceOptions = {
	readonly slug: string;
	readonly name?: string;
	readonly isPrivate?: boolean;
};

type Defaulted = Pick<
	SandboxRepository,
	| 'uuid'
	| 'name'
	| 'isPrivate'
	| 'mainBranch'
	| 'hasWiki'
	| 'size'
	| 'cloneUrl'
	| 'whenEmpty'
	| 'missingWikiStatus'
>;

export type RepositoryOptions = Partial<Readonly<Defaulted>> & {
	readonly workspace: string;
	readonly slug: string;
	/** Makes a real wiki repository. `hasWiki` follows it by default. */
	readonly withWiki?: boolean;
	/** An existing bare repository to serve instead of a new one. Several may serve the same. */
	readonly path?: string;
};

/** The workspaces and repositories of one sandbox. */
export type Workspaces = {
	addWorkspace(options: WorkspaceOptions): SandboxWorkspace;
	addRepository(options: RepositoryOptions): SandboxRepository;
	/** The old name answers 301 from now on, until another repository takes it. */
	renameRepository(repository: SandboxRepository, slug: string): void;
	deleteRepository(repository: SandboxRepository): void;
	removeWorkspace(slug: string): void;
	/** By slug or by uuid in braces. */
	findWorkspace(id: string): SandboxWorkspace | undefined;
	findRepository(workspace: string, id: string): SandboxRepository | undefined;
	/** The repository that once had this name. */
	findRenamed(workspace: string, slug: string): SandboxRepository | undefined;
	listWorkspaces(): readonly SandboxWorkspace[];
	listRepositories(workspace: string): readonly SandboxRepository[];
	isEmpty(repository: SandboxRepository): boolean;
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

/** Repositories lie in `folder` under names that no rename changes. */
export const createWorkspaces = (folder: string): Workspaces => {
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
		addWorkspace: ({slug, name = slug, isPrivate = true}) => {
			const workspace = {slug, uuid: inBraces(randomUUID()), name, isPrivate};
			workspaces.set(slug, workspace);
			repositories.set(slug, new Map());
			return workspace;
		},
		addRepository: (options) => {
			const siblings = repositoriesOf(options.workspace);
			if (siblings.has(options.slug)) {
				throw new Error(`The sandbox already has a repository ${options.slug}`);
			}
			const repository = makeRepository(folder, options);
			siblings.set(repository.slug, repository);
			return repository;
		},
		renameRepository: (repository, slug) => {
			const siblings = repositoriesOf(repository.workspace);
			formerNames.set(`${repository.workspace}/${repository.slug}`, repository);
			siblings.delete(repository.slug);
			repository.slug = slug;
			siblings.set(slug, repository);
		},
		deleteRepository: ({workspace, slug}) => {
			repositoriesOf(workspace).delete(slug);
		},
		removeWorkspace: (slug) => {
			workspaces.delete(slug);
			repositories.delete(slug);
		},
		findWorkspace: (id) =>
			workspaces.get(id) ?? [...workspaces.values()].find(({uuid}) => uuid === id),
		findRepository: (workspace, id) => {
			const siblings = repositories.get(workspace);
			return id.startsWith('{')
				? [...(siblings?.values() ?? [])].find(({uuid}) => uuid === id)
				: siblings?.get(id);
		},
		findRenamed: (workspace, slug) => {
			const renamed = formerNames.get(`${workspace}/${slug}`);
			return renamed !== undefined && repositories.get(workspace)?.get(renamed.slug) === renamed
				? renamed
				: undefined;
		},
		listWorkspaces: () => [...workspaces.values()],
		listRepositories: (workspace) => [...(repositories.get(workspace)?.values() ?? [])],
		isEmpty: (repository) => {
			if (!filled.has(repository) && hasRefs(repository.path)) {
				filled.add(repository);
			}
			return !filled.has(repository);
		},
	};
};
