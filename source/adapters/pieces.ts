/**
 * Content in two: its beginning, and the rest. `findEnd` finds in the first bytes where the rest
 * begins; -1 asks for more of them. Content that ends before is all in `begin`, without a rest.
 */
export const splitAt = async (
	content: AsyncIterable<Uint8Array>,
	findEnd: (begin: Buffer) => number,
): Promise<{
	readonly begin: Buffer;
	readonly rest: AsyncIterableIterator<Buffer, undefined> | undefined;
}> => {
	const pieces = content[Symbol.asyncIterator]();
	let begin = Buffer.alloc(0);
	try {
		for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
			begin = Buffer.concat([begin, next.value]);
			const end = findEnd(begin);
			if (end !== -1 && end <= begin.length) {
				return {begin: begin.subarray(0, end), rest: goOn(begin.subarray(end), pieces)};
			}
		}
	} catch (error) {
		await pieces.return?.();
		throw error;
	}

	return {begin, rest: undefined};
};

/** A generator that is ended before its first piece would not end `pieces`, and leave a connection open. */
const goOn = (
	first: Buffer,
	pieces: AsyncIterator<Uint8Array>,
): AsyncIterableIterator<Buffer, undefined> => {
	let waiting: Buffer | undefined = first;
	const rest: AsyncIterableIterator<Buffer, undefined> = {
		[Symbol.asyncIterator]: () => rest,
		next: async () => {
			if (waiting !== undefined) {
				const value = waiting;
				waiting = undefined;
				return {done: false, value};
			}

			const next = await pieces.next();
			if (next.done === true) {
				return {done: true, value: undefined};
			}

			const {buffer, byteOffset, byteLength} = next.value;
			return {done: false, value: Buffer.from(buffer, byteOffset, byteLength)};
		},
		return: async () => {
			await pieces.return?.();
			return {done: true, value: undefined};
		},
	};
	return rest;
};
