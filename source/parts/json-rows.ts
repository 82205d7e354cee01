import type {ObjectEntries} from 'valibot';
import {lfsRows} from './lfs/json-rows.ts';
import {metadataRows} from './metadata/json-rows.ts';
import {wikiRows} from './wiki/json-rows.ts';

/** The objects of the JSON contract to which a part may add fields. */
export type OpenObject =
	| 'outcome'
	| 'report'
	| 'status'
	| 'workspace'
	| 'restored'
	| 'restore-started'
	| 'follow-up-saved';

/** A part's additions to the contract of `--json`. Only the docs and the tests load them. */
export type JsonRows = {
	/** Its stages of `progress`. */
	readonly stages?: readonly string[];
	readonly fields: Readonly<Partial<Record<OpenObject, ObjectEntries>>>;
};

export const jsonRows: readonly JsonRows[] = [wikiRows, lfsRows, metadataRows];
