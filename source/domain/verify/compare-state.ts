import {compareRefs} from '../history/history.ts';
import type {MirrorName} from '../plan/layout.ts';
import type {Refs} from '../plan/repository.ts';
import type {MirrorFinding} from './finding.ts';

type State = {readonly head: string | undefined; readonly refs: Refs};

/** What differs between the state that a mirror's history recorded last and the one it is in. */
export const compareState = (
	mirror: MirrorName,
	recorded: State,
	found: State,
): readonly MirrorFinding[] => [
	...(recorded.head === undefined || recorded.head === found.head
		? []
		: [{mirror, kind: 'head-changed', recorded: recorded.head, found: found.head ?? ''} as const]),
	...compareRefs(recorded.refs, found.refs).flatMap(({ref, from, to}): MirrorFinding[] => {
		if (from !== undefined && to !== undefined) {
			return [{mirror, kind: 'ref-changed', ref, recorded: from, found: to}];
		}

		return from === undefined
			? [{mirror, kind: 'ref-foreign', ref, oid: to ?? ''}]
			: [{mirror, kind: 'ref-missing', ref, oid: from}];
	}),
];
