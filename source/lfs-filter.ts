/**
 * git's long-running filter (gitattributes(5), "Long Running Filter Process") that turns the content
 * of LFS files into their pointers, as git-lfs does. A restore starts git with it, so that git knows
 * the files of a working copy as unchanged if git-lfs is not installed.
 */
import {createHash, type Hash} from 'node:crypto';

/** Four hex digits begin each pkt-line: its length, these four included. Zero ends a list. */
const headerLength = 4;
const flush = Buffer.from('0000');

const pktLine = (text: string): Buffer =>
	Buffer.from(
		(Buffer.byteLength(text) + headerLength).toString(16).padStart(headerLength, '0') + text,
	);

const answer = (...lines: readonly (string | Buffer)[]): void => {
	process.stdout.write(
		Buffer.concat(lines.map((line) => (typeof line === 'string' ? pktLine(line) : line))),
	);
};

const pointerOf = (hash: Hash, size: number): string =>
	`version https://git-lfs.github.com/spec/v1\noid sha256:${hash.digest('hex')}\nsize ${size}\n`;

let expected: 'welcome' | 'capabilities' | 'command' | 'content' = 'welcome';
let hash = createHash('sha256');
let size = 0;

/** The lists of the greeting and of each command say nothing that this filter has to know. */
const takeLine = (line: Buffer): void => {
	if (expected === 'content') {
		hash.update(line);
		size += line.length;
	}
};

const takeFlush = (): void => {
	switch (expected) {
		case 'welcome':
			answer('git-filter-server\n', 'version=2\n', flush);
			expected = 'capabilities';
			return;
		case 'capabilities':
			answer('capability=clean\n', flush);
			expected = 'command';
			return;
		case 'command':
			hash = createHash('sha256');
			size = 0;
			expected = 'content';
			return;
		case 'content':
			// An empty file is its own pointer.
			answer(
				'status=success\n',
				flush,
				...(size === 0 ? [] : [pointerOf(hash, size)]),
				flush,
				flush,
			);
			expected = 'command';
	}
};

let rest: Buffer = Buffer.alloc(0);
for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
	const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
	let at = 0;
	while (bytes.length - at >= headerLength) {
		const length = Number.parseInt(bytes.toString('latin1', at, at + headerLength), 16);
		if (length < headerLength) {
			takeFlush();
			at += headerLength;
		} else if (at + length > bytes.length) {
			break;
		} else {
			takeLine(bytes.subarray(at + headerLength, at + length));
			at += length;
		}
	}

	rest = bytes.subarray(at);
}
