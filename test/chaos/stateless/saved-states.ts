import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import type {SandboxRepository} from '../../../source/sandbox/model.ts';
import {auditStore, rebuildStates} from '../../helpers/audit-store.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {fetchBackup} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {expectWhole, readUpstreamRefs} from '../../helpers/whole-mirror.ts';
import type {Scene} from './scene.ts';

type Refs = ReadonlyMap<string, string>;

/** One state of a part, as a text that can be compared. */
const nameState = (uuid: string, part: string, refs: Refs): string =>
	JSON.stringify([uuid, part, [...refs].toSorted()]);

const idOf = ({uuid}: SandboxRepository): string => uuid.slice(1, -1);

const mirrorsOf = ({path, wikiPath}: SandboxRepository) =>
	[
		{part: 'repo', path},
		...(wikiPath === undefined ? [] : [{part: 'wiki', path: wikiPath}]),
	] as const;

/** Upstream as it is now, without all that is empty. */
export const readStates = async (
	{sandbox}: Scene,
	passesWikis = false,
): Promise<readonly string[]> => {
	const states: string[] = [];
	for (const repository of sandbox.listRepositories('acme')) {
		for (const {part, path} of mirrorsOf(repository)) {
			const refs = await readUpstreamRefs(path);
			if (refs.size > 0 && !(passesWikis && part === 'wiki')) {
				states.push(nameState(idOf(repository), part, refs));
			}
		}
	}

	return states;
};

/** No object was ever replaced by another one, or deleted. */
export const expectUntouched = ({s3: {bucket}}: Scene): void => {
	for (const act of bucket.violations) {
		const [, key = ''] = /^overwrote (.*)$/.exec(act) ?? [];
		// A store that knows no conditions takes the same bytes again where an answer was lost.
		expect(new Set(bucket.versionsOf(key).map(({etag}) => etag)).size, act).toBe(1);
		expect(bucket.flavour.conditions, act).not.toBe('obeyed');
	}
};

/** By ids. Where shards gave one folder to two repositories, a fetch gives one of them another. */
const findPlaces = (source: string): ReadonlyMap<string, string> =>
	new Map(
		readdirSync(source).flatMap((name) => {
			const record = join(source, name, 'cistern.json');
			return existsSync(record)
				? [[JSON.parse(readFileSync(record, 'utf8')).uuid, join(source, name)] as const]
				: [];
		}),
	);

/**
 * Nothing that an index ever named is lost, every one of these states comes back, and a folder that is
 * fetched is upstream and goes on.
 */
export const expectAllBack = async (scene: Scene, states: ReadonlySet<string>): Promise<void> => {
	const {owned, recovery, clock, sandbox} = scene;
	await auditStore(owned, recovery);
	const steps = await rebuildStates(owned, recovery);
	const there = new Set(
		steps.map(({uuid, part, refs = new Map<string, string>()}) => nameState(uuid, part, refs)),
	);
	expect([...states].filter((state) => !there.has(state))).toEqual([]);

	const folder = makeTemporaryFolder();
	expect((await fetchBackup(owned, folder, clock, recovery)).failed).toEqual(new Map());
	const places = findPlaces(join(folder, 'acme'));
	for (const repository of sandbox.listRepositories('acme')) {
		const place = places.get(idOf(repository)) ?? 'no folder has this repository';
		for (const {part, path} of mirrorsOf(repository)) {
			if ((await readUpstreamRefs(path)).size > 0) {
				await expectWhole(path, join(place, part), []);
			}
		}
	}

	const next = await runBackup(folder, [makeSource(sandbox)], {clock});
	expect(next.exitCode).toBe(exitCodes.done);
	expect([...next.outcomes].filter(([, {result}]) => result !== 'unchanged')).toEqual([]);
};
