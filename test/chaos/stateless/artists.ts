import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {repoFolder} from '../../../source/domain/plan/layout.ts';
import type {SandboxRepository} from '../../../source/sandbox/model.ts';
import type {Sandbox} from '../../../source/sandbox/start-sandbox.ts';
import {placeOf, pointerTo, sha256} from '../../helpers/lfs-files.ts';
import {writeLoose} from '../../helpers/loose-objects.ts';
import {pick, type Random} from '../../helpers/random.ts';
import {commitFile, readRefs} from '../../helpers/upstream.ts';
import {readReachable} from '../../helpers/whole-mirror.ts';

/** People who commit LFS files in a workspace, and what a backup has to keep of these. */
export type Artists = {
	/** One of them commits a file. */
	act(random: Random): Promise<void>;
	/** The ids of all files that the refs of each repository lead to now. */
	readNow(): Promise<ReadonlyMap<SandboxRepository, readonly string[]>>;
	/** A fetched backup has the content of all these files. */
	expectThere(folderOf: (repository: SandboxRepository) => string): Promise<void>;
};

export const createArtists = (sandbox: Sandbox): Artists => {
	/** The file of each blob of git that is a pointer. */
	const files = new Map<string, string>();
	const repositories = (): readonly SandboxRepository[] => sandbox.listRepositories('acme');
	const readNow: Artists['readNow'] = async () => {
		const all = new Map<SandboxRepository, readonly string[]>();
		for (const repository of repositories()) {
			const reachable = await readReachable(repository.path);
			all.set(
				repository,
				reachable.flatMap((line) => files.get(line.slice(0, 40)) ?? []),
			);
		}

		return all;
	};
	return {
		act: async (random) => {
			const repository = pick(random, repositories());
			const {path} = repository;
			const branches = [...(await readRefs(path)).keys()].flatMap(
				(ref) => /^refs\/heads\/(.*)/.exec(ref)?.[1] ?? [],
			);
			const branch = branches.length === 0 ? 'main' : pick(random, branches);
			const content = `a picture of ${random(1_000_000)} colours`;
			const pointer = pointerTo(content);
			sandbox.putLfs(repository, content);
			files.set(writeLoose(path, 'blob', pointer), sha256(content));
			await commitFile(path, {branch, file: 'art.psd', content: pointer});
		},
		readNow,
		expectThere: async (folderOf) => {
			for (const [repository, oids] of await readNow()) {
				const mirror = join(folderOf(repository), repoFolder);
				const lacking = oids.filter((oid) => {
					const path = placeOf(mirror, oid);
					return !existsSync(path) || sha256(readFileSync(path)) !== oid;
				});
				expect(lacking, repository.slug).toEqual([]);
			}
		},
	};
};
