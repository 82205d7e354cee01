import {randomUUID} from 'node:crypto';
import {join} from 'node:path';
import {hasRefs, makeBareRepository} from './bare-repository.ts';
import type {EmptyAnswer, SandboxRepository, SandboxWorkspace} from './model.ts';

export type WorkspaceOptions = {
	readonly slug: string;
	readonly name?: string;
	readonly isPrivate?: boolean;
};

export type RepositoryOptions = {
	readonly workspace: string;
	readonly slug: string;
	readonly name?: string;
	/** With or without braces. */
	readonly uuid?: string;
	readonly isPrivate?: boolean;
	readonly mainBranch?: string;
	readonly hasWiki?: boolean;
	/** Makes a real wiki repository; `hasWiki` follows it where it is not given. */
	readonly withWiki?: boolean;
	readonly size?: number;
	readonly cloneUrl?: string;
	readonly whenEmpty?: EmptyAnswer;
	readonly missingWikiStatus?: 404 | 410;
	/** An existing bare repository to serve in place of a new one; several may serve the same. */
	readonly path?: string;
};

/** The workspaces and repositories of one sandbox, and how they are found. */
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
	/** Where a repository that once had this name is now. */
	findRenamed(workspace: string, slug: string): SandboxRepository | undefined;
	listWorkspaces(): readonly SandboxWorkspace[];
	listRepositories(workspace: string): readonly SandboxRepository[];
	isEmpty(repository: SandboxRepository): boolean;
};

const inBraces = (uuid: string): string => (uuid.startsWith('{') ? uuid : `{${uuid}}`);

const makeRepository = (folder: string, options: RepositoryOptions): SandboxRepository => {
	const uuid = inBraces(options.uuid ?? randomUUID());
	const mainBranch = options.mainBranch ?? 'main';
	const path = options.path ?? join(folder, `${randomUUID()}.git`);
	const wikiPath = options.withWiki ? join(folder, `${randomUUID()}.wiki.git`) : undefined;
	if (options.path === undefined) {
		makeBareRepository(path, mainBranch);
	}
	if (wikiPath !== undefined) {
		makeBareRepository(wikiPath, 'master');
	}

	return {
		workspace: options.workspace,
		slug: options.slug,
		uuid,
		name: options.name ?? options.slug,
		isPrivate: options.isPrivate ?? true,
		mainBranch,
		hasWiki: options.hasWiki ?? options.withWiki ?? false,
		size: options.size ?? 0,
		cloneUrl: options.cloneUrl,
		isListed: true,
		whenEmpty: options.whenEmpty ?? 'zero-refs',
		missingWikiStatus: options.missingWikiStatus ?? 404,
		createdOn: new Date().toISOString(),
		path,
		wikiPath,
	};
};

/** `folder` is where the repositories lie, by names that no rename changes. */
export const createWorkspaces = (folder: string): Workspaces => {
	const workspaces = new Map<string, SandboxWorkspace>();
	const repositories = new Map<string, Map<string, SandboxRepository>>();
	const formerNames = new Map<string, SandboxRepository>();
	// Once pushed to, a repository counts as filled: looked up at every listing.
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
				throw new Error(`The sandbox has a repository ${options.slug} already`);
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
