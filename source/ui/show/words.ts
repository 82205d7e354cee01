import type {PullRequestEvent} from '../../domain/show/activity.ts';
import type {ShownPullRequest} from '../../domain/show/pull-request.ts';

/** The state of a pull request in one word. */
export const nameState = ({state, isDraft}: Pick<ShownPullRequest, 'state' | 'isDraft'>): string =>
	state === 'open' && isDraft ? 'draft' : state;

const states: Readonly<Record<string, string>> = {
	merged: 'merged it',
	declined: 'declined it',
	superseded: 'replaced it by another',
	open: 'opened it again',
};

/** The words behind the name of the person who did it. */
export const describeHappening = (event: PullRequestEvent): string => {
	switch (event.kind) {
		case 'approved':
			return 'approved';
		case 'changes-requested':
			return 'asked for changes';
		case 'state':
			return states[event.state] ?? `set its state to ${event.state}`;
		case 'pushed':
			return `pushed ${event.commit}`;
		case 'title':
			return `changed the title; it was: ${event.before}`;
		case 'description':
			return event.before === ''
				? 'wrote a description'
				: 'changed the description; before, it said:';
		case 'destination':
			return `changed its destination from ${event.before} to ${event.after}`;
		case 'reviewers':
			return 'changed the reviewers';
	}
};
