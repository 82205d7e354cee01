import {createHash, randomBytes} from 'node:crypto';
import {join} from 'node:path';
import {crc32, deflateSync} from 'node:zlib';
import {putSynced, syncFolder} from '../../files/small-file.ts';
import {type Hash, hashOf} from '../mirror.ts';
import type {GitObject} from './loose-objects.ts';
import {types} from './pack-entry.ts';
import {packFolder} from './pack-files.ts';

/** Where an object lies in its pack. */
type Placed = {readonly oid: string; readonly offset: number; readonly crc: number};

/**
 * Writes objects as one pack with its index, without deltas and without a process (gitformat-pack(5)).
 * Both come under names that git treats as garbage, synced and renamed; git sees the pack once its
 * index is there. All of it survives a power cut once this has ended.
 */
export const writePack = async (mirror: string, objects: readonly GitObject[]): Promise<void> => {
	const folder = join(mirror, packFolder);
	const hash = hashOf(objects.map(({oid}) => oid));
	const {pack, placed, checksum} = makePack(objects);
	const index = makeIndex(placed, checksum);
	const put = (kind: 'pack' | 'idx', pieces: readonly Buffer[]): Promise<void> =>
		putSynced(join(folder, `pack-${checksum.toString('hex')}.${kind}`), Buffer.concat(pieces), {
			aside: join(folder, `tmp_${kind}_${randomBytes(6).toString('hex')}`),
			mode: 0o444,
		});
	await put('pack', [pack]);
	await put('idx', [index, digest(index, hash)]);
	await syncFolder(folder);
};

const digest = (bytes: Buffer, hash: Hash): Buffer => createHash(hash).update(bytes).digest();

/** The numbers as four bytes each. */
const words = (numbers: readonly number[]): Buffer => {
	const bytes = Buffer.alloc(numbers.length * 4);
	for (const [index, number] of numbers.entries()) {
		bytes.writeUInt32BE(number, index * 4);
	}

	return bytes;
};

type Pack = {
	/** With its checksum at the end. */
	readonly pack: Buffer;
	readonly placed: readonly Placed[];
	readonly checksum: Buffer;
};

/** Each object once, without deltas. */
export const makePack = (objects: readonly GitObject[]): Pack => {
	const each = new Map(objects.map(({oid, bytes}) => [oid, bytes]));
	const pieces = [Buffer.from('PACK'), words([2, each.size])];
	const placed: Placed[] = [];
	let offset = 12;
	for (const [oid, bytes] of each) {
		const entry = makeEntry(bytes);
		placed.push({oid, offset, crc: crc32(entry)});
		pieces.push(entry);
		offset += entry.length;
	}

	const checksum = digest(Buffer.concat(pieces), hashOf(each.keys()));
	return {pack: Buffer.concat([...pieces, checksum]), placed, checksum};
};

const typeOf: Readonly<Record<string, number>> = types;

/** Type and size, four bits of the size in the first byte and seven in each further one; the content. */
const makeEntry = (object: Buffer): Buffer => {
	const content = object.subarray(object.indexOf(0) + 1);
	const type = typeOf[object.toString('latin1', 0, object.indexOf(' '))] ?? 0;
	const head = [type * 16 + (content.length % 16)];
	for (let size = Math.floor(content.length / 16); size > 0; size = Math.floor(size / 128)) {
		head.push((head.pop() ?? 0) + 128, size % 128);
	}

	return Buffer.concat([Buffer.from(head), deflateSync(content)]);
};

/** Version 2, for a pack below two gigabytes. */
const makeIndex = (placed: readonly Placed[], checksum: Buffer): Buffer => {
	const sorted = placed.toSorted((left, right) => (left.oid < right.oid ? -1 : 1));
	const firsts = sorted.map(({oid}) => Number.parseInt(oid.slice(0, 2), 16));
	// How many ids begin with a byte that is not above this one.
	const fanOut = Array.from({length: 256}, (_, byte) => firsts.filter((one) => one <= byte).length);
	return Buffer.concat([
		Buffer.from('\xfftOc', 'latin1'),
		words([2, ...fanOut]),
		...sorted.map(({oid}) => Buffer.from(oid, 'hex')),
		words(sorted.map(({crc}) => crc)),
		words(sorted.map(({offset}) => offset)),
		checksum,
	]);
};
