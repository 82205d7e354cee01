import {execFileSync, spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {generateHybridIdentity, generateIdentity, identityToRecipient} from 'age-encryption';
import {describe, expect, it} from 'vitest';
import {ageSealer} from '../../../source/adapters/seal/age.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

/** In pieces that are not those of age. */
async function* pieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
	for (let start = 0; start < content.length; start += 50_000) {
		yield content.subarray(start, start + 50_000);
	}
}

const collect = async (content: AsyncIterable<Uint8Array>): Promise<Buffer> => {
	const found: Uint8Array[] = [];
	for await (const piece of content) {
		found.push(piece);
	}

	return Buffer.concat(found);
};

const seal = (content: Uint8Array, ...recipients: readonly string[]) =>
	collect(ageSealer.seal(pieces(content), recipients));
const open = (content: Uint8Array, ...identities: readonly string[]) =>
	collect(ageSealer.open(pieces(content), identities));

const hasAge = spawnSync('age', ['--version']).status === 0;

describe('sealing', () => {
	it.each([0, 65_536, 65_537, 200_000])('brings back %i bytes', async (size) => {
		const content = randomBytes(size);
		const mine = await generateIdentity();
		for (const other of [await generateIdentity(), await generateHybridIdentity()]) {
			const recipients = await Promise.all([mine, other].map(identityToRecipient));
			const sealed = await seal(content, ...recipients);
			for (const identities of [[mine], [other], [await generateIdentity(), mine]]) {
				expect(content.equals(await open(sealed, ...identities))).toBe(true);
			}
		}
	});

	it('refuses what is no recipient, and no identity', async () => {
		for (const recipient of ['age1nothing', `age1${'q'.repeat(58)}`]) {
			await expect(seal(Buffer.from('x'), recipient)).rejects.toMatchObject({
				failure: {kind: 'recipient-refused', recipient},
			});
		}

		const mine = await generateIdentity();
		const secret = await seal(Buffer.from('x'), mine).catch((caught: unknown) => caught);
		expect(secret).toMatchObject({failure: {kind: 'recipient-refused'}});
		expect(JSON.stringify(secret)).not.toContain(mine.slice(20));
		const sealed = await seal(Buffer.from('x'), await identityToRecipient(mine));
		const refused = {failure: {kind: 'identity-refused'}};
		await expect(open(sealed)).rejects.toMatchObject(refused);
		await expect(open(sealed, await generateIdentity())).rejects.toMatchObject(refused);
		const error = await open(sealed, `${mine}X`).catch((caught: unknown) => caught);
		expect(error).toMatchObject(refused);
		expect(JSON.stringify(error)).not.toContain(mine.slice(0, 30));
	});

	it('refuses what was cut or changed', async () => {
		const mine = await generateIdentity();
		const sealed = await seal(randomBytes(150_000), await identityToRecipient(mine));
		const damaged = {failure: {kind: 'object-damaged'}};
		for (const end of [sealed.length - 1, sealed.length - 20_000, 66_000, 180, 0]) {
			await expect(open(sealed.subarray(0, end), mine)).rejects.toMatchObject(damaged);
		}

		for (const place of [sealed.length - 1, 100_000, 250]) {
			const changed = Buffer.from(sealed);
			changed[place] = (changed[place] ?? 0) ^ 1;
			await expect(open(changed, mine)).rejects.toMatchObject(damaged);
		}
	});
});

describe.skipIf(!hasAge)('the program age', () => {
	it('reads what is sealed here, and what it seals is read here', async () => {
		const folder = makeTemporaryFolder();
		const content = randomBytes(200_000);
		const mine = await generateIdentity();
		const recipient = await identityToRecipient(mine);
		const [key, sealed] = [join(folder, 'key.txt'), join(folder, 'sealed.age')];
		writeFileSync(key, `# a comment\n${mine}\n`);
		writeFileSync(sealed, await seal(content, recipient));
		expect(content.equals(execFileSync('age', ['-d', '-i', key, sealed]))).toBe(true);
		const plain = join(folder, 'plain');
		writeFileSync(plain, content);
		execFileSync('age', ['-r', recipient, '-o', join(folder, 'other.age'), plain]);
		expect(content.equals(await open(readFileSync(join(folder, 'other.age')), mine))).toBe(true);
	});

	it('reads what is sealed for a post-quantum key beside its own, and so does the other key', async () => {
		const folder = makeTemporaryFolder();
		const content = randomBytes(1000);
		const [mine, other] = [await generateIdentity(), await generateHybridIdentity()];
		const recipients = await Promise.all([mine, other].map(identityToRecipient));
		const [key, sealed] = [join(folder, 'key.txt'), join(folder, 'sealed.age')];
		writeFileSync(key, mine);
		writeFileSync(sealed, await seal(content, ...recipients));
		expect(content.equals(execFileSync('age', ['-d', '-i', key, sealed]))).toBe(true);
		expect(content.equals(await open(readFileSync(sealed), other))).toBe(true);
	});
});

if (!hasAge) {
	// biome-ignore lint/suspicious/noConsole: a test that is left out has to be noticed
	console.warn('The program age is not installed: nothing was compared with it.');
}
