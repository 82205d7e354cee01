import {isForbidden, mayRead, type NeededScope} from './access.ts';
import {noAccess, notAMember, noWorkspace, type RestAnswer} from './answers.ts';
import type {Metadata} from './metadata/metadata.ts';
import type {Caller, SandboxRepository, SandboxWorkspace} from './model.ts';
import type {Page} from './page.ts';
import type {Workspaces} from './workspaces.ts';

/** Lets a test change a page of a listing before it is sent: another `next`, other values. */
export type PageTransform = (page: Page, workspace: string) => unknown;

/** Lets a test change any JSON of the API before it is sent. `path` is below `/2.0`. */
export type AnswerTransform = (body: unknown, path: string) => unknown;

export type RestState = {
	/** `http://127.0.0.1:PORT` */
	readonly origin: string;
	/** The server that downloads are redirected to. */
	readonly mediaOrigin: string;
	readonly workspaces: Workspaces;
	readonly metadata: Metadata;
	readonly transformPage: PageTransform;
	readonly transformAnswer: AnswerTransform;
	/** Counts a request. False if it is one too many in an hour. */
	readonly admit: (caller: Caller) => boolean;
};

export type RestRequest = {
	readonly caller: Caller;
	/** The request's address on the API's own origin. */
	readonly address: URL;
	/** The form that the caller asks for. */
	readonly accept: string | undefined;
	/** The groups of `pattern`, decoded. */
	readonly parts: readonly string[];
};

export type Endpoint = {
	/** Of the path below `/2.0`. */
	readonly pattern: RegExp;
	readonly needed: NeededScope;
	/** Anonymous callers are refused before anything else is checked. */
	readonly signedIn?: true;
	/** Fields that an answer holds only if `fields` asks for them. */
	readonly hidden?: readonly string[];
	readonly answer: (state: RestState, request: RestRequest) => RestAnswer;
};

export const found = (body: unknown): RestAnswer => ({status: 200, body});

/** An answer about a workspace or a repository that the caller may see. */
export type AnswerAbout<Thing> = (
	state: RestState,
	thing: Thing,
	request: RestRequest,
) => RestAnswer;

/** The first part of the path names the workspace. */
export const inWorkspace =
	(answer: AnswerAbout<SandboxWorkspace>): Endpoint['answer'] =>
	(state, request) => {
		const [id = ''] = request.parts;
		const workspace = state.workspaces.findWorkspace(id);
		if (workspace === undefined) {
			return noWorkspace(id);
		}
		return isForbidden(request.caller, workspace) ? notAMember : answer(state, workspace, request);
	};

/** The first two parts of the path name the repository. */
export const inRepository =
	(answer: AnswerAbout<SandboxRepository>): Endpoint['answer'] =>
	(state, request) => {
		const repository = openRepository(state, request);
		return 'status' in repository ? repository : answer(state, repository, request);
	};

/** The repository, or the answer that refuses it or leads to its new name. */
const openRepository = (
	{workspaces, origin}: RestState,
	{caller, address, parts: [owner = '', id = '']}: RestRequest,
): SandboxRepository | RestAnswer => {
	const workspace = workspaces.findWorkspace(owner);
	const repository = workspaces.findRepository(workspace?.slug ?? '', id);
	if (repository && mayRead(caller, repository)) {
		return repository;
	}
	const renamed = repository ? undefined : workspaces.findRenamed(owner, id);
	if (renamed === undefined || !mayRead(caller, renamed)) {
		return noAccess;
	}
	const rest = /^\/2\.0\/repositories\/[^/]+\/[^/]+(.*)$/.exec(address.pathname)?.[1] ?? '';
	const place = `${origin}/2.0/repositories/${renamed.workspace}/${renamed.slug}`;
	return {status: 301, body: '', headers: {location: `${place}${rest}${address.search}`}};
};
