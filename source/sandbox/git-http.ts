import type {IncomingMessage} from 'node:http';
import {holdsScope, mayRead, readRepository, writeRepository} from './access.ts';
import {
	type Answer,
	forkExecMessage,
	noAccessMessage,
	scopesMissingMessage,
	textAnswer,
} from './answers.ts';
import type {Credentials} from './credentials.ts';
import {askBackend, pktLine} from './git-backend.ts';
import type {SandboxRepository} from './model.ts';
import type {Workspaces} from './workspaces.ts';

type GitState = {
	readonly workspaces: Workspaces;
	readonly credentials: Credentials;
};

type GitAddress = {
	readonly workspace: string;
	readonly slug: string;
	readonly isWiki: boolean;
	readonly operation: string;
};

const gitPath =
	/^\/([^/]+)\/([^/]+?)(?:\.git)?(\/wiki)?(\/info\/refs|\/git-upload-pack|\/git-receive-pack)$/;

const lfsPath = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/info\/lfs(\/.*)$/;

/** Parses a path of git's smart HTTP protocol; undefined for any other. */
export const parseGitPath = (path: string): GitAddress | undefined => {
	const [, workspace, slug, wiki, operation] = gitPath.exec(path) ?? [];
	return workspace && slug && operation
		? {workspace, slug, isWiki: wiki !== undefined, operation}
		: undefined;
};

/** Parses a path of the LFS API below a clone link; undefined for any other. */
export const parseLfsPath = (path: string): Omit<GitAddress, 'isWiki'> | undefined => {
	const [, workspace, slug, operation] = lfsPath.exec(path) ?? [];
	return workspace && slug && operation ? {workspace, slug, operation} : undefined;
};

/** Plain text, so that git shows it as `remote: ...`. */
const signIn = textAnswer(401, noAccessMessage, {
	'www-authenticate': 'Basic realm="Bitbucket.org HTTP"',
});
export const notThere = textAnswer(404, noAccessMessage);
const scopeMissing = textAnswer(403, scopesMissingMessage);
const appPasswordsRemoved = textAnswer(
	410,
	'App passwords are no longer supported. Use an API token with scopes.',
);

/** The answer that refuses the request; undefined when the sender may do this. */
export const refusal = (
	{credentials}: Pick<GitState, 'credentials'>,
	repository: SandboxRepository | undefined,
	authorization: string | undefined,
	isPush: boolean,
): Answer | undefined => {
	const caller = credentials.identifyForGit(authorization);
	if (caller.kind === 'app-password') {
		return appPasswordsRemoved;
	}
	if (caller.kind === 'refused') {
		return signIn;
	}
	const isVisible = repository !== undefined && mayRead(caller, repository);
	if (caller.kind === 'anonymous') {
		return isVisible && !isPush ? undefined : signIn;
	}
	if (!holdsScope(caller.token, isPush ? writeRepository : readRepository)) {
		return scopeMissing;
	}
	return isVisible ? undefined : notThere;
};

/** An error instead of the refs, without the `ERR` that git would understand. */
export const forkExecError: Answer = {
	status: 200,
	headers: {'content-type': 'application/x-git-upload-pack-advertisement'},
	body: `${pktLine('# service=git-upload-pack\n')}0000${pktLine(forkExecMessage)}`,
};

/** Answers without git for a missing wiki and, if wanted, for an empty repository. */
const substitute = (
	{workspaces}: GitState,
	repository: SandboxRepository,
	{isWiki}: GitAddress,
	isPush: boolean,
): Answer | undefined => {
	if (isWiki) {
		return repository.wikiPath === undefined
			? textAnswer(repository.missingWikiStatus, noAccessMessage)
			: undefined;
	}
	if (isPush || repository.whenEmpty === 'zero-refs' || !workspaces.isEmpty(repository)) {
		return undefined;
	}
	return repository.whenEmpty === 'not-found' ? notThere : forkExecError;
};

/** Answers one request of git over HTTP. */
export const answerGit = async (
	state: GitState,
	address: GitAddress,
	query: string,
	incoming: IncomingMessage,
	signal: AbortSignal,
): Promise<Answer> => {
	const {operation, isWiki} = address;
	const isAdvertisement = operation === '/info/refs';
	const isPush = operation === '/git-receive-pack' || query.includes('service=git-receive-pack');
	const service = isPush ? 'git-receive-pack' : 'git-upload-pack';
	const repository = state.workspaces.findRepository(address.workspace, address.slug);
	const refused = refusal(state, repository, incoming.headers.authorization, isPush);
	if (refused !== undefined || repository === undefined) {
		return refused ?? notThere;
	}
	const path = (isWiki && repository.wikiPath) || repository.path;
	return (
		substitute(state, repository, address, isPush) ??
		askBackend({path, service, isAdvertisement, incoming, signal})
	);
};
