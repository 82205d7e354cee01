import type {Failure, NetworkProblem} from './failure.ts';
import {toExcerpt} from './printable-text.ts';

export type Explanation = {
	/** What happened, on one line. */
	readonly text: string;
	/** Why most likely, and what to do now: sentences. */
	readonly consequence: string | undefined;
};

const networkTexts: Readonly<Record<NetworkProblem, (host: string) => Explanation>> = {
	'name-lookup': (host) => ({
		text: `${host} was not found by its name`,
		consequence: 'This computer seems to be offline, or a proxy is needed that is not set.',
	}),
	unreachable: (host) => ({
		text: `there is no way to ${host}`,
		consequence: 'This computer seems to be offline, or a firewall is in the way.',
	}),
	'connection-refused': (host) => ({
		text: `${host} refused the connection`,
		consequence: 'A proxy or a firewall is the likely cause. Look at HTTPS_PROXY, where it is set.',
	}),
	'connection-reset': (host) => ({
		text: `the connection to ${host} was cut`,
		consequence: 'This usually passes. Where it stays, a proxy or a firewall is the likely cause.',
	}),
	timeout: (host) => ({
		text: `${host} did not answer in time`,
		consequence: 'The network is slow, or a firewall swallows the connection.',
	}),
	tls: (host) => ({
		text: `the certificate of ${host} is not trusted`,
		consequence:
			'A proxy that looks into connections is the likely cause. Set NODE_EXTRA_CA_CERTS to the file with its certificate; the clock of this computer may also be wrong.',
	}),
	'cut-short': (host) => ({
		text: `the answer of ${host} was cut short`,
		consequence: 'This usually passes. Check again.',
	}),
};

/** Milliseconds in words: `40 s`, `12 min`. */
const inWords = (duration: number): string =>
	duration < 90_000 ? `${Math.ceil(duration / 1000)} s` : `${Math.ceil(duration / 60_000)} min`;

const explainLimit = (retryAfter: number | undefined): Explanation => ({
	text: 'Bitbucket asks to slow down: too many requests in the last hour',
	consequence:
		retryAfter === undefined
			? 'Everything that uses this account counts. Check again in some minutes.'
			: `Everything that uses this account counts. Check again in ${inWords(retryAfter)}.`,
});

const explainAnswer = (detail: string, host: string): Explanation => ({
	text: `${host} gave an answer that is not Bitbucket's: ${toExcerpt(detail)}`,
	consequence: 'A proxy, or the sign-in page of a network, is the likely cause.',
});

/** A failure that says nothing about the answers given, in the words of the check. */
export const explainFailure = (failure: Failure, host: string): Explanation => {
	switch (failure.kind) {
		case 'network':
			return networkTexts[failure.problem](host);
		case 'rate-limited':
			return explainLimit(failure.retryAfter);
		case 'server-error':
			return {
				text: `${host} answered with error ${failure.status}`,
				consequence: 'This usually passes: see bitbucket.status.atlassian.com. Check again later.',
			};
		case 'server-timeout':
			return {text: `${host} took too long inside`, consequence: 'This usually passes.'};
		case 'unexpected-answer':
			return explainAnswer(failure.detail, host);
		case 'address-refused':
			return {
				text: `Bitbucket named an address that is not its own: ${toExcerpt(failure.address)}`,
				consequence: `It was not asked: ${failure.reason}.`,
			};
		default:
			return {
				text: 'message' in failure ? `${host} said: ${toExcerpt(failure.message)}` : failure.kind,
				consequence: undefined,
			};
	}
};
