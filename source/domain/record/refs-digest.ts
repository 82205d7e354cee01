import {formatRefs} from '../history/history.ts';
import type {Refs} from '../plan/repository.ts';
import type {RefsState} from './record.ts';

/** SHA-256 of a text, hex. Handed in, so that the domain needs no library. */
export type Digest = (text: string) => string;

/** The state of HEAD, branches and tags in a line, to be compared with a record's. */
export const refsState = (head: string | undefined, refs: Refs, digest: Digest): RefsState => ({
	digest: digest(formatRefs(head, refs)),
	count: refs.size,
});
