import {createHash, randomBytes} from 'node:crypto';
import {constants, createReadStream, type Dirent} from 'node:fs';
import {
	access,
	type FileHandle,
	link,
	mkdir,
	open,
	readdir,
	rename,
	rm,
	stat,
} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import type {ProbeResult, Store, StoreBody, StoredObject} from '../../ports/store.ts';
import {asFileFailure, codeOf, exists, ifAbsent, isAbsence} from '../files/file-failure.ts';
import {forAll, syncAll, syncFolder, writers} from '../files/small-file.ts';

/** A store in a folder: another disk, a share, a NAS. */
export const openFolderStore = ({title, path}: {title: string; path: string}): Store => {
	const fail = (error: unknown): unknown => asStoreFailure(error, title, path);
	const act = async <Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> => {
		try {
			signal.throwIfAborted();
			return await work();
		} catch (error) {
			throw fail(error);
		}
	};
	const unsettled: Unsettled = {files: new Set(), folders: new Set()};
	return {
		title,
		place: path,
		host: undefined,
		put: (name, body, signal) =>
			act(signal, async () => {
				await requireFolder(path);
				return putFile(path, {store: title, name}, body, unsettled);
			}),
		settle: (signal) => act(signal, () => settleAll(unsettled, signal)),
		get: async (name, signal) => {
			signal.throwIfAborted();
			try {
				await access(join(path, name), constants.R_OK);
				return readAll(join(path, name), signal, fail);
			} catch (error) {
				throw isAbsence(error)
					? new FailureError({kind: 'object-missing', store: title, name})
					: fail(error);
			}
		},
		list: (prefix, {startAfter = '', signal}) =>
			(async function* () {
				try {
					await requireFolder(path);
					const names = await listNames(path, prefix, signal);
					for (const name of names.toSorted(byBytes)) {
						if (byBytes(name, startAfter) > 0) {
							yield await describe(path, name);
						}
					}
				} catch (error) {
					throw fail(error);
				}
			})(),
		probe: (signal) =>
			act(signal, async () => {
				await requireFolder(path);
				return probeFolder(path, title, signal);
			}),
	};
};

/** The folder itself is never made: a share that is not mounted would look like an empty store. */
const requireFolder = async (path: string): Promise<void> => {
	await (await open(path, 'r')).close();
};

const asStoreFailure = (error: unknown, store: string, path: string): unknown => {
	if (isAbsence(error)) {
		return new FailureError({kind: 'store-missing', store, detail: `there is no folder ${path}`});
	}

	const failure = asFileFailure(error, store);
	if (!(failure instanceof FailureError)) {
		return failure;
	}

	switch (failure.failure.kind) {
		case 'disk-full':
			return new FailureError({kind: 'store-full', store, detail: ''});
		case 'folder-unusable':
			return new FailureError({kind: 'store-missing', store, detail: failure.failure.detail});
		default:
			return failure;
	}
};

type ObjectName = {readonly store: string; readonly name: string};

/** A file that is not finished begins with it. No object does. */
const unfinished = '.unfinished-';

/** Absolute paths of everything that a power cut could still take. */
type Unsettled = {readonly files: Set<string>; readonly folders: Set<string>};

const settleAll = async ({files, folders}: Unsettled, signal: AbortSignal): Promise<void> => {
	for (const [paths, sync] of [
		[files, syncAll],
		[folders, syncFolder],
	] as const) {
		await forAll(paths, writers, async (path) => {
			signal.throwIfAborted();
			await sync(path);
			paths.delete(path);
		});
	}
};

/** After it, the whole file is there under its name, and a file that was there is as it was. */
const putFile = async (
	root: string,
	object: ObjectName,
	body: StoreBody,
	unsettled: Unsettled,
): Promise<'written' | 'exists'> => {
	const path = join(root, object.name);
	const folder = dirname(path);
	await makeFolders(root, folder, unsettled);
	const aside = join(folder, `${unfinished}${randomBytes(8).toString('hex')}`);
	try {
		const handle = await open(aside, 'wx', 0o600);
		try {
			await write(handle, object, body);
		} finally {
			await handle.close();
		}

		unsettled.files.add(path);
		unsettled.folders.add(folder);
		return await giveName(aside, path);
	} finally {
		await rm(aside, {force: true});
	}
};

const makeFolders = async (root: string, folder: string, unsettled: Unsettled): Promise<void> => {
	if (folder === root || (await exists(folder))) {
		return;
	}

	await makeFolders(root, dirname(folder), unsettled);
	await mkdir(folder, {mode: 0o700}).catch((error: unknown) => {
		if (codeOf(error) !== 'EEXIST') {
			throw error;
		}
	});
	unsettled.folders.add(dirname(folder));
};

/** Throws `object-damaged` if a file changed after its hash was taken. */
const write = async (
	handle: FileHandle,
	object: ObjectName,
	{content, sha256}: StoreBody,
): Promise<void> => {
	const pieces =
		content instanceof Uint8Array
			? [content]
			: createReadStream(content.file, {highWaterMark: 1024 * 1024});
	const hash = createHash('sha256');
	for await (const piece of pieces) {
		hash.update(piece);
		await handle.writeFile(piece);
	}

	if (hash.digest('hex') !== sha256) {
		const detail = 'the file on this computer changed while it was sent';
		throw new FailureError({kind: 'object-damaged', ...object, detail});
	}
};

/** File systems without hard links, such as exFAT and some shares. */
const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);

/** A link fails where the name is taken; a rename would replace what is there. */
const giveName = async (aside: string, path: string): Promise<'written' | 'exists'> => {
	try {
		await link(aside, path);
		return 'written';
	} catch (error) {
		const code = codeOf(error) ?? '';
		if (code === 'EEXIST') {
			return 'exists';
		}

		if (!withoutLinks.has(code)) {
			throw error;
		}
	}

	// Names are used once, so that two at once for one name do not occur.
	if (await exists(path)) {
		return 'exists';
	}

	await rename(aside, path);
	return 'written';
};

/** Opens the file with the first read: content that is never read would leave it open. */
async function* readAll(
	path: string,
	signal: AbortSignal,
	fail: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
	try {
		yield* createReadStream(path, {highWaterMark: 1024 * 1024, signal});
	} catch (error) {
		signal.throwIfAborted();
		throw fail(error);
	}
}

/** Names as they are compared in S3: by their bytes. */
const byBytes = (left: string, right: string): number =>
	Buffer.compare(Buffer.from(left), Buffer.from(right));

const listNames = async (
	root: string,
	prefix: string,
	signal: AbortSignal,
): Promise<readonly string[]> => {
	const start = prefix.slice(0, prefix.lastIndexOf('/') + 1);
	const names: string[] = [];
	const walk = async (folder: string): Promise<void> => {
		signal.throwIfAborted();
		for (const entry of await readEntries(join(root, folder))) {
			const name = `${folder}${entry.name}`;
			if (entry.isDirectory()) {
				await walk(`${name}/`);
			} else if (entry.isFile() && !entry.name.startsWith('.') && name.startsWith(prefix)) {
				names.push(name);
			}
		}
	};
	await walk(start);
	return names;
};

const readEntries = (folder: string): Promise<readonly Dirent[]> =>
	readdir(folder, {withFileTypes: true}).catch(ifAbsent([]));

const describe = async (root: string, name: string): Promise<StoredObject> => {
	const {size, mtimeMs} = await stat(join(root, name));
	return {name, size, at: Math.trunc(mtimeMs), etag: undefined};
};

/** A folder keeps nothing from its owner: it is written to and read, and that is all there is to try. */
const probeFolder = async (
	root: string,
	store: string,
	signal: AbortSignal,
): Promise<readonly ProbeResult[]> => {
	const name = `probe/${randomBytes(8).toString('hex')}`;
	const content = Buffer.from('a probe of cistern check\n');
	const sha256 = createHash('sha256').update(content).digest('hex');
	const body = {content, size: content.length, sha256, md5: ''};
	const unsettled: Unsettled = {files: new Set(), folders: new Set()};
	const first = await putFile(root, {store, name}, body, unsettled);
	const second = await putFile(root, {store, name}, body, unsettled);
	await settleAll(unsettled, signal);
	await rm(join(root, name));
	return [
		{
			tried: 'write',
			result: first === 'written' ? 'good' : 'failed',
			detail: 'a file was written and synced',
		},
		{
			tried: 'overwrite',
			result: second === 'exists' ? 'good' : 'risk',
			detail: 'a second file of the same name was refused',
		},
		{
			tried: 'delete',
			result: 'risk',
			detail: 'a program that may write to a folder may also delete from it',
		},
	];
};
