import type {RestoredRepository, RestoreEvent} from '../../domain/restore/restored.ts';
import type {JsonLine} from '../json-contract.ts';
import {explainNotRestored, isRestored} from './describe-restored.ts';

/** The line of `--json` about an event. */
export const toRestoreJson = (event: RestoreEvent): JsonLine => {
	switch (event.type) {
		case 'restore-started':
			return describeStart(event);
		case 'restore-ended':
			return describeEnd(event);
		default:
			return event;
	}
};

/** Every one of the plan has a line of its own later. */
const describeStart = ({
	plan,
	...facts
}: Extract<RestoreEvent, {type: 'restore-started'}>): JsonLine => {
	const wikis = plan.filter(({part}) => part === 'wiki').length;
	return {...facts, repositories: plan.length - wikis, wikis};
};

const describeEnd = ({source, repository, part, to, restored}: RestoredRepository): JsonLine => {
	const about = {source, repository, part, ...to};
	if (isRestored(restored)) {
		const {result, ...facts} = restored;
		return {type: 'restored', ...about, wasThere: result === 'already-there', ...facts};
	}

	const problem = explainNotRestored(restored);
	const {result: _result, ...facts} = restored;
	return {type: 'not-restored', ...about, problem, ...facts};
};
