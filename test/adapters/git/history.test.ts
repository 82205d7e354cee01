import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {historyMethods} from '../../../source/adapters/git/history.ts';
import {historyRef, type RecordedHistory} from '../../../source/domain/history/history.ts';
import {makeBareRepository, runGit} from '../../../source/sandbox/bare-repository.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {git} from '../../helpers/upstream.ts';

/** Lets git write the same commit, and gives its id. */
const importCommit = async (path: string, refsText: string, message: string): Promise<string> => {
	const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
	const author = 'Cistern <cistern@localhost> 1700000000 +0000';
	const commands = `commit refs/heads/same\nauthor ${author}\ncommitter ${author}\n${data(message)}M 100644 inline refs\n${data(refsText)}`;
	await runGit(path, ['fast-import', '--quiet'], commands);
	return (await git(path, 'rev-parse', 'refs/heads/same')).trim();
};

describe('an entry of the history', () => {
	it('is the same commit that git would have written, and passes git fsck', async () => {
		const path = join(makeTemporaryFolder(), 'repo');
		makeBareRepository(path, 'main');
		const history = historyMethods(({args, input}) => runGit(path, args, input));
		expect(await history.readHistoryLog(path)).toEqual([]);
		const refsText = `ref: refs/heads/main HEAD\n${'1'.repeat(40)} refs/heads/main\n`;
		const message = '1 ref changed\n\ncreated - - refs/heads/größe\n';
		await history.beginHistory(path, new Map(), {refsText, message, at: 1_700_000_000_900});

		const first = await history.readLastHistory(path);

		expect(first).toEqual({
			oid: await importCommit(path, refsText, message),
			refsText,
			at: 1_700_000_000_000,
		});
		const again = {refsText: '', message, at: 1_700_000_000_100};
		const second = await history.writeHistory(path, again, first);
		await git(path, 'update-ref', historyRef, second.oid);
		expect(await history.readLastHistory(path)).toEqual(second);
		expect(await history.readHistoryLog(path)).toEqual([
			{oid: second.oid, at: 1_700_000_001_000, clockAt: 1_700_000_000_000, message},
			{oid: first?.oid, at: 1_700_000_000_000, clockAt: 1_700_000_000_000, message},
		]);
		expect(await git(path, 'fsck', '--strict', '--full')).toBe('');
	});

	it('reads the same whether it lies in files of its own, in a pack, or in both', async () => {
		const path = join(makeTemporaryFolder(), 'repo');
		makeBareRepository(path, 'main');
		const history = historyMethods(({args, input}) => runGit(path, args, input));
		const write = async (refsText: string, parent?: RecordedHistory): Promise<RecordedHistory> => {
			const entry = {refsText, message: `${refsText}\n\nof größe\n`, at: 1_700_000_000_000};
			const written = await history.writeHistory(path, entry, parent);
			await git(path, 'update-ref', historyRef, written.oid);
			return written;
		};
		const first = await write('one');
		const second = await write('two', first);
		const loose = await history.readHistoryLog(path);
		expect(loose.map(({oid}) => oid)).toEqual([second.oid, first.oid]);

		await git(path, 'repack', '-q', '-a', '-d');
		expect(await history.readHistoryLog(path)).toEqual(loose);
		expect(await history.readLastHistory(path)).toEqual(second);
		expect(await history.readHistoryRefs(path, first.oid)).toBe('one');

		const third = await write('three', second);
		expect((await history.readHistoryLog(path)).slice(1)).toEqual(loose);
		expect(await history.readLastHistory(path)).toEqual(third);
	});
});
