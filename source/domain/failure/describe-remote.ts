import {toExcerpt, toPrintable, withWords} from '../text/printable-text.ts';
import type {FailureText} from './describe-failure.ts';
import type {Failure} from './failure.ts';

type RemoteKind = 'remote-unusable' | 'remote-sign-in' | 'remote-taken' | 'push-incomplete';

/** What went wrong with a remote that a repository was to be pushed to. */
export const describeRemote = (
	failure: Extract<Failure, {readonly kind: RemoteKind}>,
): FailureText => {
	const url = toPrintable(failure.url);
	switch (failure.kind) {
		case 'remote-unusable':
			return {
				what: withWords(`the remote ${url} could not be used`, failure.detail),
				advice: `The repository has to be there, empty, and you have to be able to push to it: "git ls-remote ${url}" tries it with your own git.`,
			};
		case 'remote-sign-in':
			return {
				what: `the remote ${url} wants a user name and a password, and nobody could be asked`,
				advice:
					'Use an SSH address and your key, or let a credential helper of your git know them ("git help credentials"). In a terminal and without --yes, git asks.',
			};
		case 'remote-taken':
			return {
				what: `the remote ${url} is not empty: it has ${failure.refs === 1 ? '' : `${failure.refs} refs, among them `}${toExcerpt(failure.foreign)}`,
				advice:
					'Nothing was pushed. Name a repository that is empty: what is in one stays as it is.',
			};
		case 'push-incomplete':
			return {
				what: withWords(
					`the remote ${url} did not take ${failure.missing.length} of the branches and tags, the first of them ${toExcerpt(failure.missing[0] ?? '')}`,
					failure.detail,
				),
				advice:
					'The rest is there. Change what the server objects to, and run the same command again: it goes on with what is missing.',
			};
	}
};
