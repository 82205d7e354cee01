import {
	complainAboutApi,
	decideGitAddress,
	gitAddressFor,
	type WebAddress,
	withoutUser,
} from '../../domain/access/git-address.ts';
import {FailureError, StopError} from '../../domain/failure/failure.ts';
import type {Credential, Source} from '../../domain/settings/settings.ts';
import {toExcerpt} from '../../domain/text/printable-text.ts';
import type {Bitbucket} from '../../ports/bitbucket.ts';
import type {Agents} from './agents.ts';
import {apiMethods} from './api-methods.ts';
import {cleanError} from './clean-failure.ts';
import {apiAuthorization, gitAuthorization, redactor} from './credentials.ts';
import {readAdvertisement} from './read-advertisement.ts';

export type ConnectOptions = {readonly version: string; readonly agents: Agents};

/**
 * One source's Bitbucket: REST and the advertisement of refs. Sends nothing yet. Throws a
 * StopError for an `apiUrl` that no token may be sent to.
 */
export const connectBitbucket = (source: Source, options: ConnectOptions): Bitbucket => {
	refuseUnsafeApi(source.apiUrl);
	const gitAddress = gitAddressFor(source.apiUrl);
	const {api, git} = makeClients(source.credential, options);
	const methods = apiMethods(source, api);

	const redact = redactor(source.credential);
	const clean = async <Result>(act: () => Promise<Result>): Promise<Result> => {
		try {
			return await act();
		} catch (error) {
			throw cleanError(error, redact);
		}
	};

	/** What was accepted already; each is asked for right after, and to look again takes as long. */
	const accepted = new Set<string>();
	const accept = (url: string): string => {
		const address = checkCloneUrl(url, gitAddress);
		accepted.add(address);
		return address;
	};

	return {
		apiHost: new URL(source.apiUrl).host,
		gitHost: gitAddress.host,
		readAccount: (signal) => clean(() => methods.readAccount(signal)),
		readWorkspace: (signal) => clean(() => methods.readWorkspace(signal)),
		listWorkspaces: (signal) => clean(() => methods.listWorkspaces(signal)),
		readRepositoryPage: (page, signal) => clean(() => methods.readRepositoryPage(page, signal)),
		checkCloneUrl: (url) => {
			try {
				return accept(url);
			} catch (error) {
				throw cleanError(error, redact);
			}
		},
		readAdvertisement: (url, signal) =>
			clean(() => readAdvertisement(accepted.has(url) ? url : accept(url), git, signal)),
	};
};

const refuseUnsafeApi = (apiUrl: string): void => {
	const complaint = complainAboutApi(apiUrl);
	if (complaint !== undefined) {
		const address = toExcerpt(withoutUser(apiUrl));
		throw new StopError(`The API address ${address} cannot be used: ${complaint}.`, {
			advice: 'Leave apiUrl out to talk to Bitbucket itself.',
		});
	}
};

const makeClients = (credential: Credential, {agents, version}: ConnectOptions) => ({
	api: {
		agents,
		userAgent: `cistern/${version}`,
		authorization: once(() => apiAuthorization(credential)),
	},
	git: {
		agents,
		// Servers know git by how its name begins, and show others a page.
		userAgent: `git/cistern-${version}`,
		authorization: once(() => gitAuthorization(credential)),
	},
});

/** Made when it is first asked for, and again only where that failed. */
const once = <Value>(make: () => Value): (() => Value) => {
	let made: {readonly value: Value} | undefined;
	return () => {
		made ??= {value: make()};
		return made.value;
	};
};

const checkCloneUrl = (url: string, allowed: WebAddress): string => {
	const decision = decideGitAddress(url, allowed);
	if (!decision.accepted) {
		throw new FailureError({
			kind: 'address-refused',
			address: withoutUser(url),
			reason: decision.reason,
		});
	}

	return decision.url;
};
