import {
	addCounts,
	countHour,
	formatCounts,
	type MinuteCounts,
	minuteOf,
	parseCounts,
	whenFree,
} from '../../domain/metadata/request-hour.ts';
import {joinPath, ownFolder} from '../../domain/plan/layout.ts';
import type {Credential, Source} from '../../domain/settings/settings.ts';
import type {Session} from '../session.ts';

/**
 * The requests of one account to Bitbucket's API. Bitbucket allows 1,000 in any hour, whichever run or
 * source of the settings sends them. So each source's folder has the counts of its last hour.
 */
export type Budget = {
	/** Waits until a request is within the limit. Throws a `BudgetSpent` if that is after the end. */
	take(): Promise<void>;
	/** Bitbucket refused one more: another program uses the account too. */
	spendHour(): void;
	/** Requests of this run so far. */
	taken(): number;
	/** Writes the counts as they are. */
	close(): Promise<void>;
};

/** No further request fits into the time of this run. */
export class BudgetSpent extends Error {}

type BudgetOptions = {
	/** Requests an hour. */
	readonly limit: number;
	/** When the reading ends, in milliseconds since 1970. */
	readonly until: number;
	/** Requests that this run has sent already. */
	readonly sent: number;
	/** `until`: milliseconds since 1970. */
	readonly onWait: (until: number) => Promise<void>;
};

/**
 * Requests that are counted before they are sent, with one write. After a kill, at most so many count
 * that were not sent.
 */
const reserve = 20;

const requestsFile = 'requests.json';

/** Path of the counts in a source's folder. */
export const requestsPath = (folder: string): string => joinPath(folder, ownFolder, requestsFile);

export const openBudget = async (session: Session, options: BudgetOptions): Promise<Budget> => {
	const {files, clock, signal, folder} = session;
	const {limit, until, sent, onWait} = options;
	const path = requestsPath(folder);
	const own = new Map(await readCounts(session, folder));
	const others = foldersOfAccount(session);
	let reserved = {minute: minuteOf(clock.now()), left: 0};
	let taken = sent;
	let turn: Promise<void> = Promise.resolve();

	const count = (number: number, at = minuteOf(clock.now())): void => {
		own.set(at, (own.get(at) ?? 0) + number);
	};

	const giveBack = (): void => {
		count(-reserved.left, reserved.minute);
		reserved = {minute: minuteOf(clock.now()), left: 0};
	};

	const write = (): Promise<void> => files.writeText(path, formatCounts(own, clock.now()));

	const reserveMore = async (): Promise<void> => {
		giveBack();
		const counts = addCounts([
			own,
			...(await Promise.all(others.map((other) => readCounts(session, other)))),
		]);
		const now = clock.now();
		const room = limit - countHour(counts, now);
		if (room > 0) {
			const left = Math.min(reserve, room);
			reserved = {minute: minuteOf(now), left};
			count(left, reserved.minute);
			await write();
			return;
		}

		const free = whenFree(counts, limit, now);
		if (free >= until) {
			throw new BudgetSpent();
		}

		await onWait(free);
		// An index may have been written meanwhile.
		await clock.sleep(Math.max(0, free - clock.now()), signal);
	};

	const takeOne = async (): Promise<void> => {
		for (;;) {
			signal.throwIfAborted();
			if (clock.now() >= until) {
				throw new BudgetSpent();
			}

			if (reserved.left > 0 && reserved.minute === minuteOf(clock.now())) {
				reserved.left -= 1;
				taken += 1;
				return;
			}

			await reserveMore();
		}
	};

	count(sent);
	return {
		take: () => {
			const mine = turn.then(takeOne);
			turn = mine.catch(() => undefined);
			return mine;
		},
		spendHour: () => {
			giveBack();
			count(limit);
		},
		taken: () => taken,
		close: async () => {
			giveBack();
			await write();
		},
	};
};

/** A ledger that cannot be read counts nothing: Bitbucket itself then says when it is too much. */
const readCounts = async ({files}: Session, folder: string): Promise<MinuteCounts> =>
	parseCounts(await files.readText(requestsPath(folder)).catch(() => undefined));

/** Folders of the other sources that sign in with the same account. */
const foldersOfAccount = ({run, source}: Session): readonly string[] =>
	run.settings.sources
		.filter((other) => other.title !== source.title && isSameAccount(other, source))
		.map(({title}) => joinPath(run.settings.localFolder, title));

const isSameAccount = (left: Source, right: Source): boolean =>
	left.apiUrl === right.apiUrl && accountOf(left.credential) === accountOf(right.credential);

/** The limit of an API token is its user's, that of an access token its own. */
const accountOf = (credential: Credential): string => {
	switch (credential.kind) {
		case 'none':
			return '';
		case 'api-token':
			return `user ${credential.apiUser}`;
		case 'access-token':
			return `token ${credential.token.reveal()}`;
	}
};
