import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {expect} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import type {SandboxRepository} from '../../../source/sandbox/model.ts';
import {auditStore, rebuildStates} from '../../helpers/audit-store.ts';
import {runBackup} from '../../helpers/backup.ts';
import {fetchBackup} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {expectWhole, readUpstreamRefs} from '../../helpers/whole-mirror.ts';
import {type Scene, sourceOf} from './scene.ts';

/** One state of a part, as a text that can be compared: of metadata by its files, of others by its refs. */
const nameState = (uuid: string, part: string, state: ReadonlyMap<string, string>): string =>
	JSON.stringify([uuid, part, [...state].toSorted()]);

/** The same of a file beside the mirrors. `oid`: the last part of its path. */
const nameFile = (uuid: string, oid: string): string => JSON.stringify([uuid, oid]);

const idOf = ({uuid}: SandboxRepository): string => uuid.slice(1, -1);

const mirrorsOf = ({path, wikiPath}: SandboxRepository) =>
	[
		{part: 'repo', path},
		...(wikiPath === undefined ? [] : [{part: 'wiki', path: wikiPath}]),
	] as const;

/** Upstream as it is now, without all that is empty. */
export const readStates = async (
	{sandbox, people, artists}: Scene,
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

	for (const [repository, files] of (await people?.readNow()) ?? []) {
		states.push(nameState(idOf(repository), 'metadata', files));
	}

	for (const [repository, oids] of (await artists?.readNow()) ?? []) {
		states.push(...oids.map((oid) => nameFile(idOf(repository), oid)));
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
	const {owned, recovery, clock, sandbox, people, artists} = scene;
	await auditStore(owned, recovery);
	const there = new Set<string>();
	const steps = await rebuildStates(owned, recovery, async (mirror, states) => {
		for (const {uuid, part, refs = new Map<string, string>()} of states) {
			const commit = part === 'metadata' ? refs.get('refs/heads/main') : undefined;
			const state = commit === undefined ? refs : await people?.readSaved(mirror, commit);
			there.add(nameState(uuid, part, state ?? new Map()));
		}
	});
	for (const {uuid, files} of steps) {
		for (const {path} of files) {
			there.add(nameFile(uuid, basename(path)));
		}
	}

	expect([...states].filter((state) => !there.has(state))).toEqual([]);

	const folder = makeTemporaryFolder();
	expect((await fetchBackup(owned, folder, clock, recovery)).failed).toEqual(new Map());
	const places = findPlaces(join(folder, 'acme'));
	const placeOf = (repository: SandboxRepository): string =>
		places.get(idOf(repository)) ?? 'no folder has this repository';
	for (const repository of sandbox.listRepositories('acme')) {
		for (const {part, path} of mirrorsOf(repository)) {
			if ((await readUpstreamRefs(path)).size > 0) {
				await expectWhole(path, join(placeOf(repository), part), []);
			}
		}
	}

	await artists?.expectThere(placeOf);
	await people?.expectAsNow((repository) => join(placeOf(repository), 'metadata'));
	const next = await runBackup(folder, [sourceOf(scene)], {clock});
	expect(next.exitCode).toBe(exitCodes.done);
	expect([...next.outcomes].filter(([, {result}]) => result !== 'unchanged')).toEqual([]);
};
