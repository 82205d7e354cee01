import * as v from 'valibot';
import {type ExitCode, exitCodes, worstExitCode} from '../failure/exit-code.ts';
import {parseJson} from '../json.ts';
import {type ExpiringToken, listTroubles, type Night} from './night.ts';
import type {TargetDraft, When} from './target.ts';

const time = v.pipe(v.string(), v.isoTimestamp());

const form = v.object({
	v: v.literal(1),
	/** Absent while all is well. */
	trouble: v.optional(
		v.object({
			since: time,
			exitCode: v.number(),
			troubles: v.array(v.string()),
			thread: v.string(),
		}),
	),
	/** When each target was last told of the trouble, by the target's name. */
	told: v.record(v.string(), time),
	/** The fewest days at which each source's token was told to expire. */
	expiry: v.record(v.string(), v.number()),
	/** Messages of the last run that could not be sent. */
	undelivered: v.array(v.object({target: v.string(), reason: v.string(), at: time})),
});

/**
 * The memory of earlier nights, so that the same trouble is not told every night. It decides
 * nothing else. If it is lost, a target may get a message twice, but misses none.
 */
export type ToldState = v.InferOutput<typeof form>;

const nothingTold: ToldState = {v: 1, told: {}, expiry: {}, undelivered: []};

export const parseTold = (text: string | undefined): ToldState => {
	const read = v.safeParse(form, parseJson(text));
	return read.success ? read.output : nothingTold;
};

/**
 * The meaning of a night after those before it. `failed`: after all was well. `worse`: something new
 * failed. `still-failed`: nothing new. `well-again`: after trouble. `well`: as before.
 */
export type Mood = 'well' | 'failed' | 'worse' | 'still-failed' | 'well-again';

export type Decision = {
	readonly mood: Mood;
	/** When the trouble began, RFC 3339; this night, if it is new. */
	readonly since: string | undefined;
	/** Tokens that are to be told, because they expire within 30, 14, 7 or 1 days. */
	readonly expiring: readonly ExpiringToken[];
	readonly hasNews: boolean;
};

export const decide = (told: ToldState, night: Night): Decision => ({
	mood: moodOf(told, night),
	since: told.trouble?.since ?? (night.exitCode === exitCodes.done ? undefined : toTime(night.at)),
	expiring: night.expiring.filter(
		({source, days}) => stepOf(days) < (told.expiry[source] ?? Number.POSITIVE_INFINITY),
	),
	hasNews: night.taken.length > 0,
});

const toTime = (at: number): string => new Date(at).toISOString();

const moodOf = ({trouble}: ToldState, night: Night): Mood => {
	if (night.exitCode === exitCodes.done) {
		return trouble === undefined ? 'well' : 'well-again';
	}

	if (trouble === undefined) {
		return 'failed';
	}

	const before = new Set(trouble.troubles);
	const earlier = trouble.exitCode as ExitCode;
	return worstExitCode([earlier, night.exitCode]) !== earlier ||
		listTroubles(night).some((one) => !before.has(one))
		? 'worse'
		: 'still-failed';
};

/** A message warns of a token this many days before it expires. */
const steps = [1, 7, 14, 30] as const;

const stepOf = (days: number): number =>
	steps.find((step) => days <= step) ?? Number.POSITIVE_INFINITY;

/** Milliseconds: once a day, also if a run begins a little earlier than the night before. */
const quiet = 20 * 3_600_000;

/** Is this target told of this night? */
export const isDue = (
	{name, when}: Pick<TargetDraft, 'name' | 'when'>,
	{mood, expiring, hasNews}: Decision,
	told: ToldState,
	now: number,
): boolean => {
	if (when === 'always' || expiring.length > 0 || (hasNews && when === 'news')) {
		return true;
	}

	return mood === 'still-failed' ? isQuietOver(told.told[name], now) : mood !== 'well';
};

/** Also if the clock was set back, or the last message could not be sent. */
const isQuietOver = (last: string | undefined, now: number): boolean =>
	last === undefined || Math.abs(now - Date.parse(last)) >= quiet;

/** How each target that was due was told. */
export type Delivery = {
	readonly target: string;
	/** Undefined if it arrived. */
	readonly reason: string | undefined;
};

/** The memory after a night. `when`: of every target, by its name. */
export const remember = (
	told: ToldState,
	night: Night,
	decision: Decision,
	deliveries: readonly Delivery[],
	thread: string,
	now: number,
): ToldState => {
	const at = toTime(now);
	const arrived = deliveries.filter(({reason}) => reason === undefined);
	const isUntold = deliveries.length > 0 && arrived.length === 0;
	// Trouble is over when that was told: a message that did not arrive is sent the next time.
	const isWell = night.exitCode === exitCodes.done && !(decision.mood === 'well-again' && isUntold);
	const hasTold = !isUntold;
	return {
		v: 1,
		...(isWell
			? {}
			: {
					trouble: {
						since: decision.since ?? at,
						...(decision.mood === 'well-again' && told.trouble !== undefined
							? {exitCode: told.trouble.exitCode, troubles: told.trouble.troubles}
							: {exitCode: night.exitCode, troubles: [...listTroubles(night)]}),
						thread: told.trouble?.thread ?? thread,
					},
				}),
		told: isWell
			? {}
			: {...told.told, ...Object.fromEntries(arrived.map(({target}) => [target, at]))},
		expiry: Object.fromEntries(
			night.expiring.flatMap(({source, days}) => {
				const earlier = told.expiry[source];
				const step = hasTold ? stepOf(days) : earlier;
				return step === undefined ? [] : [[source, Math.min(step, earlier ?? step)]];
			}),
		),
		undelivered: deliveries.flatMap(({target, reason}) =>
			reason === undefined ? [] : [{target, reason, at}],
		),
	};
};

/** Why a message is sent, in a word for programs. */
export type Why = Mood | 'news' | 'attention' | 'test';

export const whyOf = ({mood, hasNews, expiring}: Decision, when: When): Why => {
	if (mood !== 'well') {
		return mood;
	}

	if (expiring.length > 0) {
		return 'attention';
	}

	return hasNews && when !== 'problems' ? 'news' : 'well';
};
