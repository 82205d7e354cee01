import type {Failure} from '../failure/failure.ts';
import type {Fields, PartGap} from '../record/gap.ts';
import type {Mending} from './mending.ts';

/** The change of one ref since the last backup. */
export type RefChange = {
	readonly ref: string;
	readonly from: string | undefined;
	readonly to: string | undefined;
	/** `rewritten`: a ref that no longer contains its old tip. `moved`: a tag. */
	readonly kind: 'created' | 'forwarded' | 'rewritten' | 'moved' | 'deleted';
};

export type ChangeCounts = Readonly<Record<RefChange['kind'], number>>;

export const countChanges = (changes: readonly RefChange[]): ChangeCounts => {
	const counts = {created: 0, forwarded: 0, rewritten: 0, moved: 0, deleted: 0};
	for (const change of changes) {
		counts[change.kind] += 1;
	}
	return counts;
};

/** Words and JSON fields that the parts add. */
type OfParts = {readonly gaps: readonly PartGap[]; readonly json: Fields};

/** The result of one repository in one run. */
export type Outcome =
	| ({readonly result: 'unchanged'} & OfParts)
	| ({
			readonly result: 'saved';
			readonly how: 'new' | 'updated' | 'taken-over';
			readonly refs: number;
			readonly changes: ChangeCounts;
			/** Refs that upstream rewrote, moved or deleted, by full name; their old state stays here. */
			readonly kept: readonly string[];
			/** Bytes received by git. */
			readonly received: number;
			/** Bytes that parts received without git, by their names. Not in JSON: parts have fields for it. */
			readonly fetched?: Readonly<Record<string, number>>;
			/** The news of its parts in words, if the refs do not show them. */
			readonly notes?: readonly string[] | undefined;
			/** Bytes by which it grew on the disk; less than 0 if packing made it smaller. */
			readonly grown: number;
			/** Milliseconds. */
			readonly duration: number;
			/** Repairs of its mirrors that were damaged or missing. */
			readonly mended?: readonly Mending[] | undefined;
	  } & OfParts)
	| {
			readonly result: 'failed';
			readonly failure: Failure;
			readonly attempts: number;
			/** When a run last found it saved as it was upstream, RFC 3339. */
			readonly lastGood: string | undefined;
	  }
	/** Not looked at or not finished, because the run or its source ended early. */
	| {readonly result: 'left-out'};
