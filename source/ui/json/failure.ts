import * as v from 'valibot';
import {
	atLeastOne,
	boolean,
	count,
	kind,
	names,
	number,
	optional,
	string,
	strings,
	text,
	time,
	when,
} from './words.ts';

/** A failure, a row for each kind. */
const door = v.pipe(
	v.picklist(['api', 'git']),
	v.description('The service of Bitbucket that answered'),
);

const store = text('Title of the store');
const ofStore = {store: optional(text('Title of the store, if it is not Bitbucket that failed'))};

export const failure = v.variant('kind', [
	kind('credentials-refused', {door}),
	kind('permission-missing', {door, required: names('Scopes, if Bitbucket named them')}),
	kind('forbidden', {door, message: string}),
	kind('not-found', {door, message: string}),
	kind('gone', {door, message: string}),
	kind('payment-required', {message: string}),
	kind('rate-limited', {
		retryAfter: optional(
			v.pipe(v.number(), v.minValue(0), v.description('Milliseconds, if the server named a time')),
		),
		...ofStore,
	}),
	kind('server-error', {status: count, message: string, ...ofStore}),
	kind('server-timeout', {}),
	kind('lfs-refused', {status: count, message: string}),
	kind('unexpected-answer', {detail: string, ...ofStore}),
	kind('answer-refused', {detail: string}),
	kind('refs-moved', {}),
	kind('network', {
		problem: v.picklist([
			'name-lookup',
			'connection-refused',
			'connection-reset',
			'timeout',
			'tls',
			'cut-short',
			'unreachable',
			'proxy-refused',
			'proxy-unreachable',
			'proxy-unsupported',
		]),
		detail: string,
		...ofStore,
	}),
	kind('ref-refused', {names: v.array(string)}),
	kind('upstream-damaged', {
		refs: v.pipe(strings, v.description('Those that cannot be had whole; none if not known')),
		detail: string,
	}),
	kind('address-refused', {address: string, reason: string}),
	kind('listing-incomplete', {detail: string}),
	kind('remote-unusable', {url: string, detail: string}),
	kind('remote-sign-in', {url: string}),
	kind('git-lfs-missing', {}),
	kind('remote-taken', {url: string, refs: atLeastOne, foreign: string}),
	kind('push-incomplete', {url: string, refs: atLeastOne, missing: strings, detail: string}),
	kind('git-failed', {detail: string}),
	kind('git-unusable', {found: optional(text('Version of the installed git')), detail: string}),
	kind('mirror-unusable', {path: string, detail: string}),
	kind('checkout-refused', {
		file: text('A file of the default branch that git refuses to check out'),
	}),
	kind('checkout-impossible', {
		file: text('A file of the default branch that the disk cannot take'),
		detail: string,
	}),
	kind('record-newer', {path: string}),
	kind('record-unreadable', {path: string, detail: string}),
	kind('repository-unusable', {path: string, detail: string}),
	kind('repository-linked', {path: string}),
	kind('disk-full', {path: string}),
	kind('no-room', {
		path: string,
		size: number('Bytes to clone, as Bitbucket counts them; 0 if unknown'),
		free: number('Bytes'),
	}),
	kind('computer-limit', {lacks: v.picklist(['files', 'processes', 'memory'])}),
	kind('folder-locked', {path: string, pid: count, host: string, since: time, isVisible: boolean}),
	kind('folder-locked-by-version', {path: string}),
	kind('backup-missing', {
		path: string,
		at: when('Start of the last complete run'),
		repositories: atLeastOne,
	}),
	kind('folder-unusable', {path: string, detail: string}),
	kind('store-refused', {
		store,
		action: v.picklist(['read', 'write', 'list']),
		detail: string,
	}),
	kind('store-missing', {store, detail: string}),
	kind('store-full', {store, detail: string}),
	kind('object-missing', {store, name: string}),
	kind('object-damaged', {store, name: string, detail: string}),
	kind('recipient-refused', {recipient: string, detail: string}),
	kind('identity-refused', {detail: string}),
	kind('defect', {detail: text("A bug in Cistern: Node's message")}),
]);
