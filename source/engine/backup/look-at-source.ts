import type {Looked} from '../../domain/plan/look.ts';
import {fullName, type Repository} from '../../domain/plan/repository.ts';
import type {SavedState} from '../../domain/record/record.ts';
import {attempt} from '../retry/attempt.ts';
import {runPool} from '../retry/pool.ts';
import type {SignInWatch} from '../retry/sign-in-watch.ts';
import type {SourceRun} from '../session.ts';
import {type ListingEnd, listRepositories} from './list.ts';
import {lookAt} from './look-at.ts';

export type SourceLook = {
	/** In scope and asked for, in the order of the listing. */
	readonly looked: readonly Looked[];
	/** Slugs of all that the workspace listed. */
	readonly slugs: readonly string[];
	/** Uuids of the same: who is listed is not gone, whatever it is called now. */
	readonly uuids: ReadonlySet<string>;
	readonly listing: ListingEnd;
};

/** Requests for refs at once; they are light and mostly waiting. */
const looksAtOnce = 32;

/** Lists the workspace and looks at each repository as the pages come. */
export const lookAtSource = async (
	source: SourceRun,
	state: SavedState,
	isAsked: (slug: string) => boolean,
	watch: SignInWatch,
): Promise<SourceLook> => {
	const title = source.source.title;
	const byUuid = new Map(state.repositories.map((saved) => [saved.record.uuid, saved]));
	const unrecorded = new Set(state.unrecorded);
	const asked: Repository[] = [];
	const looks = new Map<string, Looked['look']>();
	const slugs: string[] = [];
	const uuids = new Set<string>();
	const pages = listPages(source);
	let listing: ListingEnd = {failure: undefined, found: 0};

	const askedFor = async function* (): AsyncGenerator<Repository> {
		let step = await pages.next();
		for (; step.done !== true; step = await pages.next()) {
			for (const repository of step.value) {
				slugs.push(repository.slug);
				uuids.add(repository.uuid);
				if (isAsked(repository.slug)) {
					asked.push(repository);
					yield repository;
				}
			}
		}

		listing = step.value;
		const {found} = listing;
		source.publish({type: 'listing-progressed', source: title, found, done: true});
	};

	await runPool(askedFor(), looksAtOnce, async (repository) => {
		const saved = byUuid.get(repository.uuid);
		const look = await lookAt(source, repository, saved, unrecorded);
		if (look.state === 'failed') {
			await watch.sawFailure(look.failure);
		} else {
			watch.sawSuccess();
		}

		looks.set(repository.uuid, look);
		source.publish({
			type: 'repository-looked-at',
			source: title,
			repository: fullName(repository),
		});
	});
	await watch.conclude();
	// In the listing's order, whichever answered first: what is made of it must not hang on chance.
	const looked = asked.flatMap((repository): Looked[] => {
		const look = looks.get(repository.uuid);
		return look === undefined ? [] : [{repository, look}];
	});
	return {looked, slugs, uuids, listing};
};

/** The workspace's listing through the API's gate, with patience and told as it grows. */
export const listPages = (source: SourceRun): AsyncGenerator<readonly Repository[], ListingEnd> => {
	const {bitbucket, signal} = source;
	return listRepositories({
		signal,
		readPage: (page) =>
			attempt(() => bitbucket.readRepositoryPage(page, signal), {
				...source.patience(),
				gate: source.apiGate,
			}),
		onPage: (found, total) =>
			source.publish({
				type: 'listing-progressed',
				source: source.source.title,
				found,
				done: false,
				...(total === undefined ? {} : {total}),
			}),
	});
};
