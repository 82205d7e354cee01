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

const one = (path: string, scope: Scope): Endpoint => ({path, scope});

const list = (path: string, scope: Scope, pagelen: 50 | 100 = 100): Endpoint => ({
	path,
	scope,
	pagelen,
});

/** Paths, scopes and page lengths of Bitbucket's OpenAPI description, of October 2026. */
const endpoints: Readonly<Record<MetadataKind, Endpoint>> = {
	'pull-requests': list('{r}/pullrequests', pullRequest, 50),
	'pull-request': one('{r}/pullrequests/{id}', pullRequest),
	comments: list('{r}/pullrequests/{id}/comments', pullRequest),
	tasks: list('{r}/pullrequests/{id}/tasks', pullRequest),
	'pull-request-commits': list('{r}/pullrequests/{id}/commits', pullRequest),
	'pull-request-statuses': list('{r}/pullrequests/{id}/statuses', pullRequest),
	repository: one('{r}', repository),
	activity: list('{r}/pullrequests/activity', pullRequest, 50),
	'commit-statuses': list('{r}/commit/{commit}/statuses', repository),
	'commit-comments': list('{r}/commit/{commit}/comments', repository),
	'default-reviewers': list('{r}/effective-default-reviewers', pullRequest),
	hooks: list('{r}/hooks', webhook),
	'user-permissions': list('{r}/permissions-config/users', repository),
	'group-permissions': list('{r}/permissions-config/groups', repository),
	'branching-model': one('{r}/branching-model', repository),
	'branching-model-settings': one('{r}/branching-model/settings', repositoryAdmin),
	'branch-restrictions': list('{r}/branch-restrictions', repositoryAdmin),
	'deploy-keys': list('{r}/deploy-keys', repositoryAdmin),
	pipelines: one('{s}/pipelines_config', repositoryAdmin),
	'pipeline-variables': list('{s}/pipelines_config/variables', pipeline),
	'pipeline-schedules': list('{s}/pipelines_config/schedules', pipeline),
	'pipeline-key-pair': one('{s}/pipelines_config/ssh/key_pair', pipeline),
	'pipeline-known-hosts': list('{s}/pipelines_config/ssh/known_hosts', pipeline),
	environments: list('{s}/environments', pipeline),
	'environment-variables': list(
		'{s}/deployments_config/environments/{environment}/variables',
		pipeline,
	),
	downloads: list('{r}/downloads', repository),
	workspace: one('workspaces/{w}', workspace),
	members: list('workspaces/{w}/members', workspace),
	'workspace-permissions': list('workspaces/{w}/permissions', workspace),
	projects: list('workspaces/{w}/projects', project),
	'workspace-hooks': list('workspaces/{w}/hooks', webhook),
	'workspace-variables': list('workspaces/{w}/pipelines-config/variables', pipeline),
	snippets: list('snippets/{w}', snippet),
	'project-default-reviewers': list(
		'workspaces/{w}/projects/{project}/default-reviewers',
		pullRequest,
	),
	'project-user-permissions': list(
		'workspaces/{w}/projects/{project}/permissions-config/users',
		project,
	),
	'project-group-permissions': list(
		'workspaces/{w}/projects/{project}/permissions-config/groups',
		project,
	),
	'project-branching-model': one('workspaces/{w}/projects/{project}/branching-model', repository),
	'project-branching-model-settings': one(
		'workspaces/{w}/projects/{project}/branching-model/settings',
		projectAdmin,
	),
	'project-deploy-keys': list('workspaces/{w}/projects/{project}/deploy-keys', projectAdmin),
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
