import {keptPrefix} from '../../domain/history/history.ts';
import type {KeptCommit} from '../../domain/history/kept-state.ts';
import type {Git} from '../../ports/git.ts';
import {inMirror} from './mirror.ts';
import type {RunGit} from './open-git.ts';

type KeptMethods = Pick<Git, 'readKept' | 'readCommits'>;

/** What is read of a commit; no field can hold a NUL (git-log(1), "PRETTY FORMATS"). */
const fields = ['%H', '%an', '%ae', '%at', '%s'];

export const keptMethods = (run: RunGit): KeptMethods => {
	const git = inMirror(run);
	return {
		readKept: async (mirror) => {
			const format = '--format=%(objectname) %(*objectname)';
			const tips = await git(mirror, ['for-each-ref', format, keptPrefix]);
			const onlyKept = [`--glob=${keptPrefix}*`, '--not', '--branches', '--tags'];
			const commits = await git(mirror, ['rev-list', '--parents', ...onlyKept]);
			return {
				tips: new Map(
					linesOf(tips).map(([oid = '', peeled = '']) => [oid, peeled === '' ? oid : peeled]),
				),
				commits: new Map(linesOf(commits).map(([oid = '', ...parents]) => [oid, parents])),
			};
		},
		readCommits: async (mirror, oids) => {
			if (oids.length === 0) {
				return [];
			}

			const format = `--format=${fields.join('%x00')}%x00`;
			const text = await git(mirror, ['log', '--no-walk=unsorted', '--stdin', format], {
				input: `${oids.join('\n')}\n`,
			});
			return parseCommits(text.split('\0'));
		},
	};
};

const linesOf = (text: string): readonly (readonly string[])[] =>
	text
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => line.split(' '));

const parseCommits = (values: readonly string[]): readonly KeptCommit[] => {
	const commits: KeptCommit[] = [];
	for (let start = 0; start + fields.length <= values.length; start += fields.length) {
		const [oid = '', author = '', email = '', seconds = '', subject = ''] = values.slice(start);
		commits.push({
			oid: oid.trim(),
			author,
			email,
			at: new Date(Number(seconds) * 1000).toISOString(),
			subject,
		});
	}

	return commits;
};
