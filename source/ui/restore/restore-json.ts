import type {RestoreEvent} from '../../domain/restore/restore-events.ts';
import type {RestoredRepository} from '../../domain/restore/restored.ts';
import type {Terminal} from '../../ports.ts';
import {formatJson} from '../text/json-text.ts';
import {describeNotRestored, isRestored} from './describe-restored.ts';
import type {RestoreView} from './restore-view.ts';

/** Every event as one JSON object a line on standard output. */
export const createRestoreJson = (terminal: Pick<Terminal, 'writeOut'>): RestoreView => ({
	handle: (event) => terminal.writeOut(`${formatJson({v: 1, ...toLine(event)})}\n`),
	close: async () => {},
});

const toLine = (event: RestoreEvent): object =>
	event.type === 'restore-ended' ? describeEnd(event) : event;

const describeEnd = ({source, repository, part, to, restored}: RestoredRepository): object => {
	const about = {source, repository, part, ...to};
	if (isRestored(restored)) {
		const {result, ...facts} = restored;
		return {type: 'restored', ...about, wasThere: result === 'already-there', ...facts};
	}

	const problem = describeNotRestored(restored).what;
	const failure = restored.result === 'failed' ? {failure: restored.failure} : {};
	return {type: 'not-restored', ...about, problem, ...failure};
};
