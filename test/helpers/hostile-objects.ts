import {runGit} from '../../source/sandbox/run-git.ts';

const hex = (oid: string): Buffer => Buffer.from(oid, 'hex');

const entry = (mode: string, name: string, oid: string): Buffer =>
	Buffer.concat([Buffer.from(`${mode} ${name}\0`), hex(oid)]);

/** Writes an object that git itself would not make. Gives its id. */
const write = async (path: string, type: string, content: Buffer | string): Promise<string> =>
	(await runGit(path, ['hash-object', '-t', type, '-w', '--literally', '--stdin'], content)).trim();

const person = 'Ann Example <ann@example.com> 1780000000 +0000';

const commitOf = (tree: string, author = person): string =>
	`tree ${tree}\nauthor ${author}\ncommitter ${person}\n\nOdd\n`;

/**
 * Points a branch of a bare repository at a commit that git's fsck refuses: `crooked` as old tools
 * made it, `dot-git` and `submodule` as somebody with bad intent would, `broken` without its files.
 */
export const commitOdd = async (
	path: string,
	kind: 'crooked' | 'dot-git' | 'submodule' | 'broken',
	branch = 'main',
): Promise<void> => {
	const blob = (content: string): Promise<string> => write(path, 'blob', content);
	const tree = (...entries: readonly Buffer[]): Promise<string> =>
		write(path, 'tree', Buffer.concat(entries));
	const point = async (commit: string): Promise<void> => {
		const oid = await write(path, 'commit', commit);
		await runGit(path, ['update-ref', `refs/heads/${branch}`, oid]);
	};

	switch (kind) {
		case 'crooked':
			return point(
				commitOf(
					await tree(entry('0100664', 'old.txt', await blob('old\n'))),
					'Ann Example <ann@example.com 1780000000 +0000',
				),
			);
		case 'dot-git': {
			const hooks = await tree(
				entry('100755', 'post-checkout', await blob('#!/bin/sh\ntouch ../ran\n')),
			);
			const dotGit = await tree(entry('40000', 'hooks', hooks));
			return point(commitOf(await tree(entry('40000', '.git', dotGit))));
		}
		case 'submodule': {
			const modules = await blob(
				'[submodule "../../x"]\n\tpath = x\n\turl = --upload-pack=touch ran\n\tupdate = !touch ran\n',
			);
			const link = entry('160000', 'x', '2'.repeat(40));
			return point(commitOf(await tree(entry('100644', '.gitmodules', modules), link)));
		}
		case 'broken':
			return point(commitOf('1'.repeat(40)));
	}
};
