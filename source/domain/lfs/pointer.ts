/** A file that lies outside of git, as its pointer names it. */
export type LfsObject = {
	/** SHA-256 of its content, 64 lower-case hex digits. */
	readonly oid: string;
	/** Bytes. */
	readonly size: number;
};

export type LfsPointer = LfsObject & {
	/**
	 * Was the content changed by extensions before it was stored? Only they can undo it, so such a
	 * file is saved and never written into a working copy.
	 */
	readonly isExtended: boolean;
};

/** Bytes of a blob that may be a pointer; git-lfs takes no longer one (git-lfs, "lfs/pointer.go"). */
export const pointerSize = {least: 100, most: 1023};

/** The names that the format has had (git-lfs, "lfs/pointer.go"). */
const version =
	/^version (?:https:\/\/(?:git-lfs|hawser)\.github\.com\/spec\/v1|http:\/\/git-media\.io\/v\/2)$/;

const extensionLine = /^ext-\d-\S+ sha256:[\da-f]{64}$/;
const oidLine = /^oid sha256:([\da-f]{64})$/;
const sizeLine = /^size (\d+)$/;

/**
 * Reads a blob as git-lfs does: the version first, then extensions, id and size, and nothing else.
 * Undefined for any other text, and for the pointer of an empty file, which nothing needs to hold.
 */
export const parsePointer = (text: string): LfsPointer | undefined => {
	const [first = '', ...lines] = text.trim().split(/\r?\n/);
	const oid = oidLine.exec(lines.at(-2) ?? '')?.[1];
	const size = Number(sizeLine.exec(lines.at(-1) ?? '')?.[1]);
	const extensions = lines.slice(0, -2);
	return version.test(first) &&
		oid !== undefined &&
		Number.isSafeInteger(size) &&
		size > 0 &&
		extensions.every((line) => extensionLine.test(line))
		? {oid, size, isExtended: extensions.length > 0}
		: undefined;
};
