import {checkWorkspace} from './checks.ts';

/** Pages of Bitbucket's own, which stand where a workspace's id would. */
const ownPages: ReadonlySet<string> = new Set([
	'account',
	'blog',
	'dashboard',
	'product',
	'repo',
	'site',
	'socialauth',
	'support',
]);

/** The path of an address at Bitbucket: in a browser, of its API, or as git and ssh write it. */
const addressPath =
	/(?:^|[\s'"<])(?:[a-z+]+:\/\/)?(?:[^\s/@]*@)?(?:www\.|ssh\.|altssh\.)?bitbucket\.org(?::\d+)?[/:]([^\s'">?#]*)/i;
const apiPath = /\bapi\.bitbucket\.org\/2\.0\/(?:repositories|workspaces)\/([^\s'">?#]*)/i;

/**
 * The workspace id that a text names: an id, or any address at Bitbucket, also inside a pasted
 * `git clone` line. Undefined if there is none in it.
 */
export const findWorkspaceId = (text: string): string | undefined => {
	const path = apiPath.exec(text)?.[1] ?? addressPath.exec(text)?.[1];
	const id = path === undefined ? text.trim() : firstName(path);
	return id !== undefined && checkWorkspace(id) === undefined ? id.toLowerCase() : undefined;
};

const firstName = (path: string): string | undefined => {
	const [first, second] = path.split('/').filter((part) => part !== '');
	if (first === 'workspaces') {
		return second;
	}

	return first === undefined || ownPages.has(first) ? undefined : first.replace(/\.git$/, '');
};
