import {createHash} from 'node:crypto';
import {tmpdir} from 'node:os';
import type {ListInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes, worstExitCode} from '../domain/failure/exit-code.ts';
import {failureOf} from '../domain/failure/failure.ts';
import {exitCodeOf} from '../domain/failure/failure-table.ts';
import {type Listing, linesOfListing} from '../domain/plan/listing.ts';
import {accountOf} from '../domain/settings/settings.ts';
import {awaitFollowUps} from '../engine/backup/follow-ups.ts';
import {listAll} from '../engine/backup/list.ts';
import {openSession, type Session} from '../engine/session.ts';
import {putListing} from '../engine/store/listing.ts';
import {offSite, sendingTo} from '../engine/store/off-site.ts';
import type {World} from '../ports/world.ts';
import {loadSettings} from '../settings/load-settings.ts';
import {resolveFolder} from '../settings/locate-folder.ts';
import {keepHeapTight} from '../small-heap.ts';
import {
	formatListed,
	formatListedJson,
	formatUnlisted,
	formatUnwritten,
	formatWritten,
} from '../ui/list.ts';
import {tellSending} from '../ui/store.ts';
import {refuseSeveral, storeOf} from './read-listings.ts';
import {openRun} from './run-backup.ts';

/**
 * `cistern list`: the repositories that Bitbucket lists, for a person. With `--to` for runs of shards,
 * so that the requests of an hour are spent once.
 */
export const list = async (
	world: World,
	{options, to}: ListInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	keepHeapTight();
	// Nothing is saved, so the settings need not name a folder.
	const settings = await loadSettings({...options, folder: tmpdir()}, world, {
		credentials: true,
		stores: to !== undefined,
		signal,
	});
	if (to !== undefined) {
		refuseSeveral(settings, to);
	}

	const choice = {settings, view: options, signal, leavesOut: [offSite.name]};
	const run = openRun(world, choice, tellSending(options, world.terminal));
	const codes: ExitCode[] = [];
	for (const source of settings.sources) {
		const session = openSession(run, source);
		codes.push(await listSource(session, {options, to}));
	}

	return worstExitCode(codes);
};

/** A source that cannot be listed stops no other. */
const listSource = async (
	session: Session,
	{options, to}: Pick<ListInvocation, 'options' | 'to'>,
): Promise<ExitCode> => {
	const {run, source} = session;
	const {terminal} = run.world;
	let describe = formatUnlisted;
	try {
		const listing = await readListing(session);
		if (to !== undefined) {
			describe = formatUnwritten;
			const place = await write(session, listing, to);
			terminal.writeOut(
				options.json ? formatListedJson(source, listing, place) : formatWritten(listing, place),
			);
			return exitCodes.done;
		}

		const {names, remarks} = formatListed(source, listing);
		terminal.writeOut(options.json ? formatListedJson(source, listing) : names);
		if (!options.json && !options.quiet) {
			terminal.writeError(remarks);
		}

		return listing.unreadable.length === 0 ? exitCodes.done : exitCodes.incomplete;
	} catch (error) {
		session.signal.throwIfAborted();
		const failure = failureOf(error);
		terminal.writeError(describe(source.title, failure));
		return exitCodeOf(failure);
	}
};

const readListing = async (session: Session): Promise<Listing> => {
	const {source, clock} = session;
	const at = new Date(clock.now()).toISOString();
	// Metadata keeps more of each entry of the listing.
	awaitFollowUps(session);
	const {repositories, end} = await listAll(session);
	const {title, workspace, credential} = source;
	const {unreadable} = end;
	return {source: title, workspace, at, by: accountOf(credential), unreadable, repositories};
};

/** Gives the place in words. */
const write = async (session: Session, listing: Listing, to: string): Promise<string> => {
	const {run, source, files, clock, digest, signal} = session;
	const lines = linesOfListing(listing, createHash('sha256'));
	const settings = storeOf(source, to);
	if (settings === undefined) {
		const path = resolveFolder(to, run.world.settings.homeFolder);
		await files.writeText(path, [...lines].join(''));
		return path;
	}

	const {workspace} = source;
	const place = {workspace, now: clock.now(), digest};
	const name = await putListing(sendingTo(session, settings, signal), place, lines);
	return `the store ${to}, as ${name}`;
};
