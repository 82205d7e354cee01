import {describeFailure} from '../failure/failure-table.ts';
import {formatCount, formatDate, formatNames, formatRef, formatSize} from '../text/format.ts';
import {toExcerpt, toPrintable} from '../text/printable-text.ts';
import {
	type AffectedTip,
	type FileOfPart,
	type Finding,
	isOfMirror,
	type MirrorFinding,
	type PlaceFinding,
} from './finding.ts';

type FindingRow<One> = {
	/**
	 * `damage`: something that was saved is not as it was, or nothing shows that it is.
	 * `attention`: everything that was saved is as it was.
	 */
	readonly weight: 'damage' | 'attention';
	/** The finding as a part of a sentence. Printable. */
	readonly what: (finding: One) => string;
	/** The next step, for damage: whole sentences. Undefined if the next backup looks again and repairs it. */
	readonly advice?: (finding: One) => string;
	/** Must the user act, because no backup will change it? */
	readonly isForUser?: true;
	/** Words for the mirror's record, if other than the usual ones. They stay on the disk. */
	readonly mark?: string;
};

type FindingRows<Kinds extends {readonly kind: string}> = {
	readonly [Kind in Kinds['kind']]: FindingRow<Extract<Kinds, {readonly kind: Kind}>>;
};

const damage = {weight: 'damage'} as const;
const attention = {weight: 'attention'} as const;
const leftAsItIs = {isForUser: true, advice: () => 'It was left as it is.'} as const;

/** The backup builds a new mirror and keeps the damaged one beside it. */
const replaced = {
	...damage,
	advice: () =>
		'Nothing was removed. Run cistern: it sets this copy aside, clones again and rescues everything readable. Check the disk.',
} as const;

const fetchedAgain = {
	...damage,
	advice: () => 'Nothing was removed. Run cistern: it fetches the file again. Check the disk.',
} as const;

const nameFile = ({path, oid, size, commit, at}: FileOfPart): string => {
	const where =
		commit === undefined ? '' : `, in commit ${short(commit)} of ${formatDate(at ?? '')}`;
	return `${toPrintable(path ?? oid.slice(0, 12))} (${formatSize(size)}${where})`;
};

const mirrorFindings: FindingRows<MirrorFinding> = {
	'mirror-missing': {
		...replaced,
		mark: 'its mirror is not there',
		what: () => 'its mirror is missing',
	},
	'mirror-unreadable': {
		...replaced,
		mark: 'git cannot read its mirror',
		what: ({detail}) => `git cannot read its mirror: ${toExcerpt(detail)}`,
	},
	'objects-damaged': {
		...replaced,
		mark: 'objects are damaged or missing',
		what: (finding) =>
			`objects are damaged or missing; ${describeAffected(finding)}. git says: ${toExcerpt(finding.detail)}`,
	},
	'objects-borrowed': {
		...damage,
		mark: 'objects lie in another folder',
		what: () => 'some of its objects are in another folder (objects/info/alternates)',
	},
	'history-cut': {
		...attention,
		what: () =>
			'its history begins in the middle, and so does that upstream, which is a shallow repository',
	},
	'ref-missing': {
		...damage,
		what: ({ref, oid}) => `${formatRef(ref)} is missing, recorded as ${short(oid)}`,
	},
	'ref-changed': {
		...damage,
		what: ({ref, found, recorded}) =>
			`${formatRef(ref)} is ${short(found)}, recorded as ${short(recorded)}`,
	},
	'ref-foreign': {
		...damage,
		what: ({ref, oid}) => `${formatRef(ref)} was never recorded (${short(oid)})`,
	},
	'head-changed': {
		...damage,
		what: ({found, recorded}) =>
			`HEAD is ${toPrintable(found)}, recorded as ${toPrintable(recorded)}`,
	},
	'kept-missing': {
		...damage,
		mark: 'old tips are not held any more',
		what: ({ref, oid, at}) =>
			`the old tip ${short(oid)} of ${formatRef(ref)}, kept since ${formatDate(at)}, is missing`,
	},
	'kept-lost': {
		...attention,
		what: ({ref, oid}) =>
			`the old tip ${short(oid)} of ${formatRef(ref)} was lost with a damaged copy`,
	},
	'kept-fewer': {
		...damage,
		mark: 'old tips are not held any more',
		what: ({foundTips, recordedTips}) =>
			`${formatCount(foundTips, 'old tip')} kept, ${recordedTips} recorded`,
	},
	'history-missing': {
		...damage,
		mark: 'its history cannot be read',
		what: () => 'its mirror has no readable history',
	},
	'record-outdated': {
		...attention,
		what: () => 'its record is older than its mirror, because a run was killed',
	},
	'mirror-outdated': {
		...damage,
		mark: 'its mirror is older than its record',
		what: ({foundAt, recordedAt}) =>
			`its mirror is of ${formatDate(foundAt)}, its record of ${formatDate(recordedAt)}`,
	},
	'not-checked': {
		...damage,
		what: ({failure}) => `could not be checked: ${describeFailure(failure).what}`,
		isForUser: true,
		advice: ({failure}) => describeFailure(failure).advice,
	},
	unfinished: {
		...attention,
		what: () => 'a run that failed or was killed left it unfinished; the next backup continues',
	},
	'objects-odd': {
		...attention,
		what: ({count, detail}) =>
			`${formatCount(count, 'object')} stored in an older form than git writes today; upstream has the same: ${toExcerpt(detail)}`,
	},
	'namespace-foreign': {
		...attention,
		what: ({prefix}) => `has refs below ${toPrintable(prefix)} that are not Cistern's`,
	},
	'file-damaged': {
		...fetchedAgain,
		mark: 'files are damaged',
		what: (file) => `${nameFile(file)} is damaged`,
	},
	'file-missing': {
		...fetchedAgain,
		mark: 'files are missing',
		what: (file) => `${nameFile(file)} is missing`,
	},
	'files-absent': {
		...attention,
		what: ({count, size, paths}) =>
			`${formatCount(count, 'file')} (${formatSize(size)}) not saved: ${formatNames(paths.map(toPrintable), count, 3)}`,
	},
	'files-foreign': {
		...attention,
		what: ({count, paths}) =>
			`${formatCount(count, 'file')} of another program in it: ${formatNames(paths.map(toPrintable), count, 3)}`,
	},
};

const placeFindings: FindingRows<PlaceFinding> = {
	'repository-missing': {
		...damage,
		isForUser: true,
		advice: () =>
			'Look for another copy of this folder and put it back. Otherwise run cistern: it saves the repository again as it is upstream, without its old tips.',
		what: () => 'its folder is empty or not there any more',
	},
	'record-missing': {...damage, what: () => 'its record (cistern.json) is missing'},
	'record-damaged': {
		...damage,
		what: () => 'its record (cistern.json) is damaged or half written',
	},
	'record-newer': {
		...damage,
		...leftAsItIs,
		what: () => 'its record is from a newer Cistern: update this one',
	},
	linked: {
		...damage,
		...leftAsItIs,
		what: ({path}) =>
			`${toPrintable(path)} is a link: its target is not part of this backup, and no backup writes or deletes through a link. Put the real one in its place`,
	},
	'folder-unreadable': {
		...damage,
		isForUser: true,
		advice: ({failure}) => describeFailure(failure).advice,
		what: ({failure}) => {
			const {what} = describeFailure(failure);
			return failure.kind === 'record-unreadable' ? what : `could not be read: ${what}`;
		},
	},
	unrecorded: {
		...attention,
		what: () => 'not saved by Cistern; the next backup takes it over if Bitbucket has it',
	},
	'source-missing': {...damage, what: () => 'nothing of it is saved yet'},
	'runs-missing': {
		...attention,
		what: () => 'the list of its runs (.cistern/runs.jsonl) is missing',
	},
	'runs-unreadable': {
		...attention,
		what: ({lines}) => `${formatCount(lines, 'line')} of .cistern/runs.jsonl cannot be read`,
	},
	'runs-closed': {
		...attention,
		what: ({failure}) => `the list of its runs cannot be read: ${describeFailure(failure).what}`,
	},
	leftover: {...attention, what: ({path}) => `left behind by a killed run: ${toPrintable(path)}`},
	foreign: {...attention, what: ({path}) => `not Cistern's: ${toPrintable(path)}`},
	mercurial: {
		...attention,
		what: () =>
			'a Mercurial repository of an older backup; it stays as it is, and "hg clone" restores it',
	},
	'set-aside': {
		...attention,
		what: ({path}) => `a damaged copy that was set aside: ${toPrintable(path)}`,
	},
};

/** Refs, old tips with their dates, or that none is affected. */
const describeAffected = ({
	refs,
	kept,
	history,
}: Extract<MirrorFinding, {kind: 'objects-damaged'}>): string => {
	const branches = formatNames(
		refs.map(({ref}) => formatRef(ref)),
		refs.length,
		5,
	);
	const tips = formatNames(kept.map(nameTip), kept.length, 5);
	const parts = [
		...(refs.length === 0 ? [] : [branches]),
		...(kept.length === 0 ? [] : [`${formatCount(kept.length, 'old tip')} (${tips})`]),
		...(history ? ['its history'] : []),
	];
	return parts.length === 0 ? 'no ref is affected' : `affected: ${parts.join(', ')}`;
};

const nameTip = ({ref, oid, keptAt}: AffectedTip): string =>
	`${formatRef(ref)} ${short(oid)}${keptAt === undefined ? '' : ` of ${formatDate(keptAt)}`}`;

const short = (oid: string): string => oid.slice(0, 7);

const table = {...mirrorFindings, ...placeFindings} satisfies FindingRows<Finding>;

/** The compiler cannot see that the row of a finding's kind takes that finding; the table's type says so. */
const rowOf = (finding: Finding): FindingRow<Finding> => table[finding.kind] as FindingRow<Finding>;

export const weightOf = ({kind}: Pick<Finding, 'kind'>): 'damage' | 'attention' =>
	table[kind].weight;

export const isDamage = (finding: Finding): boolean => weightOf(finding) === 'damage';

/** The finding as a part of a sentence. Printable. */
export const describeFinding = (finding: Finding): string => {
	const what = rowOf(finding).what(finding);
	return isOfMirror(finding) && finding.mirror !== 'repo' ? `its ${finding.mirror}: ${what}` : what;
};

const usualMark = 'refs are not as they were recorded';

/** The damage of a mirror in few words, for its record. Takes at least one finding. */
export const describeDamage = (findings: readonly MirrorFinding[]): string =>
	[...new Set(findings.map(({kind}) => mirrorFindings[kind].mark ?? usualMark))].join('; ');

const repairedByBackup = 'Nothing was removed. Run cistern: it looks at this again and repairs it.';

/** The next step for a repository with these findings. Undefined if none of them is damage. */
export const adviseOn = (
	findings: readonly Finding[],
	{goneSince, isMarked}: {readonly goneSince: string | undefined; readonly isMarked: boolean},
): string | undefined => {
	const damaged = findings.filter(isDamage);
	const forUser = damaged.find((finding) => rowOf(finding).isForUser);
	if (damaged.length === 0 || forUser !== undefined) {
		return forUser && rowOf(forUser).advice?.(forUser);
	}

	if (goneSince !== undefined) {
		return 'It is gone from Bitbucket, so no backup can repair it. Restore everything that is still readable, and look for another copy of this folder. Check the disk.';
	}

	if (!isMarked) {
		return 'The folder cannot be written to, so the damage could not be noted: make it writable, run cistern verify again, then cistern.';
	}

	const advice = damaged.map((finding) => rowOf(finding).advice?.(finding));
	return advice.find((text) => text !== undefined) ?? repairedByBackup;
};
