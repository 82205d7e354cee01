import {FailureError} from '../../domain/failure/failure.ts';

/** The body of an answer; undefined if it is longer than so many bytes. Then its connection ends. */
export const readBody = async (
	body: AsyncIterable<Uint8Array>,
	longest: number,
): Promise<Buffer | undefined> => {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of body) {
		length += chunk.length;
		if (length > longest) {
			return undefined;
		}

		chunks.push(chunk);
	}

	return Buffer.concat(chunks);
};

/** The same as text. Throws `answer-refused` for a longer one. */
export const readText = async (
	body: AsyncIterable<Uint8Array>,
	longest: number,
): Promise<string> => {
	const bytes = await readBody(body, longest);
	if (bytes === undefined) {
		const detail = `the answer is longer than ${longest} bytes`;
		throw new FailureError({kind: 'answer-refused', detail});
	}

	return bytes.toString();
};

/** Bytes of an error's body that are enough to recognize it. */
const errorLength = 8 * 1024;

/** The beginning of a body. If more comes, its connection ends. */
export const readBeginning = async (
	body: AsyncIterable<Buffer>,
	most = errorLength,
): Promise<string> => {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of body) {
		chunks.push(chunk);
		length += chunk.length;
		if (length >= most) {
			break;
		}
	}

	return Buffer.concat(chunks).toString('utf8', 0, most);
};
