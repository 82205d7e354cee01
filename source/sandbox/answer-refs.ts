import {buffer} from 'node:stream/consumers';
import {type Advertisements, readAlike} from './advertisements.ts';
import type {Answer} from './answer.ts';
import {type BackendRequest, gitAnswer, protocolOf} from './git-backend.ts';
import {
	formatAdvertisement,
	formatListing,
	parseAbilities,
	parseListingRequest,
} from './ref-answers.ts';
import {type RefState, readRefState} from './ref-state.ts';

type Ask = () => Promise<Answer>;

/** What git's server can do, as it told itself the first time. */
let abilities: string | undefined;

/**
 * Answers the request that every look at a repository begins with, by git itself only where its files
 * do not tell.
 */
export const answerAdvertisement = async (
	advertisements: Advertisements,
	request: BackendRequest,
	ask: Ask,
): Promise<Answer> => {
	const {path, service, incoming} = request;
	const protocol = protocolOf(incoming);
	// Pushes know no protocol 2 (gitprotocol-v2(5)): there it is as if none were asked for.
	const isPush = service === 'git-receive-pack';
	if (protocol === 'version=2' && !isPush) {
		// It begins with what the server can do ("Initial Client Request").
		return readAlike(path, 'abilities', ask);
	}
	const state = protocol === '' && !isPush ? readRefState(path) : undefined;
	if (state === undefined) {
		return advertisements.read(path, `${service} ${protocol}`, ask);
	}
	return state.refs.length === 0
		? readAlike(path, 'no refs', ask)
		: advertise(request, state, () => advertisements.read(path, service, ask));
};

const advertise = async (request: BackendRequest, state: RefState, ask: Ask): Promise<Answer> => {
	if (abilities === undefined) {
		const answer = await ask();
		abilities = parseAbilities(String(answer.body));
		return answer;
	}
	return gitAnswer(request, formatAdvertisement(state, abilities));
};

/** Longer ones list what is wanted, and have no need to be whole. */
const longestListing = 1024;

/**
 * The refs in protocol 2; what else comes in, or what the files do not tell, is left to `ask`, which
 * is given the body where it was read.
 */
export const answerRequest = async (
	request: BackendRequest,
	ask: (body?: Buffer) => Promise<Answer>,
): Promise<Answer> => {
	const {path, service, incoming} = request;
	const length = Number(incoming.headers['content-length'] ?? Number.NaN);
	const isShort = length <= longestListing && incoming.headers['content-encoding'] === undefined;
	if (service !== 'git-upload-pack' || protocolOf(incoming) !== 'version=2' || !isShort) {
		return ask();
	}
	const body = await buffer(incoming);
	const listing = parseListingRequest(body.toString('latin1'));
	const state = listing && readRefState(path);
	return listing && state ? gitAnswer(request, formatListing(state, listing)) : ask(body);
};
