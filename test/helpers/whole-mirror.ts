import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {formatRefs} from '../../source/domain/history/history.ts';
import {runGit} from '../../source/sandbox/bare-repository.ts';
import {git, readRefs} from './upstream.ts';

/** All objects that refs of the mirror reach, Cistern's own refs included: an id a line, most with a path. */
export const readReachable = async (mirror: string): Promise<readonly string[]> =>
	(await git(mirror, 'rev-list', '--objects', '--all')).trim().split('\n');

const idOf = (line: string): string => line.slice(0, 40);

const missingFrom = (reachable: readonly string[], oids: Iterable<string>): readonly string[] => {
	const found = new Set(reachable.map(idOf));
	return [...oids].filter((oid) => !found.has(oid));
};

/** Every one of these objects is reached by a ref, so that nothing that git ever cleans up is one. */
export const expectReachable = async (mirror: string, oids: Iterable<string>): Promise<void> => {
	expect(missingFrom(await readReachable(mirror), oids)).toEqual([]);
};

/** The newest state in the mirror's own history, and all tips of all its states. */
const readHistory = async (
	mirror: string,
	reachable: readonly string[],
): Promise<{newest: string; tips: readonly string[]}> => {
	const states = reachable.filter((line) => line.endsWith(' refs')).map(idOf);
	const names = ['refs/cistern/history:refs', ...states, ''].join('\n');
	const text = await runGit(mirror, ['cat-file', '--batch'], names);
	const [heading = '', size = '0'] = /^[0-9a-f]+ blob (\d+)\n/.exec(text) ?? [];
	return {
		newest: text.slice(heading.length, heading.length + Number(size)),
		tips: text.match(/^[0-9a-f]{40}(?= refs\/)/gm) ?? [],
	};
};

/** All that upstream shows; in a mirror, all but Cistern's own. */
export const readUpstreamRefs = async (path: string): Promise<ReadonlyMap<string, string>> =>
	new Map([...(await readRefs(path, 'refs/'))].filter(([ref]) => !ref.startsWith('refs/cistern/')));

/** The mirror is upstream as it is now, is at rest, and holds all that it ever held but what a disk lost. */
export const expectWhole = async (
	path: string,
	mirror: string,
	saved: Iterable<string>,
	lost: ReadonlySet<string> = new Set(),
): Promise<void> => {
	const refs = await readUpstreamRefs(path);
	expect(await readUpstreamRefs(mirror)).toEqual(refs);
	const reachable = await readReachable(mirror);
	const {newest, tips} = await readHistory(mirror, reachable);
	expect(missingFrom(reachable, [...saved, ...tips]).filter((oid) => !lost.has(oid))).toEqual([]);
	const head = /^ref: (.*)\n$/.exec(readFileSync(join(mirror, 'HEAD'), 'utf8'))?.[1];
	// A default branch that is not there is not told upstream; then HEAD stays what it was.
	expect([formatRefs(head, refs), formatRefs(undefined, refs)]).toContain(newest);
	expect((await readRefs(mirror, 'refs/cistern/pin/')).size).toBe(0);
	expect(existsSync(join(mirror, 'cistern.dirty'))).toBe(false);
};
