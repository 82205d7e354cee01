import type {Failure} from '../failure/failure.ts';
import type {MirrorStamp, RefsState} from '../record/record.ts';
import type {Repository} from './repository.ts';

/** What was seen of a wiki upstream. `unknown`: it could not be asked; never an error. */
export type WikiLook =
	| {readonly state: 'not-asked'}
	| {readonly state: 'missing'}
	| {readonly state: 'unknown'; readonly failure: Failure}
	| {readonly state: 'seen'; readonly refs: RefsState};

/** What one look at a repository gave: upstream's refs, and what its mirror's files look like. */
export type Look =
	| {readonly state: 'failed'; readonly failure: Failure; readonly attempts: number}
	| {
			readonly state: 'seen';
			readonly refs: RefsState;
			readonly print: MirrorStamp | undefined;
			readonly wiki: WikiLook;
			readonly wikiPrint: MirrorStamp | undefined;
	  };

export type Looked = {readonly repository: Repository; readonly look: Look};
