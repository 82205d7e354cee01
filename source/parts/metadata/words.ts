import {estimateLeft, parseReading, type Reading} from '../../domain/metadata/reading.ts';
import type {Described} from '../../domain/record/describe-parts.ts';
import type {Gap} from '../../domain/record/gap.ts';
import {formatCount, formatNumber} from '../../domain/text/format.ts';
import type {MetadataEntry} from './entry.ts';

/** All that a screen says about the metadata of a repository. */
export const describeReading = (known: MetadataEntry | undefined): Described => {
	const reading = known?.state === 'saved' ? parseReading(known.reading) : undefined;
	if (reading === undefined) {
		return {note: known?.state === 'saved' ? 'with its metadata' : undefined};
	}

	const {total, open} = reading;
	const json = {
		metadata: {pullRequests: total, open: Object.keys(open).length, left: estimateLeft(reading)},
	};
	return {note: noteOf(reading), gaps: gapsOf(reading), json: {status: json}};
};

/** `214 pull requests, 12 open`. */
const noteOf = ({total, open}: Reading): string | undefined => {
	const count = Object.keys(open).length;
	return total === 0
		? undefined
		: `${formatCount(total, 'pull request')}, ${formatNumber(count)} open`;
};

/** The rest that the first save has not read yet. */
const gapsOf = (reading: Reading): readonly Gap[] => {
	const left = estimateLeft(reading);
	return left === 0
		? []
		: [
				{
					what: 'pull requests',
					detail: `about ${formatCount(left, 'request')} are left`,
					advice: 'The next backup goes on.',
					isAccepted: false,
				},
			];
};
