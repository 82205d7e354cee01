import {FailureError, ifPossible} from '../../domain/failure/failure.ts';
import {headFile, isBranch} from '../../domain/history/history.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import type {Git, PushRefusal, RemoteRefs} from '../../ports/git.ts';
import type {PartState, Pushed, RestoreForm, Standalone} from '../part.ts';

/** Does the folder already hold a repository in this very state? Not if it cannot be read. */
export const holdsState = async (
	git: Git,
	target: string,
	as: RestoreForm,
	{head, refs}: PartState,
): Promise<boolean> => {
	const folder = as === 'bare' ? target : joinPath(target, '.git');
	const stamp = await ifPossible(git.readStamp(folder));
	const there = stamp && (await ifPossible(git.readRefs(folder, 'refs/')));
	return (
		there?.size === refs.size &&
		[...refs].every(([ref, oid]) => there.get(ref)?.oid === oid) &&
		(head === undefined || stamp?.head === headFile(head))
	);
};

/**
 * Pushes a mirror's refs into a remote that is empty, or that holds only some of these
 * very refs: an interrupted or refused push leaves those. Asks the remote afterwards which arrived.
 */
export const pushMirror = async (
	git: Git,
	mirror: string,
	url: string,
	state: PartState,
	{beforeRefs, ...options}: Parameters<Standalone['push']>[3],
): Promise<Pushed> => {
	const before = await git.listRemote(url, options);
	refuseForeign(url, before, state.refs);
	const missing = pick(state.refs, (ref) => !before.refs.has(ref));
	if (missing.size === 0) {
		return {result: 'already-there', ...compareHead(state, before)};
	}

	await beforeRefs?.();
	// Hosting services make the first branch that arrives the default one.
	const isFirst = (ref: string): boolean => ref === state.head;
	const words = await pushAll(
		(refs) => git.push(mirror, url, refs, options),
		[pick(missing, isFirst), pick(missing, (ref) => !isFirst(ref))],
	);
	const after = await git.listRemote(url, options);
	refuseIncomplete(url, after.refs, state.refs, words);
	return {result: 'restored', ...compareHead(state, after)};
};

const pick = (refs: Refs, isWanted: (ref: string) => boolean): Refs =>
	new Map([...refs].filter(([ref]) => isWanted(ref)));

/** Halves stay halves no longer when a server refused so many pushes in a row. */
const mostInVain = 100;

/**
 * Pushes all refs with few pushes, and gives the server's words for those that it refused. Many a
 * server refuses a whole push for one branch with a file too large, so what was refused as a whole
 * is pushed again in halves. A server that took a part has judged each ref by itself.
 */
const pushAll = async (
	push: (refs: Refs) => Promise<PushRefusal | undefined>,
	batches: readonly Refs[],
): Promise<readonly string[]> => {
	const open = batches.map((refs) => ({refs, isJudged: false})).reverse();
	const words = new Set<string>();
	let inVain = 0;
	for (let batch = open.pop(); batch !== undefined; batch = open.pop()) {
		const {refs, isJudged} = batch;
		const refusal = refs.size === 0 ? undefined : await push(refs);
		const refused = pick(refs, (ref) => refusal?.refused.has(ref) === true);
		inVain = refusal !== undefined && refused.size === refs.size ? inVain + 1 : 0;
		if (refusal === undefined) {
			continue;
		}

		if (refused.size < refs.size) {
			// Some servers take a number of refs at once.
			open.push({refs: refused, isJudged: true});
		} else if (isJudged || refs.size === 1 || inVain >= mostInVain) {
			words.add(refusal.words);
		} else {
			open.push(...halve(refs).map((half) => ({refs: half, isJudged: false})));
		}
	}

	return [...words];
};

/** The second half comes first: what is pushed is taken from the end. */
export const halve = (refs: Refs): readonly Refs[] => {
	const all = [...refs];
	const middle = Math.ceil(all.length / 2);
	return [new Map(all.slice(middle)), new Map(all.slice(0, middle))];
};

const refuseForeign = (url: string, {refs, refused}: RemoteRefs, wanted: Refs): void => {
	const foreign = [...refs].find(([ref, oid]) => wanted.get(ref) !== oid)?.[0] ?? refused[0];
	if (foreign !== undefined) {
		const count = refs.size + refused.length;
		throw new FailureError({kind: 'remote-taken', url, refs: count, foreign});
	}
};

const refuseIncomplete = (
	url: string,
	there: Refs,
	wanted: Refs,
	words: readonly string[],
): void => {
	const missing = [...wanted].filter(([ref, oid]) => there.get(ref) !== oid).map(([ref]) => ref);
	if (missing.length > 0) {
		const detail = words.length === 0 ? 'they are not there after the push' : words.join('; ');
		throw new FailureError({
			kind: 'push-incomplete',
			url,
			refs: wanted.size,
			missing,
			detail: toPrintable(detail),
		});
	}
};

/**
 * Some servers make the first pushed branch the default one, others keep their own, which may name
 * a branch that never arrives.
 */
const compareHead = (
	{head, refs}: PartState,
	there: RemoteRefs,
): Pick<Pushed, 'remoteHead' | 'hasNoHead'> => {
	if (!there.hasHead) {
		const hasBranch = [...refs.keys()].some(isBranch);
		return hasBranch && (head === undefined || refs.has(head)) ? {hasNoHead: true} : {};
	}

	return head === undefined || there.head === undefined || there.head === head
		? {}
		: {remoteHead: there.head};
};
