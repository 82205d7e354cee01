import {
	adminProject,
	adminRepository,
	type NeededScope,
	readPipeline,
	readProject,
	readPullRequest,
	readRepository,
	readWebhook,
	readWorkspace,
} from '../access.ts';
import {noSuchThing, type RestAnswer, tokenNotSupported} from '../answers.ts';
import {type Endpoint, found, openRepository, openWorkspace, type RestState} from '../endpoint.ts';
import {answerPage, pageOf} from '../page.ts';
import type {Document} from './metadata.ts';

type Row = readonly [path: string, needed: NeededScope, otherwise: Document];

const branchingModel = {type: 'branching_model', branch_types: [], development: {name: 'main'}};

/** Below a repository's address. */
const ofRepositories: readonly Row[] = [
	['effective-default-reviewers', readPullRequest, []],
	['hooks', readWebhook, []],
	['permissions-config/users', readRepository, []],
	['permissions-config/groups', readRepository, []],
	['branching-model', readRepository, branchingModel],
	['branching-model/settings', adminRepository, branchingModel],
	['branch-restrictions', adminRepository, []],
	['deploy-keys', adminRepository, []],
	[
		'pipelines_config',
		adminRepository,
		{type: 'repository_pipelines_configuration', enabled: false},
	],
	['pipelines_config/variables', readPipeline, []],
	['pipelines_config/schedules', readPipeline, []],
	['pipelines_config/ssh/key_pair', readPipeline, undefined],
	['pipelines_config/ssh/known_hosts', readPipeline, []],
	['environments', readPipeline, []],
	['deployments_config/environments/[^/]+/variables', readPipeline, []],
	['commit/[^/]+/statuses', readRepository, []],
	['commit/[^/]+/comments', readRepository, []],
	['pullrequests/\\d+/statuses', readPullRequest, []],
];

/** Below a workspace's address. */
const ofWorkspaces: readonly Row[] = [
	['members', readWorkspace, []],
	['permissions', readWorkspace, []],
	['projects', readProject, []],
	['hooks', readWebhook, []],
	['pipelines-config/variables', readPipeline, []],
	['projects/[^/]+/default-reviewers', readPullRequest, []],
	['projects/[^/]+/permissions-config/users', readProject, []],
	['projects/[^/]+/permissions-config/groups', readProject, []],
	['projects/[^/]+/branching-model', readRepository, branchingModel],
	['projects/[^/]+/branching-model/settings', adminProject, branchingModel],
	['projects/[^/]+/deploy-keys', adminProject, []],
];

const show = (address: URL, document: Document): RestAnswer => {
	if (document === undefined) {
		return noSuchThing;
	}
	return Array.isArray(document)
		? answerPage(pageOf(address, document, (item) => item))
		: found(document);
};

const ofRepository = ([path, needed, otherwise]: Row): Endpoint => ({
	pattern: new RegExp(`^/repositories/([^/]+)/([^/]+)/(${path})$`),
	needed,
	answer: (state, request) => {
		const {caller, address, parts} = request;
		// An access token belongs to no user, and may not ask who has which permission.
		if (
			path.startsWith('permissions-config') &&
			caller.kind === 'token' &&
			caller.token.kind !== 'api-token'
		) {
			return tokenNotSupported;
		}
		const repository = openRepository(state, request);
		return 'status' in repository
			? repository
			: show(address, state.metadata.settings.get(repository, parts[2] ?? '', otherwise));
	},
});

const answerForWorkspace = (
	state: RestState,
	{caller, address, parts: [id = '', path = '']}: Parameters<Endpoint['answer']>[1],
	otherwise: Document,
): RestAnswer => {
	const workspace = openWorkspace(state, caller, id);
	return 'status' in workspace
		? workspace
		: show(address, state.metadata.settings.get(workspace, path, otherwise));
};

const ofWorkspace = ([path, needed, otherwise]: Row): Endpoint => ({
	pattern: new RegExp(`^/workspaces/([^/]+)/(${path})$`),
	needed,
	signedIn: true,
	answer: (state, request) => answerForWorkspace(state, request, otherwise),
});

export const settingsEndpoints: readonly Endpoint[] = [
	...ofRepositories.map(ofRepository),
	...ofWorkspaces.map(ofWorkspace),
];
