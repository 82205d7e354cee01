import http from 'node:http';
import https from 'node:https';

/** What keeps connections open between requests, shared by all sources of a run. */
export type Agents = {readonly http: http.Agent; readonly https: https.Agent};

/**
 * The one place where connections are made; whatever stands between this machine and Bitbucket, a
 * proxy for one, belongs here. An idle connection does not keep the process alive.
 */
export const makeAgents = (): Agents => ({
	http: new http.Agent({keepAlive: true}),
	https: new https.Agent({keepAlive: true}),
});
