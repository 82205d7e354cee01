import type {
	MetadataKind,
	MetadataRequest,
	PullRequestWalk,
	RepositoryName,
} from '../../ports/metadata.ts';

/** A scope by its name for API tokens, without `:bitbucket`, and for access tokens. */
type Scope = {readonly modern: string; readonly classic: string};

const pullRequest: Scope = {modern: 'read:pullrequest', classic: 'pullrequest'};
const repository: Scope = {modern: 'read:repository', classic: 'repository'};
const repositoryAdmin: Scope = {modern: 'admin:repository', classic: 'repository:admin'};
const pipeline: Scope = {modern: 'read:pipeline', classic: 'pipeline'};
const webhook: Scope = {modern: 'read:webhook', classic: 'webhook'};
const workspace: Scope = {modern: 'read:workspace', classic: 'account'};
const project: Scope = {modern: 'read:project', classic: 'project'};
const projectAdmin: Scope = {modern: 'admin:project', classic: 'project:admin'};
const snippet: Scope = {modern: 'read:snippet', classic: 'snippet'};

type Endpoint = {
	/**
	 * Below the address of the API. `{r}` is the repository by its uuid, which no rename changes; `{s}`
	 * is the repository by its slug, where Bitbucket's description of the API names nothing else.
	 */
	readonly path: string;
	readonly scope: Scope;
	/** The longest page that is accepted; undefined for a single object. */
	readonly pagelen?: 50 | 100;
};

/** Paths, scopes and page lengths of Bitbucket's OpenAPI description, of October 2026. */
const endpoints: Readonly<Record<MetadataKind, Endpoint>> = {
	'pull-requests': {path: '{r}/pullrequests', scope: pullRequest, pagelen: 50},
	'pull-request': {path: '{r}/pullrequests/{id}', scope: pullRequest},
	comments: {path: '{r}/pullrequests/{id}/comments', scope: pullRequest, pagelen: 100},
	tasks: {path: '{r}/pullrequests/{id}/tasks', scope: pullRequest, pagelen: 100},
	'pull-request-commits': {path: '{r}/pullrequests/{id}/commits', scope: pullRequest, pagelen: 100},
	'pull-request-statuses': {
		path: '{r}/pullrequests/{id}/statuses',
		scope: pullRequest,
		pagelen: 100,
	},
	repository: {path: '{r}', scope: repository},
	activity: {path: '{r}/pullrequests/activity', scope: pullRequest, pagelen: 50},
	'commit-statuses': {path: '{r}/commit/{commit}/statuses', scope: repository, pagelen: 100},
	'commit-comments': {path: '{r}/commit/{commit}/comments', scope: repository, pagelen: 100},
	'default-reviewers': {
		path: '{r}/effective-default-reviewers',
		scope: pullRequest,
		pagelen: 100,
	},
	hooks: {path: '{r}/hooks', scope: webhook, pagelen: 100},
	'user-permissions': {path: '{r}/permissions-config/users', scope: repository, pagelen: 100},
	'group-permissions': {path: '{r}/permissions-config/groups', scope: repository, pagelen: 100},
	'branching-model': {path: '{r}/branching-model', scope: repository},
	'branching-model-settings': {path: '{r}/branching-model/settings', scope: repositoryAdmin},
	'branch-restrictions': {path: '{r}/branch-restrictions', scope: repositoryAdmin, pagelen: 100},
	'deploy-keys': {path: '{r}/deploy-keys', scope: repositoryAdmin, pagelen: 100},
	pipelines: {path: '{s}/pipelines_config', scope: repositoryAdmin},
	'pipeline-variables': {path: '{s}/pipelines_config/variables', scope: pipeline, pagelen: 100},
	'pipeline-schedules': {path: '{s}/pipelines_config/schedules', scope: pipeline, pagelen: 100},
	'pipeline-key-pair': {path: '{s}/pipelines_config/ssh/key_pair', scope: pipeline},
	'pipeline-known-hosts': {
		path: '{s}/pipelines_config/ssh/known_hosts',
		scope: pipeline,
		pagelen: 100,
	},
	environments: {path: '{s}/environments', scope: pipeline, pagelen: 100},
	'environment-variables': {
		path: '{s}/deployments_config/environments/{environment}/variables',
		scope: pipeline,
		pagelen: 100,
	},
	downloads: {path: '{r}/downloads', scope: repository, pagelen: 100},
	workspace: {path: 'workspaces/{w}', scope: workspace},
	members: {path: 'workspaces/{w}/members', scope: workspace, pagelen: 100},
	'workspace-permissions': {path: 'workspaces/{w}/permissions', scope: workspace, pagelen: 100},
	projects: {path: 'workspaces/{w}/projects', scope: project, pagelen: 100},
	'workspace-hooks': {path: 'workspaces/{w}/hooks', scope: webhook, pagelen: 100},
	'workspace-variables': {
		path: 'workspaces/{w}/pipelines-config/variables',
		scope: pipeline,
		pagelen: 100,
	},
	snippets: {path: 'snippets/{w}', scope: snippet, pagelen: 100},
	'project-default-reviewers': {
		path: 'workspaces/{w}/projects/{project}/default-reviewers',
		scope: pullRequest,
		pagelen: 100,
	},
	'project-user-permissions': {
		path: 'workspaces/{w}/projects/{project}/permissions-config/users',
		scope: project,
		pagelen: 100,
	},
	'project-group-permissions': {
		path: 'workspaces/{w}/projects/{project}/permissions-config/groups',
		scope: project,
		pagelen: 100,
	},
	'project-branching-model': {
		path: 'workspaces/{w}/projects/{project}/branching-model',
		scope: repository,
	},
	'project-branching-model-settings': {
		path: 'workspaces/{w}/projects/{project}/branching-model/settings',
		scope: projectAdmin,
	},
	'project-deploy-keys': {
		path: 'workspaces/{w}/projects/{project}/deploy-keys',
		scope: projectAdmin,
		pagelen: 100,
	},
};

/** Is the answer a page of a list? */
export const isList = (kind: MetadataKind): boolean => endpoints[kind].pagelen !== undefined;

/** The repository below the address of the API. */
export const repositoryPath = (name: RepositoryName): string =>
	`repositories/${encodeURIComponent(name.workspace)}/${encodeURIComponent(`{${name.uuid}}`)}`;

/** Path and query of a question, below the address of the API. */
export const pathOf = (request: MetadataRequest, workspaceId: string): string => {
	const {path, pagelen} = endpoints[request.kind];
	const values: Readonly<Record<string, string>> = {
		...textsOf(request),
		w: encodeURIComponent(workspaceId),
	};
	const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
	const query = [...(pagelen === undefined ? [] : [`pagelen=${pagelen}`]), ...queryOf(request)];
	return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
};

const textsOf = (request: MetadataRequest): Readonly<Record<string, string>> => ({
	...('repository' in request && {
		r: repositoryPath(request.repository),
		s: `repositories/${encodeURIComponent(request.repository.workspace)}/${encodeURIComponent(request.repository.slug)}`,
	}),
	...('id' in request && {id: String(request.id)}),
	...('commit' in request && {commit: encodeURIComponent(request.commit)}),
	...('environment' in request && {environment: encodeURIComponent(request.environment)}),
	...('project' in request && {project: encodeURIComponent(request.project)}),
});

const queryOf = (request: MetadataRequest): readonly string[] => {
	switch (request.kind) {
		case 'pull-requests':
			return [
				...states,
				...parameter('q', filterOf(request.walk)),
				...(request.isSorted ? [`sort=${request.walk.to === 'newest' ? 'id' : '-id'}`] : []),
				...parameter('fields', listFields),
			];
		case 'comments':
			return parameter('q', request.since && `updated_on>"${request.since}"`);
		default:
			return [];
	}
};

const parameter = (name: string, value: string | undefined): readonly string[] =>
	value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`];

/** Without them Bitbucket lists open ones alone. */
const states = ['OPEN', 'MERGED', 'DECLINED', 'SUPERSEDED'].map((state) => `state=${state}`);

const filterOf = (walk: PullRequestWalk): string | undefined => {
	if (walk.to === 'oldest') {
		return walk.before === undefined ? undefined : `id<${walk.before}`;
	}

	const {since, after} = walk;
	return since === undefined
		? `state="OPEN" AND id>${after}`
		: `(state="OPEN" OR updated_on>="${since}") AND id>${after}`;
};

/** A list leaves participants out unless it is asked for them. The rest repeats what is there. */
const listFields = [
	'+values.participants',
	'+values.reviewers',
	'-values.links',
	'-values.rendered',
	'-values.summary',
	'-values.author.links',
	'-values.closed_by.links',
	'-values.participants.user.links',
	'-values.reviewers.links',
	'-values.source.repository.links',
	'-values.destination.repository.links',
].join(',');

/** Names that give a classic scope besides its own (Bitbucket's "OAuth scopes"). */
const implying: Readonly<Record<string, readonly string[]>> = {
	repository: ['pullrequest', 'pullrequest:write', 'project'],
};

/**
 * The scope that a question lacks, in the style of the token, or undefined. A modern scope implies no
 * other. Of a classic one, `write` gives reading too, and `admin` does not.
 */
export const lackOfScope = (kind: MetadataKind, held: readonly string[]): string | undefined => {
	const {modern, classic} = endpoints[kind].scope;
	if (held.some((scope) => scope.endsWith(':bitbucket'))) {
		const needed = `${modern}:bitbucket`;
		return held.includes(needed) ? undefined : needed;
	}

	const enough = [classic, `${classic}:write`, ...(implying[classic] ?? [])];
	return enough.some((scope) => held.includes(scope)) ? undefined : classic;
};
