import type {PlanItem, SourcePlan} from '../../domain/plan/plan.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {Compared} from '../../domain/verify/proof.ts';

export type ComparedRepository = {readonly repository: string; readonly compared: Compared};

/** What a look at upstream says of each repository in scope: by the refs alone, as a backup goes by. */
export const compareUpstream = ({items}: SourcePlan): readonly ComparedRepository[] =>
	items.map((item) => ({repository: fullName(item.repository), compared: compare(item)}));

const compare = ({look, saved, failure}: PlanItem): Compared => {
	if (look.state === 'failed' || failure !== undefined) {
		const cause = look.state === 'failed' ? look.failure : failure;
		return cause === undefined ? {state: 'not-saved'} : {state: 'failed', failure: cause};
	}

	if (saved === undefined) {
		return {state: 'not-saved'};
	}

	const {repo, wiki} = saved.record;
	const savedWiki = wiki?.state === 'saved' ? wiki.mirror.refs.digest : undefined;
	const isWikiSame = look.wiki.state !== 'seen' || look.wiki.refs.digest === savedWiki;
	return {state: repo.refs.digest === look.refs.digest && isWikiSame ? 'as-upstream' : 'behind'};
};
