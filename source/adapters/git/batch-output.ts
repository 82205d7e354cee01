/** An object as `git cat-file --batch` gives it. */
export type BatchObject = {
	readonly oid: string;
	readonly type: string;
	/** The end of its line, behind the size, where the format has more. */
	readonly rest: string;
	/** Undefined for one that is not wanted: it is passed over without being held. */
	readonly content: Buffer | undefined;
};

type IsWanted = (type: string, size: number) => boolean;

/**
 * git-cat-file(1), "BATCH OUTPUT": a line, the content, a line feed. Undefined for an object that is
 * missing, of which a line alone says so.
 */
export async function* readBatch(
	output: AsyncIterable<Buffer> | Iterable<Buffer>,
	isWanted: IsWanted = () => true,
): AsyncGenerator<BatchObject | undefined> {
	let held: Buffer[] = [];
	let size = 0;
	/** Bytes of the object that comes next, as far as they are known. */
	let needed = 1;
	let passOver = 0;
	for await (const piece of output) {
		held.push(piece);
		size += piece.length;
		if (size < needed) {
			continue;
		}

		const bytes = held.length === 1 ? piece : Buffer.concat(held);
		let at = 0;
		needed = 1;
		for (;;) {
			const passed = Math.min(passOver, bytes.length - at);
			passOver -= passed;
			at += passed;
			const end = passOver > 0 ? -1 : bytes.indexOf('\n', at);
			if (end < 0) {
				break;
			}

			const [, oid = '', type = '', length, rest = ''] =
				objectLine.exec(bytes.toString('latin1', at, end)) ?? [];
			const start = end + 1;
			if (length === undefined) {
				at = start;
				yield undefined;
			} else if (!isWanted(type, Number(length))) {
				at = start;
				passOver = Number(length) + 1;
				yield {oid, type, rest, content: undefined};
			} else if (start + Number(length) >= bytes.length) {
				needed = start + Number(length) + 1 - at;
				break;
			} else {
				at = start + Number(length) + 1;
				yield {oid, type, rest, content: bytes.subarray(start, at - 1)};
			}
		}

		held = at === bytes.length ? [] : [bytes.subarray(at)];
		size = bytes.length - at;
	}
}

const objectLine = /^([\da-f]+) (\w+) (\d+)(?: (.*))?$/s;
