import {linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {readStamp} from '../../../source/adapters/git/mirror.ts';
import {recordFile, repoFolder} from '../../../source/domain/plan/layout.ts';
import {formatRecord, mainEntry, parseRecord} from '../../../source/domain/record/record.ts';
import {parts} from '../../../source/parts/registry.ts';
import {uuidOf, workspace} from '../server/listing.ts';
import type {Bench} from './bench.ts';
import type {Cistern} from './cistern.ts';

export const slugsOf = (count: number): readonly string[] =>
	Array.from({length: count}, (_, index) => `repository-${String(index).padStart(5, '0')}`);

export const folderOf = ({backup}: Cistern, slug: string): string =>
	join(backup, `${workspace}#${slug}`);

/**
 * Copies a folder by hard links, which is fast. A copy never changes its original: git and the
 * program replace files and never write into them.
 */
export const linkFolder = (from: string, to: string): void => {
	mkdirSync(to, {recursive: true, mode: 0o700});
	for (const entry of readdirSync(from, {withFileTypes: true})) {
		const [source, target] = [join(from, entry.name), join(to, entry.name)];
		if (entry.isDirectory()) {
			linkFolder(source, target);
		} else {
			linkSync(source, target);
		}
	}
};

/** Copies a saved repository's folder, as if another repository had been saved the same way. */
const copySaved = async (cistern: Cistern, from: string, slug: string): Promise<void> => {
	const [source, target] = [folderOf(cistern, from), folderOf(cistern, slug)];
	const known = parseRecord(readFileSync(join(source, recordFile), 'utf8'), parts);
	linkFolder(join(source, repoFolder), join(target, repoFolder));
	const print = await readStamp(join(target, repoFolder));
	if (known.state !== 'read' || print === undefined) {
		throw new Error(`${source} cannot be copied`);
	}
	const {record} = known;
	const entry = {...mainEntry(record), print};
	const text = formatRecord({
		...record,
		slug,
		uuid: uuidOf(slug),
		parts: {...record.parts, [repoFolder]: entry},
	});
	writeFileSync(join(target, recordFile), text);
};

/**
 * Makes a backup of a workspace of repositories that are all like the one at `path`: the program
 * saves the first, and its folder is copied for the others.
 */
export const saveWorkspace = async (
	{server}: Bench,
	cistern: Cistern,
	slugs: readonly string[],
	path: string,
): Promise<void> => {
	const [first = '', ...others] = slugs;
	await server.offer([{slug: first, path}]);
	// An earlier size of workspace may have been removed from its folder.
	await cistern.run(['--yes', '--start-over']);
	for (const slug of others) {
		await copySaved(cistern, first, slug);
	}
	// The program compares a listing with that of the last run, which had a single repository.
	rmSync(join(cistern.backup, '.cistern', 'runs.jsonl'));
	await server.offer(slugs.map((each) => ({slug: each, path})));
};

/** The counts of the last run. */
const readLastRun = (
	cistern: Cistern,
): Readonly<Record<'inScope' | 'unchanged' | 'updated' | 'new', number>> => {
	const text = readFileSync(join(cistern.backup, '.cistern', 'runs.jsonl'), 'utf8');
	return JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');
};

/** Throws unless the last run had these counts: a run that did other work must not be measured. */
export const expectLastRun = (
	cistern: Cistern,
	expected: Partial<ReturnType<typeof readLastRun>>,
): void => {
	const run: Readonly<Record<string, number>> = readLastRun(cistern);
	for (const [name, count] of Object.entries(expected)) {
		if (run[name] !== count) {
			throw new Error(`the run had ${run[name]} repositories ${name}, not ${count}`);
		}
	}
};
