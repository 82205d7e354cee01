import type {SandboxRepository} from '../../source/sandbox/model.ts';
import type {Sandbox} from '../../source/sandbox/start-sandbox.ts';
import {pick, type Random} from '../helpers/random.ts';
import {changeUpstream} from '../helpers/random-upstream.ts';
import {commitFile} from '../helpers/upstream.ts';

/** More would make each backup slow and find nothing else. */
const mostRepositories = 6;

/** A workspace that lives on between backups. */
export type LivingWorkspace = {
	readonly repositories: () => readonly SandboxRepository[];
	/** Something that may happen between two backups. */
	change(random: Random): Promise<void>;
	/** A backup saw everything: as much may go away again as a listing may shrink unquestioned. */
	wasSeen(): void;
};

export const createLivingWorkspace = (sandbox: Sandbox): LivingWorkspace => {
	sandbox.addWorkspace({slug: 'acme'});
	const gone: SandboxRepository[] = [];
	let names = 0;
	let mayGo = 0;
	const repositories = (): readonly SandboxRepository[] => sandbox.listRepositories('acme');

	const add = async (slug: string, random: Random): Promise<void> => {
		const {path, wikiPath} = await sandbox.addRepository({
			workspace: 'acme',
			slug,
			withWiki: random(2) === 0,
		});
		if (random(4) > 0) {
			await commitFile(path);
		}

		if (wikiPath !== undefined) {
			await commitFile(wikiPath, {branch: 'master'});
		}
	};

	const addNew = (random: Random): Promise<void> => {
		names += 1;
		return add(`repository-${names}`, random);
	};

	/** A deleted repository comes back, as Bitbucket's support can bring it: with its id, without its wiki. */
	const bringBack = ({uuid, path, slug}: SandboxRepository): void => {
		const isFree = repositories().every((one) => one.slug !== slug);
		names += 1;
		const repository = sandbox.addRepository({
			workspace: 'acme',
			slug: isFree ? slug : `returned-${names}`,
			uuid,
			path,
		});
		for (const pull of sandbox.metadata.pullRequests.list(repository)) {
			Object.assign(pull, {repository, sourceRepository: repository});
		}
	};

	const changeOne = async (repository: SandboxRepository, random: Random): Promise<void> => {
		const {path, wikiPath} = repository;
		const act = random(12);
		if (act === 0) {
			const {slug} = repository;
			names += 1;
			sandbox.renameRepository(repository, `renamed-${names}`);
			if (random(3) === 0) {
				await add(slug, random);
			}
		} else if (act <= 2 && mayGo > 0) {
			mayGo -= 1;
			sandbox.deleteRepository(repository);
			gone.push(repository);
			if (act === 2) {
				await add(repository.slug, random);
			}
		} else if (act === 3 && wikiPath !== undefined) {
			await changeUpstream(wikiPath, random);
		} else {
			await changeUpstream(path, random);
		}
	};

	return {
		repositories,
		change: async (random) => {
			const here = repositories();
			const returning = here.length < mostRepositories && random(8) === 0 ? gone.pop() : undefined;
			if (returning !== undefined) {
				bringBack(returning);
			} else if (here.length < 3 || (here.length < mostRepositories && random(8) === 0)) {
				await addNew(random);
			} else {
				await changeOne(pick(random, here), random);
			}
		},
		wasSeen: () => {
			mayGo = 2;
		},
	};
};
