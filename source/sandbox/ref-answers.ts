import {pktLine, readPktLines} from './pkt-line.ts';
import type {AdvertisedRef, RefState} from './ref-state.ts';

/** As git's server writes them, byte for byte: both from what it would read itself. */

const end = '0000';

/** HEAD stands before all others where the branch that it names is there. */
const withHead = ({head, refs}: RefState): readonly AdvertisedRef[] => {
	const branch = refs.find(({name}) => name === head);
	return branch === undefined ? refs : [{...branch, name: 'HEAD'}, ...refs];
};

/**
 * The refs in protocol 0 (gitprotocol-pack(5), "Reference Discovery"). `abilities` is what the server
 * can do, in its own words, but for the branch that HEAD names.
 */
export const formatAdvertisement = (state: RefState, abilities: string): string => {
	const refs = withHead(state);
	const isHeadThere = refs[0]?.name === 'HEAD';
	const named = isHeadThere
		? abilities.replace(/ object-format=/, ` symref=HEAD:${state.head}$&`)
		: abilities;
	const lines = refs.flatMap(({name, oid, peeled}) => [
		`${oid} ${name}`,
		...(peeled === undefined ? [] : [`${peeled} ${name}^{}`]),
	]);
	const [first = `${'0'.repeat(40)} capabilities^{}`, ...others] = lines;
	return [`${first}\0${named}`, ...others].map((line) => pktLine(`${line}\n`)).join('') + end;
};

/** What the server can do, out of an answer of its own in protocol 0; undefined where it is none. */
export const parseAbilities = (advertisement: string): string | undefined =>
	/\0([^\n]+)\n/.exec(advertisement)?.[1]?.replace(/ symref=\S+/g, '');

export type ListingRequest = {
	readonly peels: boolean;
	readonly namesTargets: boolean;
	/** Is a HEAD told whose branch is not there? */
	readonly tellsUnborn: boolean;
	/** All refs where there is none. */
	readonly prefixes: readonly string[];
};

/** Of protocol 2 (gitprotocol-v2(5), "ls-refs"); undefined for another request, or one not understood. */
export const parseListingRequest = (body: string): ListingRequest | undefined => {
	const lines = readPktLines(body) ?? [];
	const words = lines.slice(lines.indexOf(undefined) + 1).map(String);
	if (lines[0] !== 'command=ls-refs' || !words.every((word) => knownWord.test(word))) {
		return undefined;
	}
	return {
		peels: words.includes('peel'),
		namesTargets: words.includes('symrefs'),
		tellsUnborn: words.includes('unborn'),
		prefixes: words
			.filter((word) => word.startsWith(prefixWord))
			.map((word) => word.slice(prefixWord.length)),
	};
};

const prefixWord = 'ref-prefix ';
const knownWord = /^(?:peel|symrefs|unborn|ref-prefix [\w./-]+)$/;

/** The refs in protocol 2. */
export const formatListing = (state: RefState, request: ListingRequest): string => {
	const {peels, namesTargets, tellsUnborn, prefixes} = request;
	const isWanted = (name: string): boolean =>
		prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix));
	const refs = withHead(state);
	const unborn =
		tellsUnborn && namesTargets && refs[0]?.name !== 'HEAD' && isWanted('HEAD')
			? [`unborn HEAD symref-target:${state.head}`]
			: [];
	const lines = refs
		.filter(({name}) => isWanted(name))
		.map(({name, oid, peeled}) => {
			const target = namesTargets && name === 'HEAD' ? ` symref-target:${state.head}` : '';
			return `${oid} ${name}${target}${peels && peeled ? ` peeled:${peeled}` : ''}`;
		});
	return [...unborn, ...lines].map((line) => pktLine(`${line}\n`)).join('') + end;
};
