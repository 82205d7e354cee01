import {fits, is, isJsonObject} from '../../domain/json.ts';
import {repoFolder} from '../../domain/plan/layout.ts';
import {type SavedEntry, savedForm} from '../../domain/record/record.ts';
import {formatCount, formatSize} from '../../domain/text/format.ts';
import {mirrorEntryOf} from '../code/mirror.ts';
import type {PartWork} from '../part.ts';

/** Why a file is not here. */
export type Why =
	/** The server says that it does not have it. */
	| 'not-upstream'
	/** Another content came, twice. */
	| 'not-as-named'
	/** The server has none, and the repository names another server, where no token goes. */
	| 'elsewhere'
	| 'failed'
	/** It did not fit on the disk. */
	| 'no-room'
	/** The settings ask only to report it. */
	| 'not-fetched';

/** An LFS file that is not in the backup. */
export type MissingFile = {
	readonly oid: string;
	/** Bytes. */
	readonly size: number;
	/** The id of its pointer in git. */
	readonly blob: string;
	/** One of its paths; undefined where none was found. */
	readonly path?: string | undefined;
	readonly why: Why;
	/** The words of the server, the name of the other server, the failure, or the room that there was. */
	readonly words?: string;
	/** When it was first found missing, RFC 3339. */
	readonly since: string;
	readonly accepted?: true;
	/** It was here and is damaged. */
	readonly lost?: true;
};

/** The missing files in the record. All of them are in `lfs-missing.json`. */
export type Missing = {
	readonly count: number;
	readonly bytes: number;
	readonly accepted: number;
	/** Those that are not accepted, by the reason. */
	readonly why: Readonly<Partial<Record<Why, number>>>;
	/** The first of them, those that are not accepted before the others. */
	readonly first: readonly MissingFile[];
	/** When the server was last asked for them, RFC 3339. */
	readonly askedAt: string;
	/** Runs that asked for just these. */
	readonly asked: number;
};

export type LfsEntry = SavedEntry & {
	/** Number of files that are here. */
	readonly objects: number;
	/** The commit of the mirror's history up to which all pointers were looked for. */
	readonly scanned?: string | undefined;
	/** Digest of the recorded refs that were looked through. */
	readonly looked?: string | undefined;
	/** A run has begun to fetch and did not come to the end. */
	readonly unfinished?: true;
	/** Why that run did not come to the end, in words. */
	readonly problem?: string;
	readonly missing?: Missing | undefined;
};

const fileForm = {oid: is.text, size: is.number, blob: is.text, why: is.text, since: is.text};

export const isMissingFile = (json: unknown): json is MissingFile => fits(json, fileForm);

const missingForm = {
	count: is.number,
	bytes: is.number,
	accepted: is.number,
	why: isJsonObject,
	first: is.listOf(isMissingFile),
	askedAt: is.text,
	asked: is.number,
};

const entryForm = {
	...savedForm,
	objects: is.number,
	scanned: is.optional(is.text),
	looked: is.optional(is.text),
	unfinished: is.optional(is.oneOf(true)),
	problem: is.optional(is.text),
	missing: is.optional(is.objectOf(missingForm)),
};

export const isLfsEntry = (json: unknown): json is LfsEntry => fits(json, entryForm);

/** Was it looked through, and has no LFS file? Without a record that is not known. */
export const hasNone = (known: LfsEntry | undefined): boolean =>
	known?.looked !== undefined && known.objects === 0 && known.missing === undefined;

/** Named in the record, and with their commits in verify. */
export const mostNamed = 20;

/** The server may be wrong for a while: it is asked in this many runs, … */
const asksInARow = 3;
/** … and again after this time. Milliseconds. */
const pause = 7 * 24 * 60 * 60_000;

export const readMode = ({settings}: Pick<PartWork, 'settings'>): 'save' | 'report' | 'ignore' => {
	const mode = settings['lfs'];
	return mode === 'report' || mode === 'ignore' ? mode : 'save';
};

/** Reasons that may have passed by the next run. */
const passing = ['failed', 'no-room', 'not-fetched'] as const;

export const mayPass = (why: Why): boolean => passing.some((reason) => reason === why);

/** Why a repository is to be saved though its code did not change. Undefined where it is not. */
export const reasonToSave = (work: PartWork, known: LfsEntry | undefined): string | undefined => {
	const mode = readMode(work);
	if (known === undefined) {
		return 'its LFS files were never looked for';
	}

	if (known.damage !== undefined) {
		return 'its LFS files are marked as damaged';
	}

	const code = mirrorEntryOf(work.saved?.record.parts[repoFolder]);
	if (known.looked !== code?.refs.digest) {
		return 'its LFS files were not looked for since it changed';
	}

	const {why = {}, accepted = 0, asked = 0, askedAt = ''} = known.missing ?? {};
	if (mode === 'report') {
		return undefined;
	}

	if (known.unfinished === true || passing.some((reason) => why[reason] !== undefined)) {
		return known.missing === undefined
			? 'its LFS files are not all here'
			: `${formatCount(known.missing.count, 'of its LFS files is', 'of its LFS files are')} not here (${formatSize(known.missing.bytes)})`;
	}

	const open = (why['not-upstream'] ?? 0) + (why['not-as-named'] ?? 0) + accepted;
	return open > 0 && (asked < asksInARow || work.run.at - Date.parse(askedAt) >= pause)
		? 'its missing LFS files are asked for again'
		: undefined;
};
