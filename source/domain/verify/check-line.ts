import {type ExitCode, exitCodes, worstExitCode} from '../failure/exit-code.ts';
import {fits, is, parseJson} from '../json.ts';
import type {VerifyEvent} from './events.ts';
import {proofExitCode, verdictExitCode} from './verdict.ts';

/** One line of `checks.jsonl`: a check of a source that took place. Lines and fields may be added. */
export type CheckLine = {
	readonly v: 1;
	/** When it began, RFC 3339. */
	readonly at: string;
	/** `verify`: objects and refs. `sample`: rehearsed restores. `remote`: compared with upstream. */
	readonly kind: 'verify' | 'sample' | 'remote';
	/** Only some repositories were asked for. */
	readonly partial: boolean;
	/** Repositories that were checked; for `sample`, those of which some were drawn. */
	readonly repositories: number;
	/** Found as they should be. */
	readonly whole: number;
	/** Found otherwise, or not checked to the end. */
	readonly damaged: number;
	/** Repositories that were restored and compared. */
	readonly rehearsed?: number;
	/** Milliseconds that the whole command took. */
	readonly duration: number;
	readonly exitCode: number;
	readonly version: string;
};

/** How the checks of one source went so far. By the repository's full name: is it as it should be? */
type CheckTally = {
	verified: {readonly whole: number; readonly damaged: number} | undefined;
	readonly rehearsed: Map<string, boolean>;
	readonly compared: Map<string, boolean>;
	readonly exitCodes: Record<CheckLine['kind'], ExitCode>;
};

/** The checks of all sources, by their titles. */
export type CheckTallies = Map<string, CheckTally>;

const emptyTally = (): CheckTally => ({
	verified: undefined,
	rehearsed: new Map(),
	compared: new Map(),
	exitCodes: {verify: exitCodes.done, sample: exitCodes.done, remote: exitCodes.done},
});

/** Takes in an event of a verify. */
export const tallyCheck = (tallies: CheckTallies, event: VerifyEvent): void => {
	if (event.type === 'noticed' || event.type === 'verify-finished') {
		return;
	}

	const tally = tallies.get(event.source) ?? emptyTally();
	tallies.set(event.source, tally);
	const add = (kind: CheckLine['kind'], exitCode: ExitCode): void => {
		tally.exitCodes[kind] = worstExitCode([tally.exitCodes[kind], exitCode]);
	};
	const note = (results: Map<string, boolean>, repository: string, isGood: boolean): void => {
		// A repository with several parts is good if all of them are.
		results.set(repository, isGood && (results.get(repository) ?? true));
	};

	switch (event.type) {
		case 'source-verified':
			tally.verified = event;
			add('verify', verdictExitCode(event));
			break;
		case 'rehearsed':
			note(tally.rehearsed, event.repository, event.rehearsed.state === 'equal');
			add('sample', proofExitCode([event.rehearsed]));
			break;
		case 'compared':
			note(tally.compared, event.repository, event.compared.state === 'as-upstream');
			add('remote', proofExitCode([event.compared]));
			break;
		default:
	}
};

/** The lines about the checks of a source, in the order in which they were made. */
export const checkLinesOf = (
	tally: CheckTally,
	around: Pick<CheckLine, 'at' | 'partial' | 'duration' | 'version'>,
): readonly CheckLine[] => {
	const {verified, rehearsed, compared} = tally;
	const line = (
		kind: CheckLine['kind'],
		counts: Pick<CheckLine, 'repositories' | 'whole' | 'damaged' | 'rehearsed'>,
	): CheckLine => ({v: 1, kind, ...around, ...counts, exitCode: tally.exitCodes[kind]});
	const saved = (verified?.whole ?? 0) + (verified?.damaged ?? 0);
	const lines: CheckLine[] = [];
	if (verified !== undefined) {
		const {whole, damaged} = verified;
		lines.push(line('verify', {repositories: saved, whole, damaged}));
	}

	if (rehearsed.size > 0) {
		const counts = {...countGood(rehearsed), repositories: saved};
		lines.push(line('sample', {...counts, rehearsed: rehearsed.size}));
	}

	if (compared.size > 0) {
		lines.push(line('remote', countGood(compared)));
	}

	return lines;
};

const countGood = (
	results: ReadonlyMap<string, boolean>,
): Pick<CheckLine, 'repositories' | 'whole' | 'damaged'> => {
	const whole = [...results.values()].filter((isGood) => isGood).length;
	return {repositories: results.size, whole, damaged: results.size - whole};
};

/** The lines that can be read, oldest first. */
export const parseCheckLines = (text: string): readonly CheckLine[] =>
	text
		.split('\n')
		.map((line) => parseJson(line))
		.filter(isCheckLine);

const form = {
	v: is.oneOf(1),
	at: is.time,
	kind: is.text,
	partial: is.flag,
	repositories: is.count,
	whole: is.count,
	damaged: is.count,
	exitCode: is.count,
	rehearsed: is.optional(is.count),
};

const isCheckLine = (value: unknown): value is CheckLine => fits(value, form);

/** The last check of each kind that says something about the whole source. */
export type LastChecks = {
	readonly lastVerified?:
		| Pick<CheckLine, 'at' | 'repositories' | 'whole' | 'damaged' | 'exitCode'>
		| undefined;
	readonly lastRehearsed?:
		| (Pick<CheckLine, 'at' | 'repositories'> & {
				readonly rehearsed: number;
				readonly equal: number;
		  })
		| undefined;
};

export const lastChecks = (lines: readonly CheckLine[]): LastChecks => {
	const verified = lines.findLast(({kind, partial}) => kind === 'verify' && !partial);
	const sampled = lines.findLast(({kind}) => kind === 'sample');
	return {
		lastVerified: verified && {
			at: verified.at,
			repositories: verified.repositories,
			whole: verified.whole,
			damaged: verified.damaged,
			exitCode: verified.exitCode,
		},
		lastRehearsed: sampled && {
			at: sampled.at,
			repositories: sampled.repositories,
			rehearsed: sampled.rehearsed ?? 0,
			equal: sampled.whole,
		},
	};
};
