import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import type {Shard} from '../../../source/domain/store/shard.ts';
import type {FaultAnswer, FaultMatch} from '../../../source/sandbox/faults.ts';
import {readScopes} from '../../helpers/backup.ts';
import {machine} from '../../helpers/bucket.ts';
import {type Fate, withFate} from '../../helpers/fated-store.ts';
import {speaksOld} from '../../helpers/old-protocol.ts';
import type {RunningProgram} from '../../helpers/program.ts';
import {pick, type Random} from '../../helpers/random.ts';
import {changeUpstream} from '../../helpers/random-upstream.ts';
import {s3Error} from '../../helpers/s3/answers.ts';
import type {S3Fault} from '../../helpers/s3/s3.ts';
import {canMount, onSmallDisk} from '../../helpers/small-disk.ts';
import type {End} from '../scene.ts';
import {endOf, runEngine, type Scene, startList, startProgram, temporaryFolder} from './scene.ts';

/** Something that happens in one night, and how its runs may end. */
export type Night = {
	readonly name: string;
	readonly ends: readonly End[];
	/** Upstream itself is changed while the runs look at it. */
	readonly isRestless?: true;
	/** Requests to Bitbucket fail. A wiki that cannot be asked for then is passed over, and is no failure. */
	readonly passesWikis?: true;
	readonly strike: (scene: Scene, random: Random) => Promise<readonly End[]>;
};

const {done, failed, incomplete, refused} = exitCodes;
const day = 24 * 60 * 60_000;

const well: Fate = () => 'written';

/** For the faults of a store: so many requests are answered first. */
const after = (requests: number): Pick<S3Fault, 'fits'> => {
	let before = requests;
	return {fits: () => before-- <= 0};
};

const drawEnd = (random: Random) =>
	pick(random, ['killed before', 'killed after', 'refused', 'written'] as const);

const drawFate = (random: Random): Fate => {
	const moment = 1 + random(6);
	const end = drawEnd(random);
	return (object) => (object === moment ? end : 'written');
};

/** The same where the n-th object of metadata is written. */
const drawFateOfMetadata = (random: Random): Fate => {
	let before = random(5);
	const end = drawEnd(random);
	return (_, name) => (name.includes('.metadata.') && before-- === 0 ? end : 'written');
};

const runFated = (scene: Scene, fate: Fate, shard?: Shard): Promise<End> =>
	runEngine(scene, withFate(fate), shard);

/** Two to four shards at once, of which one meets a fate. */
const shards: Night = {
	name: 'shards',
	ends: [done, incomplete, 'killed'],
	strike: (scene, random) => {
		const of = 2 + random(3);
		const struck = random(of + 1);
		const fate = drawFate(random);
		return Promise.all(
			Array.from({length: of}, (_, number) => {
				const shard = {index: number + 1, of};
				return number === struck
					? runFated(scene, fate, shard)
					: runEngine(scene, withFate(well), shard);
			}),
		);
	},
};

/**
 * Shards by the program, with the listing of the first one that ran. One is killed and started again, and
 * now and then another has a twin.
 */
const killedShard: Night = {
	name: 'SIGKILL of a shard',
	ends: [done, incomplete],
	strike: async (scene, random) => {
		const of = 2 + random(2);
		const listed = await endOf(startList(scene));
		const start = (number: number): RunningProgram =>
			startProgram(scene, ['--shard', `${number}/${of}`, '--listing', 'offsite']);
		const numbers = [
			...Array.from({length: of}, (_, number) => number + 1),
			...(random(2) === 0 ? [of] : []),
		];
		const [first, ...others] = numbers.map(start);
		scene.s3.addFault({
			...after(random(20)),
			times: 1,
			act: {kind: 'answered', run: () => void first?.child.kill('SIGKILL')},
		});
		const ends = await Promise.all(others.map(endOf));
		const end = first === undefined ? done : await endOf(first);
		scene.s3.clearFaults();
		return [listed, ...ends, end === 'killed' ? await endOf(start(1)) : end];
	},
};

/** SIGKILL while the n-th request to one of the servers waits for its answer. */
const killProgram: Night = {
	name: 'SIGKILL',
	ends: [done, incomplete, 'killed'],
	strike: async (scene, random) => {
		const run = startProgram(scene);
		const kill = (): void => void run.child.kill('SIGKILL');
		const moment = random(24);
		if (random(2) === 0) {
			const kind = pick(random, ['meanwhile', 'answered'] as const);
			scene.s3.addFault({...after(moment), times: 1, act: {kind, run: kill}});
		} else {
			scene.sandbox.addFault({after: moment, times: 1, answer: {kind: 'meanwhile', run: kill}});
		}

		const end = await endOf(run);
		scene.s3.clearFaults();
		scene.sandbox.clearFaults();
		return [end];
	},
};

const inTheStore = (
	name: string,
	acts: readonly S3Fault['act'][],
	ends: readonly End[] = [done, failed, incomplete],
): Night => ({
	name,
	ends,
	strike: async (scene, random) => {
		const requests = after(random(12));
		scene.s3.addFault({...requests, times: 1 + random(8), act: pick(random, acts)});
		const end = await runEngine(scene);
		scene.s3.clearFaults();
		return [end];
	},
});

const onTheWay = (
	name: string,
	answers: readonly FaultAnswer[],
	match: FaultMatch = {},
): Night => ({
	name,
	ends: [done, incomplete],
	passesWikis: true,
	strike: async (scene, random) => {
		scene.sandbox.addFault({
			match,
			after: random(8),
			times: 1 + random(12),
			answer: pick(random, answers),
		});
		const end = await runEngine(scene);
		scene.sandbox.clearFaults();
		return [end];
	},
});

const flipIn = (random: Random, answer: Buffer): Buffer => {
	const harmed = Buffer.from(answer);
	const at = random(harmed.length);
	harmed.writeUInt8(harmed.readUInt8(at) ^ (1 << random(8)), at);
	return harmed;
};

/** Only of answers with objects: a ref of another name cannot be told from a right one. */
const harmedPacks: Night = {
	name: 'harmed packs',
	ends: [done, incomplete],
	passesWikis: true,
	strike: async (scene, random) => {
		scene.sandbox.addFault({
			match: {method: 'POST', service: 'git'},
			times: 1 + random(4),
			answer: {
				kind: 'changed',
				change: (answer) =>
					/^.{4}(?:acknowledgments|packfile)\n/.test(answer.toString('latin1', 0, 30))
						? flipIn(random, answer)
						: answer,
			},
		});
		const end = await runEngine(scene);
		scene.sandbox.clearFaults();
		return [end];
	},
};

const pushInBetween: Night = {
	name: 'push in between',
	ends: [done, incomplete],
	isRestless: true,
	strike: async (scene, random) => {
		scene.sandbox.addFault({
			match: {service: 'git'},
			after: random(8),
			times: 3,
			answer: {
				kind: 'meanwhile',
				run: async () => {
					const {path} = pick(random, scene.sandbox.listRepositories('acme'));
					await changeUpstream(path, random);
				},
			},
		});
		const end = await runEngine(scene);
		scene.sandbox.clearFaults();
		return [end];
	},
};

const fullDisk: Night = {
	name: 'full disk',
	ends: [done, failed, incomplete],
	strike: async (scene, random) => {
		const through = onSmallDisk(temporaryFolder(scene), {room: 4 * random(60)});
		return [await endOf(startProgram(scene, [], through))];
	},
};

/** The rights are taken away in the middle of a run. */
const takenRights: Night = {
	name: 'taken rights',
	ends: [done, refused],
	strike: async (scene, random) => {
		const {s3} = scene;
		let left = random(10);
		const before = s3.findUser(machine.accessKeyId);
		s3.addUser({
			...machine,
			allows: (...given) => left-- > 0 && before?.allows?.(...given) !== false,
		});
		const end = await runEngine(scene);
		s3.addUser({...machine, ...before});
		return [end];
	},
};

const status = (code: number): FaultAnswer => ({kind: 'answer', status: code, body: 'oops'});

/** The short series among the tests has the first two, which cost least. */
export const nights: readonly Night[] = [
	{
		name: 'death at an object',
		ends: [done, incomplete, 'killed'],
		strike: async (scene, random) => [await runFated(scene, drawFate(random))],
	},
	{
		name: 'twins',
		ends: [done, incomplete, 'killed'],
		strike: async (scene, random) =>
			Promise.all([runFated(scene, drawFate(random)), runEngine(scene)]),
	},
	shards,
	inTheStore('store 5xx', [
		{kind: 'answer', answer: s3Error(500, 'InternalError', 'We encountered an internal error.')},
		{kind: 'answer', answer: s3Error(503, 'SlowDown', 'Please reduce your request rate.')},
	]),
	inTheStore('store cut', [
		{kind: 'reset'},
		{kind: 'cut-body'},
		{kind: 'lost-answer'},
		{kind: 'cut-answer'},
	]),
	killProgram,
	killedShard,
	harmedPacks,
	{
		name: 'clock jumps',
		ends: [done],
		strike: async (scene, random) => {
			scene.clock.jump((random(81) - 40) * day);
			return [await runEngine(scene)];
		},
	},
	pushInBetween,
	takenRights,
	{
		name: 'old protocol',
		ends: [done],
		strike: async (scene) => {
			scene.sandbox.speakOldProtocol(speaksOld(true));
			const end = await runEngine(scene);
			scene.sandbox.speakOldProtocol(speaksOld(false));
			return [end];
		},
	},
	onTheWay(
		'cut answer',
		[0, 9, 60, 300].map((after): FaultAnswer => ({kind: 'cut-short', after})),
		{method: 'POST', service: 'git'},
	),
	onTheWay('reset', [{kind: 'reset'}, {kind: 'empty-reply'}]),
	onTheWay('5xx', [...[500, 502, 503, 555].map(status), {kind: 'fork-exec-error'}]),
	onTheWay('429', [
		{kind: 'rate-limit', tells: 'nothing'},
		{kind: 'rate-limit', tells: 'retry-after-seconds', seconds: 90},
	]),
	...(canMount ? [fullDisk] : []),
	{name: 'nothing', ends: [done], strike: async (scene) => [await runEngine(scene)]},
];

/** Those of a series with metadata, too. */
export const metadataNights: readonly Night[] = [
	{
		name: 'death at an object of metadata',
		ends: [done, incomplete, 'killed'],
		strike: async (scene, random) => [await runFated(scene, drawFateOfMetadata(random))],
	},
	{
		name: 'twins over metadata',
		ends: [done, incomplete, 'killed'],
		strike: async (scene, random) =>
			Promise.all([runFated(scene, drawFateOfMetadata(random)), runEngine(scene)]),
	},
	{
		name: 'refused scope',
		ends: [refused],
		strike: async (scene) => {
			const {scopes} = scene.token;
			scene.token.scopes = readScopes;
			const end = await runEngine(scene);
			scene.token.scopes = scopes;
			return [end];
		},
	},
	onTheWay('metadata 5xx', [status(500), {kind: 'reset'}, {kind: 'cut-short', after: 60}], {
		service: 'api',
		path: /pullrequests|downloads|settings/,
	}),
	{
		name: 'words in between',
		ends: [done, incomplete],
		isRestless: true,
		strike: async (scene, random) => {
			const fault = scene.sandbox.addFault({
				match: {path: /pullrequests/},
				after: random(6),
				times: 3,
				answer: {kind: 'meanwhile', run: () => void scene.people?.act(random)},
			});
			const end = await runEngine(scene);
			fault.remove();
			return [end];
		},
	},
];
