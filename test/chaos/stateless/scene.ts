import {appendFileSync} from 'node:fs';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {makeKeyPair} from '../../../source/adapters/seal/age.ts';
import {Secret, type Source, type StoreSettings} from '../../../source/domain/settings/settings.ts';
import type {Shard} from '../../../source/domain/store/shard.ts';
import type {World} from '../../../source/ports/world.ts';
import type {ApiToken} from '../../../source/sandbox/model.ts';
import {startSandbox} from '../../../source/sandbox/start-sandbox.ts';
import {addAccess, makeSource, readScopes, runBackup} from '../../helpers/backup.ts';
import {machine, openBucket, owner, printStore, storeIn} from '../../helpers/bucket.ts';
import {Death} from '../../helpers/dying-world.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {metadataScopes} from '../../helpers/metadata.ts';
import {allowedBy, readPolicy} from '../../helpers/policy.ts';
import {makeHome, type RunningProgram} from '../../helpers/program.ts';
import {pick, type Random} from '../../helpers/random.ts';
import type {S3Flavour} from '../../helpers/s3/bucket.ts';
import type {SandboxS3} from '../../helpers/s3/s3.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import type {End, Scene as FolderScene} from '../scene.ts';
import {type Artists, createArtists} from './artists.ts';
import {createPeople, type People} from './people.ts';

/** One workspace and one bucket. Runs begin with an empty disk, by the engine alone or by the program. */
export type Scene = Omit<FolderScene, 'lost'> & {
	readonly s3: SandboxS3;
	/** The store as a run has it, and the keys that open its index and its steps. */
	readonly store: StoreSettings;
	readonly runner: readonly string[];
	/** The store as its owner has it, and the keys that open everything. */
	readonly owned: StoreSettings;
	readonly recovery: readonly string[];
	/** The token that runs sign in with. */
	readonly token: ApiToken;
	/** Undefined where runs save no metadata. */
	readonly people: People | undefined;
	/** Undefined where runs save no LFS files. */
	readonly artists: Artists | undefined;
};

const hour = 60 * 60_000;

const flavours: readonly Partial<S3Flavour>[] = [
	{},
	{conditions: 'refused'},
	{conditions: 'ignored', conditionsOfParts: 'ignored'},
	{hasLockRule: true},
];

/**
 * One series in three is sealed, by keys with the rights of docs/scale.md. One in two has metadata, and
 * half of both kinds have LFS files.
 */
export const openScene = async (seed: number, random: Random): Promise<Scene> => {
	// The program has the computer's clock. In its last hour, no run by the engine used up its requests.
	const clock = createFakeClock(Date.now() + 36 * hour);
	const sandbox = await startSandbox({now: clock.now});
	onTestFinished(() => sandbox.close());
	const hasMetadata = seed % 2 === 0;
	const hasFiles = seed % 4 >= 2;
	const token = addAccess(sandbox, hasMetadata ? metadataScopes : readScopes);
	const isSealed = seed % 3 === 0;
	const s3 = await openBucket({
		flavour: pick(random, flavours),
		...(isSealed ? {allows: allowedBy(readPolicy('scale.md'))} : {}),
	});
	const home = makeHome(sandbox, {
		lfs: hasFiles ? 'save' : 'ignore',
		metadata: String(hasMetadata),
	});
	const keys = isSealed ? {runner: await makeKeyPair(), recovery: await makeKeyPair()} : undefined;
	const seal =
		keys === undefined
			? {}
			: {recipients: [keys.recovery.recipient], runner: new Secret(keys.runner.identity)};
	const printed = keys && {recipient: keys.recovery.recipient, runner: keys.runner.identity};
	appendFileSync(home.settings, printStore(s3, machine, printed));
	return {
		sandbox,
		s3,
		home,
		clock,
		store: storeIn(s3, machine, seal),
		runner: keys === undefined ? [] : [keys.runner.identity],
		owned: storeIn(s3, owner, seal),
		recovery: keys === undefined ? [] : [keys.recovery.identity],
		token,
		people: hasMetadata ? createPeople(sandbox, clock) : undefined,
		artists: hasFiles ? createArtists(sandbox) : undefined,
	};
};

/** The source of the runs, as their settings have it. */
export const sourceOf = ({sandbox, people, artists}: Scene): Source =>
	makeSource(sandbox, {
		ofParts: {
			lfs: artists === undefined ? 'ignore' : 'save',
			metadata: String(people !== undefined),
		},
	});

/** A run by the engine in this process, on a clock on which waiting takes no time. */
export const runEngine = async (
	scene: Scene,
	wrapWorld: (world: World) => World = (world) => world,
	shard?: Shard,
): Promise<End> => {
	const {clock, store, runner} = scene;
	try {
		const {exitCode} = await runBackup(makeTemporaryFolder(), [sourceOf(scene)], {
			clock,
			run: keptIn(store, runner, shard),
			wrapWorld,
		});
		return exitCode;
	} catch (error) {
		if (error instanceof Death) {
			return 'killed';
		}

		throw error;
	}
};

/** A run by the program, as a scheduler starts it. It never waits for the requests of the next hour. */
export const startProgram = (
	{home}: Scene,
	words: readonly string[] = [],
	through: readonly string[] = [],
): RunningProgram =>
	home.start(['--yes', '--stateless', '--store', 'offsite', '--for', '1m', ...words], {}, through);

/** Brings the listing of the workspace to the store. */
export const startList = ({home}: Scene): RunningProgram => home.start(['list', '--to', 'offsite']);

export const endOf = async ({result}: RunningProgram): Promise<End> =>
	(await result).exitCode ?? 'killed';

/** The place of what a run of the program brings. */
export const temporaryFolder = ({home}: Scene): string => join(home.folder, 'tmp');
