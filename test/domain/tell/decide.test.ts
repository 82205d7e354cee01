import {describe, expect, it} from 'vitest';
import type {ExitCode} from '../../../source/domain/failure/exit-code.ts';
import {
	decide,
	isDue,
	parseTold,
	remember,
	type ToldState,
	whyOf,
} from '../../../source/domain/tell/decide.ts';
import type {Night} from '../../../source/domain/tell/night.ts';
import type {When} from '../../../source/domain/tell/target.ts';
import {failed, finished, foldAll, runStarted, sourceStarted} from '../../helpers/run-events.ts';

const hour = 3_600_000;
const start = Date.parse('2026-11-23T02:00:00Z');

type Play = {
	readonly exitCode: ExitCode;
	/** Hours after the first night; a day after the night before, where it is left out. */
	readonly at?: number;
	/** Repositories that failed. */
	readonly failed?: readonly string[];
	readonly hasNews?: boolean;
	/** Days until the token of acme expires. */
	readonly days?: number;
	/** Could no message be sent? */
	readonly isCutOff?: boolean;
};

const toNight = ({exitCode, failed: names = [], hasNews, days}: Play, at: number): Night => ({
	at,
	duration: 1000,
	exitCode,
	checked: undefined,
	state: foldAll(
		[runStarted(), sourceStarted, ...names.map((name) => finished(name, failed()))],
		at,
	),
	stopped: undefined,
	taken:
		hasNews === true
			? [
					{
						at: new Date(at).toISOString(),
						source: 'acme',
						repository: 'acme/api',
						folder: 'acme#api',
						before: new Date(at - 1000).toISOString(),
						kind: 'gone',
					},
				]
			: [],
	expiring: days === undefined ? [] : [{source: 'acme', days}],
});

/** Why each night is told to a target with this `when`; a dash where it is not. */
const tellAll = (when: When, nights: readonly Play[], first?: ToldState): readonly string[] => {
	let told = first ?? parseTold(undefined);
	let at = start;
	return nights.map((play, index) => {
		at = play.at === undefined ? (index === 0 ? start : at + 24 * hour) : start + play.at * hour;
		const night = toNight(play, at);
		const decision = decide(told, night);
		const target = {name: 'slack', when};
		const isTold = isDue(target, decision, told, at);
		const reason = play.isCutOff === true ? 'no answer' : undefined;
		const deliveries = isTold ? [{target: 'slack', reason}] : [];
		told = parseTold(JSON.stringify(remember(told, night, decision, deliveries, 'id', at)));
		return isTold ? whyOf(decision, when) : '-';
	});
};

const well: Play = {exitCode: 0};
const bad: Play = {exitCode: 3, failed: ['a']};

describe('a series of nights is told', () => {
	it.each<[string, When, readonly Play[], readonly string[]]>([
		['all well', 'problems', [well, well], ['-', '-']],
		['all well, to one who is always told', 'always', [well, well], ['well', 'well']],
		[
			'trouble that passes',
			'problems',
			[well, bad, well, well],
			['-', 'failed', 'well-again', '-'],
		],
		[
			'trouble that stays, once a day',
			'problems',
			[bad, {...bad, at: 1}, {...bad, at: 12}, {...bad, at: 23}, {...bad, at: 30}],
			['failed', '-', '-', 'still-failed', '-'],
		],
		['trouble that stays, always', 'always', [bad, {...bad, at: 1}], ['failed', 'still-failed']],
		[
			'another repository fails',
			'problems',
			[bad, {exitCode: 3, failed: ['a', 'b'], at: 1}, {exitCode: 3, failed: ['b'], at: 2}],
			['failed', 'worse', '-'],
		],
		[
			'the credentials are refused on top',
			'problems',
			[bad, {exitCode: 12, failed: ['a'], at: 1}, {...bad, at: 2}],
			['failed', 'worse', '-'],
		],
		['the clock is set back', 'problems', [bad, {...bad, at: -48}], ['failed', 'still-failed']],
		[
			'the first message did not arrive',
			'problems',
			[
				{...bad, isCutOff: true},
				{...bad, at: 1},
				{...bad, at: 2},
			],
			['failed', 'still-failed', '-'],
		],
		[
			'the message that all is well did not arrive',
			'problems',
			[bad, {...well, isCutOff: true}, well, well],
			['failed', 'well-again', 'well-again', '-'],
		],
		['news', 'news', [{...well, hasNews: true}, well], ['news', '-']],
		['news, to one who wants problems only', 'problems', [{...well, hasNews: true}], ['-']],
		[
			'news on a bad night that was told',
			'news',
			[bad, {...bad, at: 1, hasNews: true}],
			['failed', 'still-failed'],
		],
		[
			'a token that expires',
			'problems',
			[31, 30, 29, 14, 8, 7, 6, 1, 0, -1].map((days) => ({...well, ...(days > 30 ? {} : {days})})),
			['-', 'attention', '-', 'attention', '-', 'attention', '-', 'attention', '-', '-'],
		],
		[
			'a new token that expires later',
			'problems',
			[{...well, days: 7}, well, {...well, days: 30}],
			['attention', '-', 'attention'],
		],
	])('%s', (_, when, nights, expected) => {
		expect(tellAll(when, nights)).toEqual(expected);
	});

	it.each(['', '{"v":2}', '{"v":1,"told":7}', '[]'])(
		'from nothing where %j is remembered',
		(text) => {
			expect(tellAll('problems', [bad], parseTold(text))).toEqual(['failed']);
		},
	);
});
