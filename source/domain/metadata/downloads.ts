import {type Checked, is, isJsonObject} from '../json.ts';
import {joinPath} from '../plan/layout.ts';
import type {Gap} from '../record/gap.ts';
import {day, formatCount, formatNames, formatNumber, formatSize} from '../text/format.ts';
import {isYounger} from './age.ts';

/** The folder of a repository that holds the contents of its downloads. */
export const filesFolder = 'files';

/** In it, contents that are not what their names say. They are kept and never used. */
export const damagedFolder = 'damaged';

/** An item of `downloads.json`. */
export type Download = {
	readonly name: string;
	readonly size: number;
	/** As Bitbucket wrote it. A file that is replaced gets a new date. */
	readonly createdOn: string;
	/** Hex; undefined until its content was saved. */
	readonly sha256: string | undefined;
};

/** Undefined for an item that is no file. */
export const readDownload = (item: unknown): Download | undefined => {
	const {name, size, created_on: createdOn, sha256} = isJsonObject(item) ? item : {};
	return typeof name === 'string' &&
		name !== '' &&
		typeof size === 'number' &&
		Number.isSafeInteger(size) &&
		size >= 0 &&
		typeof createdOn === 'string'
		? {name, size, createdOn, sha256: isSha256(sha256) ? sha256 : undefined}
		: undefined;
};

export const isSha256 = (value: unknown): value is string =>
	typeof value === 'string' && /^[\da-f]{64}$/.test(value);

/** The same for every listing of one and the same content. */
export const keyOfDownload = ({name, size, createdOn}: Download): string =>
	JSON.stringify([name, size, createdOn]);

/** Where a content lies in the repository's folder. No name that a user chose becomes a path. */
export const contentPath = (sha256: string): string =>
	joinPath(filesFolder, sha256.slice(0, 2), sha256.slice(2, 4), sha256);

/** A file that upstream lists and whose content is not here. */
export type MissingDownload = Checked<typeof isMissingDownload>;

const isMissingDownload = is.objectOf({
	name: is.text,
	size: is.number,
	/** `denied`: Bitbucket does not give it. The others are asked for again by the next run. */
	why: is.oneOf('no-room', 'failed', 'denied'),
	/** The reason in more words. */
	words: is.text,
});

/** How far the downloads of a repository are saved. */
export type DownloadsState = Checked<typeof isDownloadsState>;

export const isDownloadsState = is.objectOf({
	/** When the list was last asked for, RFC 3339. Undefined: it is to be read. */
	askedAt: is.optional(is.text),
	/** The reason for which Bitbucket does not give the list. */
	denied: is.optional(is.text),
	/** Files of the list whose contents are here, and their bytes. */
	files: is.number,
	size: is.number,
	/** Files that were not asked for yet, because the run ended before. */
	left: is.number,
	missing: is.optional(is.listOf(isMissingDownload)),
	/** Contents that were saved once and are damaged or gone here, and gone upstream. */
	lost: is.optional(is.listOf(isSha256)),
});

export const noDownloads: DownloadsState = {files: 0, size: 0, left: 0};

/** The list is at most this old. */
const listAge = 7 * day;

/** A list that Bitbucket did not give is asked for again after this time. */
const denialAge = 30 * day;

export const areDownloadsDue = (
	{askedAt, denied, left, missing = []}: DownloadsState,
	now: number,
): boolean => {
	const age = denied === undefined ? listAge : denialAge;
	return !isYounger(askedAt, age, now) || left > 0 || missing.some(({why}) => why !== 'denied');
};

/** About how many requests the first reading still takes. */
export const estimateDownloads = ({askedAt, left}: DownloadsState): number =>
	(askedAt === undefined ? 1 : 0) + left;

/** `6 downloads (330 MB)`; empty if there are none. */
export const countDownloads = ({files, size}: Pick<DownloadsState, 'files' | 'size'>): string =>
	files === 0 ? '' : `${formatCount(files, 'download')} (${formatSize(size)})`;

const advices = {
	'no-room': 'Free some space or use a larger disk. The next backup goes on.',
	failed: 'The next backup tries again.',
	denied: '',
};

/** Downloads that are not here. Those that Bitbucket does not give count as known. */
export const gapsOfDownloads = (state: DownloadsState): readonly Gap[] => {
	const {missing = [], lost = [], denied} = state;
	const what = 'downloads';
	const ofMissing = (['no-room', 'failed', 'denied'] as const).flatMap((why): readonly Gap[] => {
		const some = missing.filter((one) => one.why === why);
		const [first] = some;
		if (first === undefined) {
			return [];
		}

		const names = some.map(({name, size}) => `${name}, ${formatSize(size)}`);
		const of = formatNumber(state.files + missing.length);
		const detail = `${formatNumber(some.length)} of ${of} (${formatNames(names, names.length)}): ${first.words}`;
		return [{what, detail, advice: advices[why], isAccepted: why === 'denied'}];
	});
	return [
		...ofMissing,
		...(denied === undefined ? [] : [{what, detail: denied, advice: '', isAccepted: true}]),
		...(lost.length === 0
			? []
			: [
					{
						what,
						detail: `${formatNumber(lost.length)} that Bitbucket does not have any more ${lost.length === 1 ? 'was' : 'were'} lost here`,
						advice: '',
						isAccepted: true,
					},
				]),
	];
};
