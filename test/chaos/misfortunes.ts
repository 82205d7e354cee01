import {findMarkedProcesses} from '../../source/adapters/files/processes.ts';
import {runMarker} from '../../source/adapters/git/environment.ts';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import type {BackupEvent} from '../../source/domain/run/events.ts';
import {day} from '../../source/domain/text/format.ts';
import type {FaultAnswer, FaultMatch} from '../../source/sandbox/faults.ts';
import {countedGit, strikes} from '../helpers/counted-git.ts';
import {Death, dyingWorld} from '../helpers/dying-world.ts';
import {pick, type Random} from '../helpers/random.ts';
import {canMount, onSmallDisk} from '../helpers/small-disk.ts';
import {leaveForeignFiles, loseFolder, loseObjects} from './lose.ts';
import {pushOddRefs, pushTwins} from './odd-names.ts';
import {refusePush} from './refuse-push.ts';
import {type End, runEngine, runProgram, type Scene} from './scene.ts';

/** Something bad that happens to a backup, and how that one may end. */
export type Misfortune = {
	readonly name: string;
	readonly ends: readonly End[];
	readonly strike: (scene: Scene, random: Random) => Promise<End>;
};

const {done, failed, incomplete, interrupted} = exitCodes;
/** More calls, and more processes, than a backup needs: some come through. */
const mostCalls = 50;
const mostProcesses = 14;

const onTheWay = (
	name: string,
	answers: readonly FaultAnswer[],
	match: FaultMatch = {},
): Misfortune => ({
	name,
	ends: [done, incomplete],
	strike: async (scene, random) => {
		scene.sandbox.addFault({
			match,
			after: random(8),
			times: 1 + random(12),
			answer: pick(random, answers),
		});
		const {exitCode} = await runEngine(scene);
		scene.sandbox.clearFaults();
		return exitCode;
	},
});

const atOneGit = (name: string, strike: string, ends: readonly End[]): Misfortune => ({
	name,
	ends,
	strike: (scene, random) => {
		const git = countedGit({at: 1 + random(mostProcesses), strike});
		return runProgram(scene, git.environment);
	},
});

const status = (code: number): FaultAnswer => ({kind: 'answer', status: code, body: 'oops'});

const runAndDie = async (scene: Scene, random: Random): Promise<End> => {
	const moment = random(2) === 0 ? 'moving refs' : 1 + random(mostCalls);
	try {
		const {exitCode} = await runEngine(scene, {
			wrapWorld: (world) => dyingWorld(world, moment, random),
		});
		return exitCode;
	} catch (error) {
		if (error instanceof Death) {
			return 'killed';
		}

		throw error;
	}
};

/** Kills whatever processes of the run are there at one of the steps that it tells of. */
const killInside = async (scene: Scene, random: Random): Promise<End> => {
	let steps = 1 + random(16);
	let marker = '';
	const onEvent = (event: BackupEvent): void => {
		if (event.type === 'run-started') {
			marker = `${runMarker}=${event.run}`;
		}

		steps -= event.type === 'repository-progressed' ? 1 : 0;
		if (steps === 0 && event.type === 'repository-progressed') {
			void findMarkedProcesses(marker).then((pids) => pids.forEach(killQuietly));
		}
	};
	return (await runEngine(scene, {onEvent})).exitCode;
};

const killQuietly = (pid: number): void => {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// It ended by itself in between.
	}
};

const fullDisk: Misfortune = {
	name: 'full disk',
	ends: [done, failed],
	strike: (scene, random) =>
		runProgram(scene, {}, onSmallDisk(scene.home.backup, {room: 4 * random(30)})),
};

/**
 * The short form among the tests comes as far as the fourth: these are met in its own process. What
 * befalls a process is held to the same in test/program/kill.test.ts and disk.test.ts.
 */
export const misfortunes: readonly Misfortune[] = [
	{name: 'git killed inside', ends: [done, incomplete], strike: killInside},
	{name: 'death at a step', ends: [done, 'killed'], strike: runAndDie},
	onTheWay(
		'cut answer',
		[0, 9, 60, 300].map((after): FaultAnswer => ({kind: 'cut-short', after})),
		{method: 'POST', service: 'git'},
	),
	{
		name: 'clock jumps',
		ends: [done],
		strike: async (scene, random) => {
			scene.clock.jump((random(81) - 40) * day);
			return (await runEngine(scene)).exitCode;
		},
	},
	{name: 'nothing', ends: [done], strike: (scene) => runProgram(scene)},
	...(canMount ? [fullDisk] : []),
	atOneGit('kill -9', strikes.killProgram, [done, 'killed']),
	atOneGit('SIGTERM', strikes.endProgram, [done, interrupted]),
	// The first one is asked for git's version, without which there is nothing to be done.
	atOneGit('git killed at start', strikes.killGit, [done, failed, incomplete]),
	onTheWay('reset', [{kind: 'reset'}, {kind: 'empty-reply'}]),
	onTheWay('429', [
		{kind: 'rate-limit', tells: 'nothing'},
		{kind: 'rate-limit', tells: 'retry-after-seconds', seconds: 90},
		{kind: 'rate-limit', tells: 'reset-seconds', seconds: 1800},
	]),
	onTheWay('5xx', [...[500, 502, 503, 555].map(status), {kind: 'fork-exec-error'}]),
	onTheWay('stall', [
		{kind: 'delay', duration: 200},
		{kind: 'trickle', bytes: 400, every: 5},
	]),
	{name: 'names read as two', ends: [done], strike: pushTwins},
	{name: 'odd refs', ends: [done], strike: pushOddRefs},
	{name: "others' files", ends: [done], strike: leaveForeignFiles},
	{name: 'emptied packs', ends: [done, incomplete], strike: loseObjects},
	{name: 'vanished folder', ends: [done, incomplete], strike: loseFolder},
	{name: 'refused push', ends: [done], strike: refusePush},
];
