import type {Described} from '../../domain/record/describe-parts.ts';
import type {MetadataEntry} from './entry.ts';

/** All that a screen says about the metadata of a repository. */
export const describeReading = (known: MetadataEntry | undefined): Described => ({
	note: known?.state === 'saved' ? 'with its metadata' : undefined,
});
