import type {Stats} from 'node:fs';
import {mkdir, readdir, readFile, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import {headFile, unbornHead} from '../../domain/history/history.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import type {MirrorStamp} from '../../domain/record/record.ts';
import type {GitMirrors} from '../../ports/git.ts';
import {bytesOf, textOf} from '../byte-text.ts';
import {orNothing} from '../files/file-failure.ts';
import {readBytes, replaceFile, syncAll, writeNewFile} from '../files/small-file.ts';
import {storeConfig} from '../lfs/fill-store.ts';
import {releasePacks} from './objects/pack-files.ts';
import {hasLooseRefs} from './ref-files.ts';
import {inMirror, onDisk, type RunGit} from './run-git.ts';

export const mirrorMethods = (run: RunGit): GitMirrors => {
	const git = inMirror(run);
	const packObjects = async (mirror: string): Promise<void> => {
		if (await onDisk(mirror, () => isScattered(mirror))) {
			// git can make it again, and this one would soon name packs that are gone.
			await onDisk(mirror, () => removeMultiPackIndex(mirror));
			await git(mirror, ['repack', '-q', '-d', '--geometric=2']);
		}
	};
	return {
		createMirror: (mirror, oids = []) =>
			onDisk(mirror, async () => {
				await makeMirror(mirror, hashOf(oids));
				await syncAll(mirror);
			}),
		configureMirror: (mirror) =>
			onDisk(mirror, async () => {
				const text = await readIfThere(join(mirror, 'config'));
				await refusePart(mirror, text !== undefined && isOwnConfig(text));
				if (text === undefined && (await readIfThere(join(mirror, 'HEAD'))) !== undefined) {
					await replaceForeignConfig(mirror, '');
				} else if (text !== undefined && !isOwnConfig(text)) {
					const listing = await git(mirror, ['config', '--file', 'config', '--list', '-z']);
					await replaceForeignConfig(mirror, listing);
				}
			}),
		setHead: writeHead,
		readStamp,
		pack: async (mirror) => {
			await releasePacks(mirror);
			if (await onDisk(mirror, () => hasLooseRefs(mirror))) {
				await git(mirror, ['pack-refs', '--all']);
			}

			await packObjects(mirror);
		},
		packObjects,
		clearStaleLocks: (mirror) =>
			onDisk(mirror, async () => {
				const names = await readdir(mirror, {recursive: true});
				const paths = names.map((name) => name.replaceAll('\\', '/')).filter(isLeftover);
				await Promise.all(paths.map((path) => rm(join(mirror, path), {force: true})));
			}),
	};
};

/** Names the commits whose parents are not there. */
export const shallowFile = 'shallow';

export const makeMirror = (mirror: string, hash: Hash, head = unbornHead): Promise<void> =>
	makeRepository(mirror, `${formatConfig[hash]}${mirrorConfig}`, head);

/**
 * Everything that git needs for a repository, not synced. Starts no process: git would take longer,
 * and on a disk without rights (chmod) it fails.
 */
export const makeRepository = async (
	gitDir: string,
	config: string,
	head: string,
): Promise<void> => {
	const folders = ['objects/pack', 'objects/info', 'refs/heads', 'refs/tags'];
	await mkdir(gitDir, {recursive: true, mode: 0o700});
	await Promise.all([
		...folders.map((folder) => mkdir(join(gitDir, folder), {recursive: true, mode: 0o700})),
		writeNewFile(join(gitDir, 'config'), config),
		writeNewFile(join(gitDir, 'HEAD'), textOfHead(head)),
	]);
};

/** Files that tell git that some of the history or of the objects is missing or lies elsewhere. */
const signsOfPart: readonly (readonly [path: string, meaning: string])[] = [
	[shallowFile, 'its history was cut off (a shallow clone)'],
	['info/grafts', 'its history was altered (grafts)'],
	['objects/info/alternates', "it borrows another repository's objects (alternates)"],
	['objects/info/http-alternates', "it borrows another repository's objects (alternates)"],
];

/**
 * Objects that lie elsewhere, or nowhere, are not backed up. Cistern itself makes a shallow mirror
 * only of an upstream that is shallow.
 */
const refusePart = async (mirror: string, isOwn: boolean): Promise<void> => {
	const sizes = await Promise.all(
		signsOfPart.map(([path]) => stat(join(mirror, path)).catch(() => undefined)),
	);
	const [, sign] =
		signsOfPart.find(
			([path], index) => (sizes[index]?.size ?? 0) > 0 && !(isOwn && path === shallowFile),
		) ?? [];
	const packs = await readdir(join(mirror, 'objects', 'pack')).catch(() => []);
	const isPartial = packs.some((name) => name.endsWith('.promisor'));
	const detail = sign ?? (isPartial ? 'objects were left out of it (a partial clone)' : undefined);
	if (detail !== undefined) {
		throw new FailureError({kind: 'mirror-unusable', path: mirror, detail});
	}
};

/** Undefined when there is no such file. git reports any other problem in its own words. */
const readIfThere = (path: string): Promise<string | undefined> =>
	readFile(path, 'utf8').catch(orNothing(path));

export type Hash = 'sha1' | 'sha256';

/** The hash of a repository that has these objects, recognized by the length of an id. */
export const hashOf = (oids: Iterable<string>): Hash =>
	[...oids][0]?.length === 64 ? 'sha256' : 'sha1';

/** Points HEAD at a branch or an object. Not by git: a program's arguments cannot hold a name that is not UTF-8. */
export const writeHead = (gitDir: string, head: string): Promise<void> =>
	onDisk(gitDir, () => replaceFile(join(gitDir, 'HEAD'), textOfHead(head)));

const textOfHead = (head: string): Buffer => bytesOf(`${headFile(head)}\n`);

/**
 * The configuration of every mirror. git collects and packs nothing by itself, everything written
 * reaches the disk, and kept refs are hidden from a clone. There is no `remote` section: with one, a
 * `git fetch --prune` typed by hand would delete the kept refs.
 */
const mirrorConfig = `[core]
	bare = true
	logAllRefUpdates = false
	fsync = all
[gc]
	auto = 0
[maintenance]
	auto = false
[fetch]
	unpackLimit = 1
	writeCommitGraph = false
[transfer]
	hideRefs = refs/cistern
`;

/** The first lines of a configuration. Only a later format can have another hash. */
export const formatConfig: Readonly<Record<Hash, string>> = {
	sha1: '[core]\n\trepositoryformatversion = 0\n',
	sha256: '[extensions]\n\tobjectformat = sha256\n[core]\n\trepositoryformatversion = 1\n',
};

/** Settings of the repository's format or file system, which git chose when it made the repository. */
const formatKey =
	/^(core\.(repositoryformatversion|filemode|ignorecase|symlinks|precomposeunicode)|extensions\.(objectformat|refstorage))$/i;

/** A line with such a setting, or the head of its section. */
const formatLine =
	/^(\[(core|extensions)\]|\t(repositoryformatversion|filemode|bare|ignorecase|symlinks|precomposeunicode|objectformat|refstorage) = \w+)$/i;

/** A mirror with LFS files has a section more. */
const withoutStore = (text: string): string =>
	text.endsWith(storeConfig) ? text.slice(0, -storeConfig.length) : text;

/** Is this our own config, with nothing added? Checked without git, which would obey the file. */
const isOwnConfig = (text: string): boolean =>
	withoutStore(text).endsWith(mirrorConfig) &&
	withoutStore(text)
		.slice(0, -mirrorConfig.length)
		.split('\n')
		.every((line) => line === '' || formatLine.test(line));

/**
 * Replaces a config file that is not ours. `listing` is the output of `git config --list -z`; only
 * the settings of its format stay.
 */
const replaceForeignConfig = async (mirror: string, listing: string): Promise<void> => {
	const kept = listing
		.split('\0')
		.map((entry) => entry.split('\n'))
		.flatMap(([key = '', value = 'true']) => {
			const [section, name] = formatKey.test(key) ? key.split('.') : [];
			return section === undefined ? [] : `[${section}]\n\t${name} = ${value}\n`;
		});
	const hasStore = (await stat(join(mirror, 'lfs')).catch(() => undefined)) !== undefined;
	const own = `${mirrorConfig}${hasStore ? storeConfig : ''}`;
	await replaceFile(join(mirror, 'config'), `${kept.join('')}${own}`);
};

/**
 * HEAD's text, the size and time of `packed-refs`, and the times of the folders, which change when a
 * loose ref or a pack comes or goes. Starts no process.
 */
export const readStamp = async (mirror: string): Promise<MirrorStamp | undefined> => {
	const statOf = (part: string): Promise<Stats | undefined> => {
		const path = joinPath(mirror, part);
		return stat(path).catch(orNothing(path));
	};
	const headPath = joinPath(mirror, 'HEAD');
	const [head, packedRefs, heads, tags, packs] = await Promise.all([
		readBytes(headPath).catch(orNothing(headPath)),
		statOf('packed-refs'),
		statOf('refs/heads'),
		statOf('refs/tags'),
		statOf('objects/pack'),
	]);
	return head === undefined
		? undefined
		: {
				head: textOf(head).trim(),
				packedRefsSize: packedRefs?.size ?? 0,
				packedRefsTime: timeOf(packedRefs),
				headsTime: timeOf(heads),
				tagsTime: timeOf(tags),
				packsTime: timeOf(packs),
			};
};

const timeOf = (stats: Stats | undefined): number => Math.trunc(stats?.mtimeMs ?? 0);

const removeMultiPackIndex = async (mirror: string): Promise<void> => {
	const packs = join(mirror, 'objects', 'pack');
	const names = (await readdir(packs)).filter((name) => name.startsWith('multi-pack-index'));
	await Promise.all(names.map((name) => rm(join(packs, name), {recursive: true, force: true})));
};

/** Above these, reading a mirror gets slower. Below, packing costs more than it saves. */
const maxPacks = 50;
const maxLooseObjects = 2000;

const isScattered = async (mirror: string): Promise<boolean> => {
	const packs = await readdir(join(mirror, 'objects', 'pack'));
	if (packs.filter((name) => name.endsWith('.pack')).length > maxPacks) {
		return true;
	}

	// Object names are spread evenly over 256 folders, so a few folders give the number of all.
	const sampled = await Promise.all(
		['17', '3c', '8f', 'd2'].map(async (folder) =>
			readdir(join(mirror, 'objects', folder)).catch(() => []),
		),
	);
	return (sampled.flat().length / sampled.length) * 256 > maxLooseObjects;
};

/**
 * Files of a killed git: locks that block a later git, `.keep` files that keep a pack out of every
 * repack, and garbage. A ref's name cannot end in `.lock` (git-check-ref-format(1)), so such a file
 * below refs/ is always a lock.
 */
const isLeftover = (path: string): boolean =>
	/^refs\/.*\.lock$/.test(path) ||
	/^(HEAD|config|packed-refs|shallow|objects\/maintenance|objects\/info\/[^/]*|objects\/pack\/[^/]*)\.lock$/.test(
		path,
	) ||
	/^(packed-refs\.new|gc\.pid|FETCH_HEAD)$/.test(path) ||
	/^objects\/pack\/(pack-[^/]*\.keep|tmp_[^/]*|\.tmp-[^/]*)$/.test(path) ||
	/^objects\/[0-9a-f]{2}\/tmp_obj_[^/]*$/.test(path);
