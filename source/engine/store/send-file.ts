import {FailureError} from '../../domain/failure/failure.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import {fileName, folderOf} from '../../domain/store/names.ts';
import type {Sealed} from '../../domain/store/step.ts';
import type {OffSiteFile, Part, PartCopy} from '../../parts/part.ts';
import type {SealedContent, SealedStore} from '../../ports/store.ts';

/** Everything that the sending of objects of one part needs. */
export type ObjectSending = {
	readonly store: SealedStore;
	/** Names this work. */
	readonly sending: string;
	readonly copy: PartCopy;
	/** Absolute path of a file for what is on its way, which is not there. Its folder is. */
	readonly workFile: string;
	/** Asks the store, again if the failure may pass. */
	readonly retry: <Result>(act: () => Promise<Result>) => Promise<Result>;
	/** Its folder in the store. */
	readonly id: string;
	readonly part: Pick<Part, 'name'>;
};

/** Sends a file that lies beside the mirrors. Throws a `FailureError`. */
export const sendFile = async (
	work: ObjectSending,
	{path, sha256}: OffSiteFile,
): Promise<Sealed> => {
	const {copy, part, store} = work;
	const file = joinPath(copy.folder, path);
	return sendThrough(
		work,
		fileName(work.sending, part.name, sha256, store.suffix),
		async (target) => {
			const sealed = await store.sealInto(target, {file}, copy.signal);
			if (sealed.plain !== sha256) {
				const detail = `${path} is not the file that it should be`;
				throw new FailureError({kind: 'mirror-unusable', path: copy.folder, detail});
			}

			return sealed;
		},
	);
};

/** Seals all of it first: all hashes of an object have to be known before it is sent. */
export const sendThrough = async (
	work: ObjectSending,
	name: string,
	seal: (file: string) => Promise<SealedContent>,
): Promise<Sealed> => {
	const {copy, workFile} = work;
	try {
		const body = await seal(workFile);
		await put(work, name, body);
		const {size, sha256, md5, plain} = body;
		return {name, size, sha256, md5, plain};
	} finally {
		await copy.files.remove(workFile);
	}
};

/** Only this run uses its names. So a name that is taken belongs to an object of this run, whose answer was lost. */
export const put = async (
	{store, retry, id, copy: {signal}}: ObjectSending,
	name: string,
	body: SealedContent,
): Promise<void> => {
	const path = `${folderOf(id)}${name}`;
	const result = await retry(() => store.put(path, body, signal));
	if (result === 'exists' && !(await retry(() => isThere(store, path, body, signal)))) {
		const detail = 'another object has its name';
		throw new FailureError({kind: 'object-damaged', store: store.title, name: path, detail});
	}
};

/**
 * Keys that may not read an object may list it. Its size has to do: the tag of a store that encrypts or
 * joins parts is no MD5, though it may look like one.
 */
const isThere = async (
	store: SealedStore,
	path: string,
	{size}: SealedContent,
	signal: AbortSignal,
): Promise<boolean> => {
	for await (const one of store.list(path, {signal})) {
		if (one.name === path) {
			return one.size === size;
		}
	}

	return false;
};
