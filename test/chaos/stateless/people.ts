import {expect} from 'vitest';
import {formatJson} from '../../../source/domain/metadata/normalise.ts';
import {parseList} from '../../../source/engine/metadata/draft.ts';
import type {SandboxRepository} from '../../../source/sandbox/model.ts';
import type {Sandbox} from '../../../source/sandbox/start-sandbox.ts';
import {
	changeSomething,
	type Deed,
	moveAlways,
	openJudge,
	readSavedFiles,
} from '../../engine/metadata/living.ts';
import {expectDownloads} from '../../engine/metadata/properties.ts';
import type {FakeClock} from '../../helpers/fake-clock.ts';
import type {Random} from '../../helpers/random.ts';

type Files = ReadonlyMap<string, string>;

/** People who work on pull requests of a workspace, and what a backup has to keep of it. */
export type People = {
	/** One of them does something. */
	act(random: Random): Deed | undefined;
	/** The discussion of each repository, as upstream has it now. */
	readNow(): Promise<ReadonlyMap<SandboxRepository, Files>>;
	/** The same as it is saved: in a commit, or in the newest one. */
	readSaved(mirror: string, commit?: string): Promise<Files>;
	/** A fetched backup has everything as upstream has it now. */
	expectAsNow(mirrorOf: (repository: SandboxRepository) => string): Promise<void>;
};

export const createPeople = (sandbox: Sandbox, clock: FakeClock): People => {
	moveAlways(sandbox);
	const readTruth = openJudge(sandbox, clock);
	const people = ['bo', 'cyd', 'dee'].map((userName) =>
		sandbox.addAccount({email: `${userName}@example.com`, userName, displayName: userName}),
	);
	const repositories = (): readonly SandboxRepository[] => sandbox.listRepositories('acme');
	const texts: string[] = [];
	const readNow: People['readNow'] = async () => {
		const all = new Map<SandboxRepository, Files>();
		for (const repository of repositories()) {
			all.set(repository, readDiscussion(await readTruth(repository)));
		}

		return all;
	};
	const readSaved: People['readSaved'] = async (mirror, commit) =>
		readDiscussion(await readSavedFiles(mirror, clock, commit));
	return {
		act: (random) =>
			changeSomething({sandbox, repositories: repositories(), people}, random, texts),
		readNow,
		readSaved,
		expectAsNow: async (mirrorOf) => {
			for (const [repository, files] of await readNow()) {
				expect(await readSaved(mirrorOf(repository))).toEqual(files);
			}

			expectDownloads({sandbox, repositories: repositories(), mirror: mirrorOf});
		},
	};
};

/**
 * Pull requests and comments. Without deleted comments, of which a backup may never have heard, and
 * without the name of the repository, which changes by itself.
 */
const readDiscussion = (files: Files): Files =>
	new Map(
		[...files].flatMap(([path, text]) => {
			if (path.endsWith('/pull-request.json')) {
				return [[path, text.replaceAll(/"full_name": "[^"]*"/g, '')]];
			}

			const comments = path.endsWith('/comments.json') ? parseList(text) : [];
			const living = comments.filter(({deleted}) => deleted !== true);
			return living.length === 0 ? [] : [[path, formatJson(living)]];
		}),
	);
