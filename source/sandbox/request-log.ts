import type {IncomingHttpHeaders, IncomingMessage} from 'node:http';
import {parseGitPath, parseLfsPath} from './git-http.ts';
import type {Service} from './model.ts';

export type SandboxRequest = {
	readonly service: Service;
	/** The server's time, in milliseconds since 1970. */
	readonly at: number;
	readonly method: string;
	readonly path: string;
	/** Without the question mark; empty when there is none. */
	readonly query: string;
	/** The `workspace/slug` in the path. */
	readonly repository: string | undefined;
	/** As received, `authorization` included. */
	readonly headers: IncomingHttpHeaders;
	/** Names and values in turn, each as it was sent. */
	readonly rawHeaders: readonly string[];
	readonly userAgent: string | undefined;
	/** Undefined until the request is answered, and for good when a fault prevents the answer. */
	status: number | undefined;
};

const serviceOf = (path: string): Service =>
	/^\/[12]\.0(\/|$)/.test(path)
		? 'api'
		: parseGitPath(path) !== undefined || /\.git(\/|$)/.test(path)
			? 'git'
			: 'web';

type LogOptions = {
	/** The server's time, in milliseconds since 1970. */
	readonly now: () => number;
	/** The API takes a repository's uuid in braces in place of its slug. */
	readonly findRepository: (workspace: string, id: string) => {readonly slug: string} | undefined;
};

export const createRequestLog = ({now, findRepository}: LogOptions) => {
	const repositoryOf = (path: string): string | undefined => {
		const git = parseGitPath(path) ?? parseLfsPath(path);
		if (git !== undefined) {
			return `${git.workspace}/${git.slug}`;
		}
		const [, workspace, id] = /^\/2\.0\/repositories\/([^/]+)\/([^/]+)/.exec(path) ?? [];
		if (workspace === undefined || id === undefined) {
			return undefined;
		}
		const slug = id.startsWith('%7B')
			? findRepository(workspace, decodeURIComponent(id))?.slug
			: undefined;
		return `${workspace}/${slug ?? id}`;
	};

	const requests: SandboxRequest[] = [];
	return {
		requests: requests as readonly SandboxRequest[],
		/** `service`: of the server that it came to, if that has only one. */
		add: (
			{url = '/', method = 'GET', headers, rawHeaders}: IncomingMessage,
			service?: Service,
		): SandboxRequest => {
			const [path = '/', query = ''] = url.split('?', 2);
			const entry: SandboxRequest = {
				service: service ?? serviceOf(path),
				at: now(),
				method,
				path,
				query,
				repository: repositoryOf(path),
				headers: {...headers},
				rawHeaders,
				userAgent: headers['user-agent'],
				status: undefined,
			};
			requests.push(entry);
			return entry;
		},
		to: (service: Service): readonly SandboxRequest[] =>
			requests.filter((entry) => entry.service === service),
		clear: (): void => {
			requests.length = 0;
		},
	};
};
