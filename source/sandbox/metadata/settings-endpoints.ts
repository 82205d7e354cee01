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
import {type Endpoint, found, inRepository, inWorkspace} from '../endpoint.ts';
import {answerPage} from '../page.ts';
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
	return Array.isArray(document) ? answerPage(address, document, (item) => item) : found(document);
};

const ofRepository = ([path, needed, otherwise]: Row): Endpoint => {
	const answer = inRepository((state, repository, {address, parts}) =>
		show(address, state.metadata.settings.get(repository, parts[2] ?? '', otherwise)),
	);
	return {
		pattern: new RegExp(`^/repositories/([^/]+)/([^/]+)/(${path})$`),
		needed,
		answer: (state, request) => {
			const {caller} = request;
			// An access token belongs to no user, and may not ask who has which permission.
			if (
				path.startsWith('permissions-config') &&
				caller.kind === 'token' &&
				caller.token.kind !== 'api-token'
			) {
				return tokenNotSupported;
			}
			return answer(state, request);
		},
	};
};

const ofWorkspace = ([path, needed, otherwise]: Row): Endpoint => ({
	pattern: new RegExp(`^/workspaces/([^/]+)/(${path})$`),
	needed,
	signedIn: true,
	answer: inWorkspace((state, workspace, {address, parts}) =>
		show(address, state.metadata.settings.get(workspace, parts[1] ?? '', otherwise)),
	),
});

export const settingsEndpoints: readonly Endpoint[] = [
	...ofRepositories.map(ofRepository),
	...ofWorkspaces.map(ofWorkspace),
];
