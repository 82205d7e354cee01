import {describe, expect, it} from 'vitest';
import {startScene} from './scene.ts';

describe('settings', () => {
	it('are served as they were put there, as lists and as objects', async () => {
		const {metadata, repository, sandbox, read, get} = await startScene();
		metadata.settings.put(repository, 'hooks', [{uuid: '{1}', url: 'https://ci.example'}]);
		metadata.settings.put(repository, 'pipelines_config', {enabled: true});
		expect(await read('hooks')).toMatchObject({size: 1, values: [{url: 'https://ci.example'}]});
		expect(await read('pipelines_config')).toEqual({enabled: true});
		const workspace = sandbox.findWorkspace('acme');
		if (workspace) {
			metadata.settings.put(workspace, 'projects/MAIN/deploy-keys', [{id: 1}]);
		}
		const keys = await get('/workspaces/acme/projects/MAIN/deploy-keys');
		expect(await keys.json()).toMatchObject({values: [{id: 1}]});
	});

	it('are empty lists, or 404 where there is nothing', async () => {
		const {read, statusOf} = await startScene();
		expect(await read('branch-restrictions')).toMatchObject({size: 0, values: []});
		expect(await statusOf('pipelines_config/ssh/key_pair')).toBe(404);
	});

	it('need scopes of their own, some of them for administration', async () => {
		const {token, get} = await startScene();
		token.scopes = ['read:repository:bitbucket'];
		const required = async (path: string): Promise<unknown> => {
			const answer = await get(path);
			return ((await answer.json()) as {error?: {detail?: {required?: unknown}}}).error?.detail
				?.required;
		};
		expect(await required('/repositories/acme/api/branching-model')).toBeUndefined();
		expect(await required('/repositories/acme/api/branching-model/settings')).toEqual([
			'admin:repository:bitbucket',
		]);
		expect(await required('/repositories/acme/api/hooks')).toEqual(['read:webhook:bitbucket']);
		expect(await required('/workspaces/acme/projects')).toEqual(['read:project:bitbucket']);
		expect(await required('/snippets/acme')).toEqual(['read:snippet:bitbucket']);
	});

	it('tell permissions to people alone, and to no access token', async () => {
		const {sandbox, get} = await startScene();
		sandbox.addAccessToken({
			token: 'ATCTT-of-acme',
			kind: 'workspace',
			workspace: 'acme',
			scopes: ['repository'],
		});
		const path = '/repositories/acme/api/permissions-config/users';
		expect((await get(path, 'Bearer ATCTT-of-acme')).status).toBe(403);
		expect((await get(path)).status).toBe(200);
	});

	it('hold a sentence in place of snippets if they are put so', async () => {
		const {metadata, sandbox, get} = await startScene();
		const workspace = sandbox.findWorkspace('acme');
		if (workspace) {
			metadata.settings.put(workspace, 'snippets', ['A workspace on a Free plan …']);
		}
		const answer = await get('/snippets/acme');
		expect(await answer.json()).toMatchObject({values: ['A workspace on a Free plan …']});
	});
});

describe('removed endpoints', () => {
	it.each(['/repositories', '/workspaces', '/snippets', '/repositories/acme/api/issues'])(
		'answer 410: %s',
		async (path) => {
			const {get} = await startScene();
			const answer = await get(path);
			expect(answer.status).toBe(410);
			expect(await answer.json()).toMatchObject({
				error: {message: expect.stringMatching('CHANGE')},
			});
		},
	);
});
