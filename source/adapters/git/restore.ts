import {mkdir, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Git} from '../../ports.ts';
import type {RunGit} from './open-git.ts';
import {asMirrorFailure} from './run-git.ts';

/**
 * Lends the mirror's objects to a new repository, points its refs at them, packs what they reach
 * into it, and takes the loan back. That copies nothing that is only kept, needs no configuration
 * in the mirror, and reads everything that is copied.
 */
export const restoreMethod =
	(run: RunGit): Git['restore'] =>
	async (mirror, target, {head, refs, as}) => {
		const gitFolder = as === 'bare' ? target : join(target, '.git');
		const git = async (args: readonly string[], input?: string): Promise<void> => {
			try {
				await run({args, folder: target, ...(input === undefined ? {} : {input})});
			} catch (error) {
				throw asMirrorFailure(error, mirror);
			}
		};

		await mkdir(target, {recursive: true, mode: 0o700});
		await git([
			'init',
			'--template=',
			'--initial-branch=main',
			...(as === 'bare' ? ['--bare'] : []),
		]);
		if (head !== undefined) {
			await git(['symbolic-ref', 'HEAD', head]);
		}

		if (refs.size > 0) {
			const loan = join(gitFolder, 'objects', 'info', 'alternates');
			await mkdir(join(gitFolder, 'objects', 'info'), {recursive: true});
			await writeFile(loan, `${join(mirror, 'objects')}\n`);
			const creations = [...refs].map(([ref, oid]) => `create ${ref}\0${oid}\0`);
			await git(['update-ref', '--no-deref', '-z', '--stdin'], creations.join(''));
			await git(['repack', '-q', '-a', '-d']);
			await rm(loan);
		}

		if (as !== 'bare') {
			if (as.origin !== undefined) {
				await git(['remote', 'add', 'origin', as.origin]);
			}

			if (head !== undefined && refs.has(head)) {
				await git(['reset', '--quiet', '--hard']);
			}
		}
	};
