import {describe, expect, it} from 'vitest';
import {findWorkspaceId} from '../../../source/domain/answers/workspace-address.ts';

describe('findWorkspaceId', () => {
	it.each([
		'acme',
		'  acme ',
		'Acme',
		'https://bitbucket.org/acme',
		'https://bitbucket.org/acme/',
		'https://bitbucket.org/acme/api/src/main/README.md',
		'https://bitbucket.org/acme/workspace/overview/',
		'https://bitbucket.org/acme/api/pull-requests/?state=OPEN',
		'http://www.bitbucket.org/acme/api',
		'bitbucket.org/acme/api',
		'https://ann@bitbucket.org/acme/api.git',
		'https://x-token-auth:secret@bitbucket.org/acme/api.git',
		'git@bitbucket.org:acme/api.git',
		'git@ssh.bitbucket.org:acme/api.git',
		'ssh://git@altssh.bitbucket.org:443/acme/api.git',
		'git clone https://ann@bitbucket.org/acme/api.git',
		'https://bitbucket.org/workspaces/acme/avatar/',
		'https://api.bitbucket.org/2.0/repositories/acme?pagelen=100',
		'https://api.bitbucket.org/2.0/workspaces/acme',
	])('finds acme in %s', (text) => {
		expect(findWorkspaceId(text)).toBe('acme');
	});

	it.each([
		'',
		'two words',
		'https://github.com/acme/api',
		'https://bitbucket.org/',
		'https://bitbucket.org/account/settings/',
		'https://bitbucket.org/dashboard/overview',
		'https://notbitbucket.org/acme',
		'../acme',
		'https://bitbucket.org/../../etc',
		'-rf',
		'ac\u001Bme',
	])('finds no workspace in %j', (text) => {
		expect(findWorkspaceId(text)).toBeUndefined();
	});
});
