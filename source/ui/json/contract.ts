import * as v from 'valibot';
import {accessLine, accessLines} from './access.ts';
import {
	backupLines,
	changes,
	mending,
	outcome,
	planCounts,
	progress,
	report,
	shrinkage,
} from './backup.ts';
import {failure} from './failure.ts';
import {listLines} from './list.ts';
import {restoreLines} from './restore.ts';
import {loss, repositoryStatus, savedLines} from './saved.ts';
import {showLines} from './show.ts';
import {sending, shardStatus, storeLines} from './store.ts';
import {tellLines} from './tell.ts';
import {finding, verifyLines} from './verify.ts';

/**
 * The contract of `--json`: every line and every field. The JSON schema and docs/json.md are made
 * from it (npm run docs), and the program's own lines have its types. Fields and lines may be
 * added; none changes its meaning. The program imports its types alone, so that it starts without
 * valibot.
 */
export const jsonLine = v.variant('type', [
	...backupLines,
	...accessLines,
	...savedLines,
	...restoreLines,
	...verifyLines,
	...tellLines,
	...showLines,
	...storeLines,
	...listLines,
]);

/** The objects that have a name of their own in the schema. */
export const jsonObjects = {
	failure,
	outcome,
	changes,
	shrinkage,
	report,
	progress,
	planCounts,
	repositoryStatus,
	finding,
	accessLine,
	mending,
	loss,
	sending,
	shardStatus,
};

type DeepReadonly<Value> = Value extends object
	? {readonly [Key in keyof Value]: DeepReadonly<Value[Key]>}
	: Value;

type WithoutVersion<Line> = Line extends unknown ? Omit<Line, 'v'> : never;

/** A line of `--json` before it gets its version. */
export type JsonLine = WithoutVersion<DeepReadonly<v.InferInput<typeof jsonLine>>>;
