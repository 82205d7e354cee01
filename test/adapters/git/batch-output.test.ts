import {expect, it} from 'vitest';
import {readBatch} from '../../../source/adapters/git/batch-output.ts';

const [small, large, lost] = ['a', 'b', 'c'].map((digit) => digit.repeat(40));

const output = Buffer.from(
	`${small} blob 5 src/a\r b\none\n2\n${large} tree 9\n123\n45678\n${lost} missing\n${small} blob 0 \n\n`,
);

const readIn = async (length: number) => {
	const pieces = Array.from({length: Math.ceil(output.length / length)}, (_, index) =>
		output.subarray(index * length, (index + 1) * length),
	);
	const found = [];
	for await (const one of readBatch(pieces, (_type, size) => size < 9)) {
		found.push(one && {...one, content: one.content?.toString()});
	}

	return found;
};

it('gives the objects that are wanted, however the output is cut', async () => {
	const found = await readIn(output.length);
	expect(found).toEqual([
		{oid: small, type: 'blob', rest: 'src/a\r b', content: 'one\n2'},
		{oid: large, type: 'tree', rest: '', content: undefined},
		undefined,
		{oid: small, type: 'blob', rest: '', content: ''},
	]);
	for (let length = 1; length < output.length; length += 1) {
		expect(await readIn(length)).toEqual(found);
	}
});
