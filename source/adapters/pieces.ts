/**
 * Content in two: its beginning, and the rest. `findEnd` finds in the first bytes where the rest
 * begins; -1 asks for more of them. Content that ends before is all in `begin`, without a rest.
 */
export const splitAt = async (
	content: AsyncIterable<Uint8Array>,
	findEnd: (begin: Buffer) => number,
): Promise<{readonly begin: Buffer; readonly rest: AsyncIterable<Buffer> | undefined}> => {
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

async function* goOn(first: Buffer, pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer> {
	try {
		yield first;
		for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
			const {buffer, byteOffset, byteLength} = next.value;
			yield Buffer.from(buffer, byteOffset, byteLength);
		}
	} finally {
		await pieces.return?.();
	}
}
