/** Reads a text line by line. `take`: the next line, without its end; `end`: after the last one. */
export type LineReader<Result> = {take(line: string): void; end(): Result};

/** Gives a text that comes in pieces to a reader. A last line without an end is one too. */
export const readLines = async <Result>(
	pieces: AsyncIterable<string>,
	reader: LineReader<Result>,
): Promise<Result> => {
	let rest = '';
	for await (const piece of pieces) {
		const end = piece.lastIndexOf('\n');
		if (end === -1) {
			// Joined without a look at it: a line may be as long as the whole text.
			rest += piece;
		} else {
			for (const line of (rest + piece.slice(0, end)).split('\n')) {
				reader.take(line);
			}

			rest = piece.slice(end + 1);
		}
	}

	if (rest !== '') {
		reader.take(rest);
	}

	return reader.end();
};
