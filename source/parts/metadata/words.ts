import {gapsOfCommits} from '../../domain/metadata/commits.ts';
import {countDownloads, gapsOfDownloads, noDownloads} from '../../domain/metadata/downloads.ts';
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

	const {total, open, downloads = noDownloads} = reading;
	const {files, size} = downloads;
	const json = {
		metadata: {
			pullRequests: total,
			open: Object.keys(open).length,
			left: estimateLeft(reading),
			...(files === 0 ? {} : {downloads: {files, size}}),
		},
	};
	return {
		note: noteOf(reading),
		gaps: [...gapsOf(reading), ...gapsOfDownloads(downloads), ...gapsOfCommits(reading.commits)],
		json: {status: json},
	};
};

/** `214 pull requests, 12 open, 6 downloads (330 MB)`. */
const noteOf = ({total, open, downloads = noDownloads}: Reading): string | undefined => {
	const count = Object.keys(open).length;
	const counts = [
		total === 0 ? '' : `${formatCount(total, 'pull request')}, ${formatNumber(count)} open`,
		countDownloads(downloads),
	].filter((text) => text !== '');
	return counts.length === 0 ? undefined : counts.join(', ');
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
