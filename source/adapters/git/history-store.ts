import {type HistoryLogEntry, historyRef} from '../../domain/history/history.ts';
import type {Git} from '../../ports.ts';
import {inMirror} from './mirror.ts';
import type {RunGit} from './open-git.ts';

type HistoryMethods = Pick<
	Git,
	'readLastHistory' | 'readHistoryLog' | 'readHistoryRefs' | 'writeHistory'
>;

/** The name of the file that holds the refs in a history commit's tree. */
const refsFile = 'refs';

export const historyMethods = (run: RunGit): HistoryMethods => {
	const git = inMirror(run);
	const write = async (mirror: string, type: 'blob' | 'commit', text: string): Promise<string> =>
		(await git(mirror, ['hash-object', '-t', type, '-w', '--stdin'], {input: text})).trim();

	const readRefsText = (mirror: string, oid: string): Promise<string> =>
		git(mirror, ['cat-file', 'blob', `${oid}:${refsFile}`]);

	return {
		readHistoryLog: async (mirror) => {
			const [tip] = (await git(mirror, ['for-each-ref', '--format=%(objectname)', historyRef]))
				.trim()
				.split('\n');
			return tip === undefined || tip === ''
				? []
				: (await git(mirror, ['log', '--format=%H %ct%n%B%x00', tip]))
						.split('\0')
						.flatMap(parseLogEntry);
		},
		readHistoryRefs: readRefsText,
		readLastHistory: async (mirror) => {
			const format = '--format=%(objectname) %(committerdate:unix)';
			const [oid, seconds] = (await git(mirror, ['for-each-ref', format, historyRef]))
				.trim()
				.split(' ');
			return oid === undefined || oid === ''
				? undefined
				: {
						oid,
						at: Number(seconds) * 1000,
						refsText: await readRefsText(mirror, oid),
					};
		},
		writeHistory: async (mirror, entry, parent) => {
			const blob = await write(mirror, 'blob', entry.refsText);
			const tree = await git(mirror, ['mktree'], {input: `100644 blob ${blob}\t${refsFile}\n`});
			// Dates have whole seconds; each entry is later than the last, so that a date finds one.
			const seconds = Math.max(
				Math.trunc(entry.at / 1000),
				parent === undefined ? 0 : parent.at / 1000 + 1,
			);
			const who = `Cistern <cistern@localhost> ${seconds} +0000`;
			const headers = [
				`tree ${tree.trim()}`,
				...(parent === undefined ? [] : [`parent ${parent.oid}`]),
				`author ${who}`,
				`committer ${who}`,
			];
			return write(mirror, 'commit', `${headers.join('\n')}\n\n${entry.message}`);
		},
	};
};

const parseLogEntry = (text: string): readonly HistoryLogEntry[] => {
	const [, oid, seconds, message] = /^\s*([0-9a-f]+) (\d+)\n(.*)$/s.exec(text) ?? [];
	return oid === undefined || message === undefined
		? []
		: [{oid, at: Number(seconds) * 1000, message}];
};
